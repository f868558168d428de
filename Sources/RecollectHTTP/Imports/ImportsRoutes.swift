import HTTPTypes
import NIOCore
package import RecollectDomain
package import RecollectVocabulary

/// The routes of imports, and of the uploads that they wait for.
package struct ImportsRoutes: Sendable {
    private let imports: Imports
    private let clock: any WallClock
    private let signature: UploadSignature

    /// The routes on the domain's feature.
    ///
    /// - Parameters:
    ///   - imports: the feature.
    ///   - clock: decides whether a URL is still good.
    ///   - uploadKey: the key that the URLs are signed with.
    package init(_ imports: Imports, clock: any WallClock, uploadKey: [UInt8]) {
        self.imports = imports
        self.clock = clock
        signature = UploadSignature(key: uploadKey)
    }

    /// The routes.
    package var routes: [Route] {
        let path = "/v1/Stores/{storeId}/Profiles/Imports"
        let file = "\(path)/{importId}"
        return [
            Route(.get, path, list), Route(.post, path, create), Route(.get, file, fetch),
            Route(.get, "\(file)/Errors", errors), Route(uploadTo: UploadSignature.template, upload),
        ]
    }

    @Sendable private func create(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let announced = try await imports.create(ImportRequest(request.object()), in: store, request.scope)
        return .json(.created) { writer in
            writer.object { writer in
                writer.field("importId", announced.id)
                writer.field("url", signature.url(of: announced, base: request.publicBaseURL))
                OperationWire.writeReference(to: announced.operation, for: request, to: &writer)
            }
        }
        .header(.operationID, announced.operation.description)
    }

    @Sendable private func list(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let page = try request.list(maximum: DataPlane.pageSizeLimit)
        let slice = try await imports.list(
            page.query(arrayLimit: ImportLimits.page, cursor: ImportID.init(_:field:)),
            in: store,
            request.scope
        )
        return page.page("imports", slice, cursor: \.description) { writer, id in id.write(to: &writer) }
    }

    @Sendable private func fetch(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        return .json(try await imports.fetch(request.importID(), in: store, request.scope))
    }

    @Sendable private func errors(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let page = try request.list(maximum: DataPlane.pageSizeLimit)
        let slice = try await imports.errors(
            page.query(cursor: Self.row),
            of: request.importID(),
            in: store,
            request.scope
        )
        return page.page("errors", slice, cursor: { String($0.row) }) { writer, error in error.write(to: &writer) }
    }

    @Sendable private func upload(_ request: UploadRequest) async throws -> APIResponse {
        let id = try request.parameter("importId", ImportID.init(_:field:))
        try signature.verify(id, request.query, at: clock.now())
        try await imports.receive(id, length: request.length, from: request.body.map { Array($0.readableBytesView) })
        return .json { writer in
            writer.object { $0.field("message", "File received") }
        }
    }

    /// The number of a row in a page token.
    private static func row(_ text: String, field: String) throws(Rejection) -> Int {
        guard let number = Int(text) else { throw Rejection(.malformed, field, "is no page of this list") }
        return number
    }
}

extension APIRequest {
    fileprivate func importID() throws(Rejection) -> ImportID {
        try parameter("importId", ImportID.init(_:field:))
    }
}
