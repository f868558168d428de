import HTTPTypes
package import RecollectDomain
package import RecollectVocabulary

/// The routes of observations and their revisions.
package struct ObservationsRoutes: Sendable {
    private let observations: Observations
    private let clock: any WallClock

    /// The routes on the domain's feature.
    ///
    /// - Parameters:
    ///   - observations: the feature.
    ///   - clock: when an observation occurred that does not say so.
    package init(_ observations: Observations, clock: any WallClock) {
        self.observations = observations
        self.clock = clock
    }

    /// The routes.
    package var routes: [Route] {
        let path = "/v1/Stores/{storeId}/Profiles/{profileId}/Observations"
        let observation = "\(path)/{observationId}"
        return [
            Route(.get, path, list), Route(.post, path, create),
            Route(.get, observation, fetch), Route(.patch, observation, patch), Route(.delete, observation, delete),
            Route(.get, "\(observation)/Revisions", revisions),
        ]
    }

    @Sendable private func list(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        let page = try request.list(
            maximum: DataPlane.pageSizeLimit,
            filters: ["source", "createdAfter", "createdBefore", "conversationId"]
        )
        let found = try await observations.list(
            page.query(arrayLimit: Observation.pageLimit, cursor: ObservationID.init(_:field:)),
            ObservationFilter(page),
            in: place,
            request.scope
        )
        return request.answer(place, found) { slice in
            page.page("observations", slice, cursor: \.id.description) { writer, observation in
                observation.write(to: &writer)
            }
        }
    }

    @Sendable private func create(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        try await observations.create(request.observationDrafts(at: clock.now()), in: place, request.scope)
        return .accepted("Observations created")
    }

    @Sendable private func fetch(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        let found = try await observations.fetch(request.observationID(), in: place, request.scope)
        return request.answer(place, found) { .json($0) }
    }

    @Sendable private func patch(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        let id = try request.observationID()
        try await observations.patch(id, with: ObservationChange(request.object()), in: place, request.scope)
        return .accepted("Observation updated")
    }

    @Sendable private func delete(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        try await observations.delete(
            request.observationID(),
            erasing: DataPlane.flag(request.query["erase"], "erase") ?? false,
            in: place,
            request.scope
        )
        return .accepted("Observation deleted")
    }

    @Sendable private func revisions(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        let id = try request.observationID()
        let page = try request.list(maximum: DataPlane.pageSizeLimit, ordered: false)
        let found = try await observations.revisions(
            page.query(arrayLimit: Observation.pageLimit, cursor: Self.revision),
            of: id,
            in: place,
            request.scope
        )
        return request.answer(place, found) { slice in
            page.page("revisions", slice, cursor: { String($0.revision) }) { writer, observation in
                observation.write(to: &writer)
            }
        }
    }

    /// The number of a revision in a page token.
    private static func revision(_ text: String, field: String) throws(Rejection) -> Int {
        guard let number = Int(text) else { throw Rejection(.malformed, field, "is no page of this list") }
        return number
    }
}

extension APIRequest {
    fileprivate func observationID() throws(Rejection) -> ObservationID {
        try parameter("observationId", ObservationID.init(_:field:))
    }
}
