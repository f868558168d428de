import HTTPTypes
package import RecollectDomain
import RecollectVocabulary

/// The routes of identifiers and of the look-up by one.
package struct IdentifiersRoutes: Sendable {
    private let identifiers: Identifiers

    /// The routes on the domain's feature.
    ///
    /// - Parameter identifiers: the feature.
    package init(_ identifiers: Identifiers) {
        self.identifiers = identifiers
    }

    /// The routes.
    package var routes: [Route] {
        let profiles = "/v1/Stores/{storeId}/Profiles"
        let path = "\(profiles)/{profileId}/Identifiers"
        let identifier = "\(path)/{idType}"
        return [
            Route(.post, "\(profiles)/Lookup", lookup),
            Route(.get, path, list), Route(.post, path, create),
            Route(.get, identifier, fetch), Route(.patch, identifier, replace), Route(.delete, identifier, delete),
        ]
    }

    @Sendable private func lookup(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let (type, value) = try request.identifier()
        let found = try await identifiers.lookup(value, ofType: type, in: store, request.scope)
        return .json { writer in
            writer.object { writer in
                writer.field("normalizedValue", found.normalised)
                writer.field("profiles", found.profiles.map(\.description))
            }
        }
    }

    @Sendable private func list(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        return request.answer(place, try await identifiers.list(place, request.scope)) { sets in
            .json { writer in
                writer.object { $0.field("identifiers", sets) }
            }
        }
    }

    @Sendable private func create(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        let (type, value) = try request.identifier()
        try await identifiers.create(value, ofType: type, for: place, request.scope)
        return .accepted("Identifier added")
    }

    @Sendable private func fetch(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        let type = try request.identifierType()
        return request.answer(place, try await identifiers.fetch(type, of: place, request.scope)) { .json($0) }
    }

    @Sendable private func replace(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        let type = try request.identifierType()
        let body = try request.object()
        try body.allowOnly("idType", "oldValue", "newValue")
        guard try body["idType"].required().text(IdentifierType.init(_:field:)) == type else {
            throw Rejection(.malformed, "idType", "must be the one of the path")
        }
        let values = 0...IdentifierNormalization.lengthLimit
        try await identifiers.replace(
            body["oldValue"].required().string(values),
            by: body["newValue"].required().string(values),
            ofType: type,
            for: place,
            request.scope
        )
        return .accepted("Identifier updated")
    }

    @Sendable private func delete(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        let type = try request.identifierType()
        try await identifiers.delete(
            type,
            all: DataPlane.flag(request.query["removeAll"], "removeAll") ?? false,
            of: place,
            request.scope
        )
        return .accepted("Identifiers removed")
    }
}

extension IdentifierSet: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("idType", type)
            writer.field("values", values)
        }
    }
}

extension APIRequest {
    fileprivate func identifierType() throws(Rejection) -> IdentifierType {
        try parameter("idType", IdentifierType.init(_:field:))
    }

    /// Reads a body that is one identifier.
    fileprivate func identifier() throws(Rejection) -> (type: IdentifierType, value: String) {
        let body = try object()
        try body.allowOnly("idType", "value")
        return (
            try body["idType"].required().text(IdentifierType.init(_:field:)),
            try body["value"].required().string(0...IdentifierNormalization.lengthLimit)
        )
    }
}
