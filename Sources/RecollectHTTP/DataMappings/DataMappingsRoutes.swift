import HTTPTypes
package import RecollectDomain
import RecollectVocabulary

/// The routes of data mappings and of suggestions for them.
package struct DataMappingsRoutes: Sendable {
    private let dataMappings: DataMappings

    /// The routes on the domain's feature.
    ///
    /// - Parameter dataMappings: the feature.
    package init(_ dataMappings: DataMappings) {
        self.dataMappings = dataMappings
    }

    /// The routes.
    package var routes: [Route] {
        let path = "/v1/ControlPlane/Stores/{storeId}/DataMappings"
        let mapping = "\(path)/{dataMappingId}"
        let suggestions = "\(path)/Suggestions"
        return [
            Route(.get, path, list), Route(.post, path, create),
            Route(.get, mapping, fetch), Route(.patch, mapping, patch), Route(.delete, mapping, delete),
            Route(.get, suggestions, listSuggestions), Route(.post, suggestions, createSuggestion),
            Route(.get, "\(suggestions)/{suggestionId}", fetchSuggestion),
            Route(.get, "\(mapping)/Sync", fetchSync), Route(.post, "\(mapping)/Sync", sync),
        ]
    }

    @Sendable private func list(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let page = try request.list(maximum: ControlPlane.pageSizeLimit, filters: ["type"])
        let slice = try await dataMappings.list(
            page.query(cursor: DataMappingID.init(_:field:)),
            from: Self.kind(page["type"]),
            of: store,
            in: request.scope
        )
        return page.page("dataMappings", slice, cursor: \.id.description) { writer, mapping in
            mapping.write(to: &writer)
        }
    }

    @Sendable private func create(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let operation = try await dataMappings.create(
            DataMappingDraft(request.object(.controlPlanePayload)),
            of: store,
            in: request.scope
        )
        return .accepted("Data mapping created", operation, for: request)
    }

    @Sendable private func fetch(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let id = try request.parameter("dataMappingId", DataMappingID.init(_:field:))
        let mapping = try await dataMappings.fetch(id, of: store, in: request.scope)
        return .json(mapping).header(.eTag, EntityTag.text(mapping.version))
    }

    @Sendable private func patch(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let operation = try await dataMappings.patch(
            request.parameter("dataMappingId", DataMappingID.init(_:field:)),
            with: DataMappingChange(request),
            expecting: request.expectedVersion(),
            of: store,
            in: request.scope
        )
        return .accepted("Data mapping updated", operation, for: request)
    }

    @Sendable private func delete(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let id = try request.parameter("dataMappingId", DataMappingID.init(_:field:))
        let operation = try await dataMappings.delete(id, of: store, in: request.scope)
        return .accepted("Data mapping deleted", operation, for: request)
    }

    @Sendable private func listSuggestions(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let page = try request.list(maximum: ControlPlane.pageSizeLimit)
        let slice = try await dataMappings.suggestions(
            page.query(cursor: SuggestionID.init(_:field:)),
            of: store,
            in: request.scope
        )
        return page.page("dataMappingSuggestions", slice, cursor: \.id.description) { writer, suggestion in
            suggestion.write(to: &writer)
        }
    }

    @Sendable private func createSuggestion(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let operation = try await dataMappings.suggest(
            from: MappingSource(suggestionFor: request.object(.controlPlanePayload)),
            of: store,
            in: request.scope
        )
        return .accepted("Data mapping suggestion created", operation, for: request)
    }

    @Sendable private func fetchSuggestion(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let id = try request.parameter("suggestionId", SuggestionID.init(_:field:))
        return .json(try await dataMappings.suggestion(id, of: store, in: request.scope))
    }

    @Sendable private func sync(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let id = try request.parameter("dataMappingId", DataMappingID.init(_:field:))
        let operation = try await dataMappings.sync(id, of: store, in: request.scope)
        return .accepted("Data mapping sync started", operation, for: request)
    }

    @Sendable private func fetchSync(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let id = try request.parameter("dataMappingId", DataMappingID.init(_:field:))
        let (sync, refused) = try await dataMappings.syncState(id, of: store, in: request.scope)
        return .json(DataMappingSyncWire(mapping: id, sync: sync, refused: refused))
    }

    private static func kind(_ text: String?) throws(Rejection) -> MappingSource.Kind? {
        guard let text else { return nil }
        guard let kind = MappingSource.Kind(rawValue: text) else {
            let names = MappingSource.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw Rejection(.malformed, "type", "must be one of \(names)")
        }
        return kind
    }
}
