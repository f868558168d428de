import HTTPTypes
package import RecollectDomain
import RecollectVocabulary

/// The routes of conversation summaries.
package struct SummariesRoutes: Sendable {
    private let summaries: Summaries

    /// The routes on the domain's feature.
    ///
    /// - Parameter summaries: the feature.
    package init(_ summaries: Summaries) {
        self.summaries = summaries
    }

    /// The routes.
    package var routes: [Route] {
        let path = "/v1/Stores/{storeId}/Profiles/{profileId}/ConversationSummaries"
        let summary = "\(path)/{summaryId}"
        return [
            Route(.get, path, list), Route(.post, path, create),
            Route(.get, summary, fetch), Route(.patch, summary, patch), Route(.delete, summary, delete),
        ]
    }

    @Sendable private func list(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        let page = try request.list(
            maximum: DataPlane.pageSizeLimit,
            filters: ["conversationId"],
            ordered: false
        )
        var conversation: ConversationID?
        if let text = page["conversationId"] { conversation = try ConversationID(text, field: "conversationId") }
        let found = try await summaries.list(
            page.query(arrayLimit: ConversationSummary.pageLimit, cursor: SummaryID.init(_:field:)),
            of: conversation,
            in: place,
            request.scope
        )
        return request.answer(place, found) { slice in
            page.page("summaries", slice, cursor: \.id.description) { writer, summary in
                summary.write(to: &writer)
            }
        }
    }

    @Sendable private func create(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        try await summaries.create(request.summaryDrafts(), in: place, request.scope)
        return .accepted("Conversation summaries created")
    }

    @Sendable private func fetch(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        let found = try await summaries.fetch(request.summaryID(), in: place, request.scope)
        return request.answer(place, found) { .json($0) }
    }

    @Sendable private func patch(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        let id = try request.summaryID()
        try await summaries.patch(id, with: SummaryChange(request.object()), in: place, request.scope)
        return .accepted("Conversation summary updated")
    }

    @Sendable private func delete(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        try await summaries.delete(
            request.summaryID(),
            erasing: DataPlane.flag(request.query["erase"], "erase") ?? false,
            in: place,
            request.scope
        )
        return .accepted("Conversation summary deleted")
    }
}

extension APIRequest {
    fileprivate func summaryID() throws(Rejection) -> SummaryID {
        try parameter("summaryId", SummaryID.init(_:field:))
    }
}
