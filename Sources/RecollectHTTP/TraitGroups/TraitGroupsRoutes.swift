import HTTPTypes
package import RecollectDomain
import RecollectVocabulary

/// The routes of trait groups.
package struct TraitGroupsRoutes: Sendable {
    private let traitGroups: TraitGroups

    /// The routes on the domain's feature.
    ///
    /// - Parameter traitGroups: the feature.
    package init(_ traitGroups: TraitGroups) {
        self.traitGroups = traitGroups
    }

    /// The routes.
    package var routes: [Route] {
        let path = "/v1/ControlPlane/Stores/{storeId}/TraitGroups"
        let group = "\(path)/{traitGroupName}"
        return [
            Route(.get, path, list), Route(.post, path, create),
            Route(.get, group, fetch), Route(.patch, group, patch), Route(.delete, group, delete),
        ]
    }

    @Sendable private func list(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let page = try request.list(maximum: ControlPlane.pageSizeLimit, filters: ["includeTraits"])
        let includesTraits = try DataPlane.flag(page["includeTraits"], "includeTraits") ?? false
        let slice = try await traitGroups.list(
            page.query(cursor: TraitGroupPosition.init(_:field:)),
            includingTraits: includesTraits,
            of: store,
            in: request.scope
        )
        return page.page("traitGroups", slice, cursor: \.position.text) { writer, group in
            TraitGroupWire(group: group, traits: includesTraits ? group.definitions : nil).write(to: &writer)
        }
    }

    @Sendable private func create(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let body = try request.object(.controlPlanePayload)
        try body.allowOnly("displayName", "description", "traits")
        let operation = try await traitGroups.create(
            body["displayName"].required().text(TraitGroupName.init(_:field:)),
            with: TraitGroupChange(body),
            of: store,
            in: request.scope
        )
        return .accepted("Trait group created", operation, for: request)
    }

    /// A group's traits are paged only for those who ask for a page size: 95 are few, and a caller who reads one group wants it whole.
    @Sendable private func fetch(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let page = try request.list(maximum: ControlPlane.pageSizeLimit, filters: ["includeTraits"])
        let includesTraits = try DataPlane.flag(page["includeTraits"], "includeTraits") ?? true
        let group = try await traitGroups.fetch(request.traitGroupName(), of: store, in: request.scope)
        let isPaged = request.query["pageSize"] != nil || request.query["pageToken"]?.isEmpty == false
        let slice =
            try isPaged
            ? page.query(cursor: TraitID.init(_:field:)).cut(group.definitions)
            : PageSlice(rows: group.definitions, hasNext: false, hasPrevious: false)
        return APIResponse.json { writer in
            writer.object { writer in
                let shown = TraitGroupWire(group: group, traits: includesTraits ? slice.rows : nil)
                writer.field("traitGroup", shown)
                page.writeMeta("traits", slice, cursor: \.id.description, to: &writer)
            }
        }
        .header(.eTag, EntityTag.text(group.version))
    }

    @Sendable private func patch(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let body = try request.object(.controlPlanePayload)
        try body.allowOnly("description", "traits")
        let operation = try await traitGroups.patch(
            request.traitGroupName(),
            with: TraitGroupChange(body),
            expecting: request.expectedVersion(),
            of: store,
            in: request.scope
        )
        return .accepted("Trait group updated", operation, for: request)
    }

    @Sendable private func delete(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let operation = try await traitGroups.delete(request.traitGroupName(), of: store, in: request.scope)
        return .accepted("Trait group deleted; its values follow in the background", operation, for: request)
    }
}

extension APIRequest {
    /// The group's name in the path: any text of the right length, because what no group may be named is simply not found.
    fileprivate func traitGroupName() throws(Rejection) -> String {
        let name = parameter("traitGroupName")
        guard name.unicodeScalars.count <= TraitGroupName.lengthLimit else {
            throw Rejection(.malformed, "traitGroupName", "must be 1 to \(TraitGroupName.lengthLimit) characters")
        }
        return name
    }
}

extension PageQuery<TraitID> {
    /// The page out of all traits of a group, which are in the order of their ids.
    fileprivate func cut(_ definitions: [TraitDefinition]) -> PageSlice<TraitDefinition> {
        let ordered = scansForward ? definitions : definitions.reversed()
        let rest = ordered.drop { definition in
            cursor.map { scansForward ? definition.id <= $0 : definition.id >= $0 } ?? false
        }
        return slice(Array(rest.prefix(rowsWanted)))
    }
}

extension TraitGroupPosition {
    /// The position as a page token carries it.
    fileprivate var text: String { "\(createdAt.microseconds) \(foldedName)" }

    fileprivate init(_ text: String, field: String) throws(Rejection) {
        let words = text.split(separator: " ", maxSplits: 1)
        guard words.count == 2, let microseconds = Int64(words[0]) else {
            throw Rejection(.malformed, field, "is no token of this list")
        }
        self.init(createdAt: Timestamp(microseconds: microseconds), foldedName: String(words[1]))
    }
}
