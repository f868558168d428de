import HTTPTypes
package import RecollectDomain
import RecollectVocabulary

/// The routes of memory stores.
package struct StoresRoutes: Sendable {
    private let stores: Stores

    /// The routes on the domain's feature.
    ///
    /// - Parameter stores: the feature.
    package init(_ stores: Stores) {
        self.stores = stores
    }

    /// The routes.
    package var routes: [Route] {
        let path = "/v1/ControlPlane/Stores"
        return [
            Route(.get, path, list), Route(.post, path, create),
            Route(.get, "\(path)/{storeId}", fetch), Route(.patch, "\(path)/{storeId}", patch),
            Route(.delete, "\(path)/{storeId}", delete),
        ]
    }

    @Sendable private func list(_ request: APIRequest) async throws -> APIResponse {
        let page = try request.list(maximum: ControlPlane.pageSizeLimit)
        let slice = try await stores.list(page.query(cursor: StoreID.init(_:field:)), in: request.scope)
        return page.page("stores", slice, cursor: \.description) { writer, id in id.write(to: &writer) }
    }

    @Sendable private func create(_ request: APIRequest) async throws -> APIResponse {
        let body = try request.object(.controlPlanePayload)
        let operation = try await stores.create(
            body["displayName"].required().text(StoreName.init(_:field:)),
            description: body["description"].optional?.text(StoreDescription.init(_:field:)),
            in: request.scope
        )
        return .accepted("Store created", operation, for: request)
    }

    @Sendable private func fetch(_ request: APIRequest) async throws -> APIResponse {
        let id = try request.parameter("storeId", StoreID.init(_:field:))
        let store = try await stores.fetch(id, in: request.scope)
        return .json(store).header(.eTag, EntityTag.text(store.version))
    }

    @Sendable private func patch(_ request: APIRequest) async throws -> APIResponse {
        let operation = try await stores.patch(
            request.parameter("storeId", StoreID.init(_:field:)),
            with: StoreChange(request),
            expecting: request.expectedVersion(),
            in: request.scope
        )
        return .accepted("Store updated", operation, for: request)
    }

    @Sendable private func delete(_ request: APIRequest) async throws -> APIResponse {
        let id = try request.parameter("storeId", StoreID.init(_:field:))
        let operation = try await stores.delete(id, in: request.scope)
        return .accepted("Store deleted; its data follows in the background", operation, for: request)
    }
}

/// The limits that all lists of the control plane share.
enum ControlPlane {
    /// The largest page size; more counts as this.
    ///
    /// Source: openapi.yaml, controlPageSize.
    static let pageSizeLimit = 100
}
