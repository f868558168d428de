import RecollectEngine
import RecollectRanking
import RecollectSQL
package import RecollectVocabulary

/// Recall: the few memories of a profile that matter now.
package struct Recall: Sendable {
    private let transactions: Transactions
    private let analyser = Analyser()
    private let cache: ProfileIndexCache

    init(transactions: Transactions, limits: RecallLimits) {
        self.transactions = transactions
        cache = ProfileIndexCache(bytesLimit: limits.cacheBytesLimit)
    }

    /// The memories that answer a request.
    ///
    /// One statement when the profile's index is here and valid; otherwise the index is read and built first. It is built on
    /// the database's thread: those may be kept busy, the few that serve requests may not.
    ///
    /// - Parameters:
    ///   - request: what is asked for.
    ///   - place: the profile.
    ///   - scope: on whose behalf.
    /// - Returns: ranked with scores when there is a query with anything to look for in it, else the most recent.
    /// - Throws: `Rejection` when there is no such profile; `ProfileMoved`.
    package func recall(
        _ request: RecallRequest,
        in place: ProfilePlace,
        _ scope: AccountScope
    ) async throws -> Recollection {
        let index = try await index(of: place, scope)
        let terms = request.query.map(analyser.terms(of:)) ?? []
        // A query of stop words alone names nothing to rank by.
        guard !terms.isEmpty else {
            return Recollection(
                observations: index.observations.recent(request, limit: request.observationsLimit),
                summaries: index.summaries.recent(request, limit: request.summariesLimit)
            )
        }
        return Recollection(
            observations: index.observations.ranked(terms, request, limit: request.observationsLimit),
            summaries: index.summaries.ranked(terms, request, limit: request.summariesLimit)
        )
    }

    private func index(of place: ProfilePlace, _ scope: AccountScope) async throws -> ProfileIndex {
        let version = try await transactions.read { connection in
            try connection.resolveUnmoved(place, in: scope).memoryVersion
        }
        if let index = cache.index(of: place.profile, at: version) { return index }
        let index = try await transactions.read(.snapshot) { [analyser] connection in
            try ProfileIndex(of: connection.resolveUnmoved(place, in: scope), on: connection, analysedBy: analyser)
        }
        cache.keep(index, of: place.profile)
        return index
    }
}
