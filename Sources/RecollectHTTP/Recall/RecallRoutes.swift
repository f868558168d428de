import HTTPTypes
package import RecollectDomain
import RecollectVocabulary

/// The route of recall.
package struct RecallRoutes: Sendable {
    private let recall: Recall

    /// The route on the domain's feature.
    ///
    /// - Parameter recall: the feature.
    package init(_ recall: Recall) {
        self.recall = recall
    }

    /// The routes.
    package var routes: [Route] {
        [Route(.post, "/v1/Stores/{storeId}/Profiles/{profileId}/Recall", answer)]
    }

    @Sendable private func answer(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        let wanted = try RecallRequest(request.object())
        let start = ContinuousClock.now
        let recollection = try await recall.recall(wanted, in: place, request.scope)
        return .json(RecallWire(recollection: recollection, queryTime: start.duration(to: .now)))
    }
}
