import HTTPTypes
package import RecollectDomain
import RecollectVocabulary

/// The routes of profiles and their traits.
package struct ProfilesRoutes: Sendable {
    private let profiles: Profiles

    /// The routes on the domain's feature.
    ///
    /// - Parameter profiles: the feature.
    package init(_ profiles: Profiles) {
        self.profiles = profiles
    }

    /// The routes.
    package var routes: [Route] {
        let path = "/v1/Stores/{storeId}/Profiles"
        let profile = "\(path)/{profileId}"
        return [
            Route(.get, path, list), Route(.post, path, create),
            Route(.get, profile, fetch), Route(.patch, profile, patch), Route(.delete, profile, delete),
            Route(.get, "\(profile)/Traits", traits), Route(.put, "\(path)/Bulk", bulk),
        ]
    }

    @Sendable private func list(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let page = try request.list(maximum: DataPlane.pageSizeLimit)
        let slice = try await profiles.list(page.query(cursor: ProfileID.init(_:field:)), in: store, request.scope)
        return page.page("profiles", slice, cursor: \.description) { writer, id in id.write(to: &writer) }
    }

    @Sendable private func create(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let id = try await profiles.create(request.traitInputs(), in: store, request.scope)
        return .json(.accepted) { writer in
            writer.object { writer in
                writer.field("id", id)
                writer.field("message", "Profile accepted")
            }
        }
    }

    @Sendable private func bulk(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let operation = try await profiles.bulk(request.bulkEntries(), in: store, request.scope)
        return .accepted("Profiles accepted", followedBy: operation, for: request)
    }

    @Sendable private func fetch(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        let groups = try DataPlane.names(request.query["traitGroups"], "traitGroups")
        return request.answer(place, try await profiles.fetch(place, groups: groups, request.scope)) { .json($0) }
    }

    @Sendable private func patch(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        try await profiles.patch(place, with: request.traitInputs(), request.scope)
        return .accepted("Profile updated")
    }

    @Sendable private func delete(_ request: APIRequest) async throws -> APIResponse {
        try await profiles.delete(request.profilePlace(), request.scope)
        return .accepted("Profile deleted")
    }

    @Sendable private func traits(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        let page = try request.list(maximum: DataPlane.pageSizeLimit, filters: ["traitGroups"])
        let traits = try await profiles.traits(
            page.query(arrayLimit: TraitPosition.pageLimit, cursor: TraitPosition.init(_:field:)),
            of: place,
            groups: DataPlane.names(page["traitGroups"], "traitGroups"),
            request.scope
        )
        return request.answer(place, traits) { slice in
            page.page("traits", slice, cursor: \.position.text) { writer, trait in trait.write(to: &writer) }
        }
    }
}

/// The limits that all lists of the data plane share, and what their parameters have in common.
enum DataPlane {
    /// The largest page size; more counts as this.
    ///
    /// Source: openapi.yaml, pageSize.
    static let pageSizeLimit = 1000
    /// The most characters of a list of names.
    ///
    /// Source: openapi.yaml, traitGroups.
    private static let namesLengthLimit = 256

    static func flag(_ text: String?, _ field: String) throws(Rejection) -> Bool? {
        guard let text else { return nil }
        guard let flag = Bool(text.lowercased()) else { throw Rejection(.malformed, field, "must be true or false") }
        return flag
    }

    /// The names in a parameter, separated by commas; nil when it was not given.
    static func names(_ text: String?, _ field: String) throws(Rejection) -> [String]? {
        guard let text else { return nil }
        guard (1...namesLengthLimit).contains(text.unicodeScalars.count) else {
            throw Rejection(.malformed, field, "must be 1 to \(namesLengthLimit) characters")
        }
        return text.split(separator: ",").map { $0.trimmingPrefix { $0 == " " } }.map(String.init)
    }
}

extension APIRequest {
    /// The profile that the path names.
    func profilePlace() throws(Rejection) -> ProfilePlace {
        ProfilePlace(
            store: try parameter("storeId", StoreID.init(_:field:)),
            profile: try parameter("profileId", ProfileID.init(_:field:))
        )
    }
}
