import Metrics
import RecollectEngine
import RecollectRanking
import RecollectSQL
package import RecollectVocabulary

/// Recall: the few memories of a profile that matter now.
package struct Recall: Sendable {
    private let transactions: Transactions
    private let clock: any WallClock
    private let queries: QueryVectors?
    private let model: IndexModel
    private let cache: ProfileIndexCache
    private let measurements: RecallMetrics

    init(
        _ transactions: Transactions,
        clock: any WallClock,
        queries: QueryVectors?,
        limits: RecallLimits,
        metrics: any MetricsFactory
    ) {
        self.transactions = transactions
        self.clock = clock
        self.queries = queries
        model = IndexModel(queries?.model)
        cache = ProfileIndexCache(bytesLimit: limits.cacheBytesLimit, metrics: metrics)
        measurements = RecallMetrics(metrics)
    }

    /// The memories that answer a request.
    ///
    /// One statement when the profile's index is here and valid; otherwise what has changed is read first, or all of it. That
    /// happens on the database's thread, which all processors help to index a whole profile: those threads may be kept busy, the few
    /// that serve requests may not. The query is embedded
    /// meanwhile, by this task, as that takes longest and must not wait for a thread; if that fails or takes too long, words
    /// alone decide.
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
        let start = ContinuousClock.now
        defer { measurements.total.record(since: start) }
        async let indexRead = index(of: place, for: request, scope)
        let vector = await vector(of: request)
        let index = try await indexRead
        guard let text = request.query else { return recent(in: index, request) }
        let query = RankingQuery(text, analysedBy: model.analyser(of: index.language), vector: vector)
        // A query of stop words alone names nothing to rank by.
        guard !query.isEmpty else { return recent(in: index, request) }
        let now = request.asOf ?? clock.now()
        let rankingStart = ContinuousClock.now
        defer { measurements.ranking.record(since: rankingStart) }
        return Recollection(
            observations: index.observations.ranked(by: query, request, limit: request.observationsLimit, at: now),
            summaries: index.summaries.ranked(by: query, request, limit: request.summariesLimit, at: now)
        ).packed(into: request.tokensLimit)
    }

    private func recent(in index: ProfileIndex, _ request: RecallRequest) -> Recollection {
        Recollection(
            observations: index.observations.recent(request, limit: request.observationsLimit),
            summaries: index.summaries.recent(request, limit: request.summariesLimit)
        ).packed(into: request.tokensLimit)
    }

    private func vector(of request: RecallRequest) async -> [Float]? {
        guard let query = request.query else { return nil }
        guard let queries else {
            measurements.degraded(.noModel)
            return nil
        }
        return await queries.vector(of: query)
    }

    private func index(
        of place: ProfilePlace,
        for request: RecallRequest,
        _ scope: AccountScope
    ) async throws -> ProfileIndex {
        let start = ContinuousClock.now
        if let moment = request.asOf {
            defer { measurements.pastIndex.record(since: start) }
            return try await transactions.read(.snapshot, for: scope) { [model] connection in
                try ProfileIndex.read(
                    connection.resolveUnmoved(place, in: scope),
                    asOf: moment,
                    on: connection,
                    model
                )
            }
        }
        let version = cache.index(of: place.profile) == nil ? nil : try await currentVersion(of: place, scope)
        if let version, let index = index(of: place.profile, at: version) { return index }
        return try await cache.inTurn(of: place.profile) {
            let earlier = cache.index(of: place.profile)
            // Somebody else may have read what was not here before.
            if earlier != nil {
                let known: IndexVersion
                if let version { known = version } else { known = try await currentVersion(of: place, scope) }
                if let index = self.index(of: place.profile, at: known) { return index }
            }
            (earlier == nil ? measurements.cacheMisses : measurements.cacheStale).increment()
            let readingStart = ContinuousClock.now
            let index = try await transactions.read(.snapshot, for: scope) { [model] connection in
                try ProfileIndex.read(
                    connection.resolveUnmoved(place, in: scope),
                    after: earlier,
                    on: connection,
                    model
                )
            }
            (earlier == nil ? measurements.coldIndex : measurements.incrementalIndex).record(since: readingStart)
            cache.keep(index, of: place.profile)
            return index
        }
    }

    /// What an index of a profile must be of to be its current one.
    private typealias IndexVersion = (memory: Int, language: MemoryLanguage)

    private func currentVersion(of place: ProfilePlace, _ scope: AccountScope) async throws -> IndexVersion {
        let start = ContinuousClock.now
        defer { measurements.resolving.record(since: start) }
        return try await transactions.read(for: scope) { connection in
            let profile = try connection.resolveUnmoved(place, in: scope)
            return (profile.memoryVersion, profile.language)
        }
    }

    /// The index that is here, if it holds all that had been written when the version was read.
    private func index(of profile: ProfileID, at version: IndexVersion) -> ProfileIndex? {
        guard let index = cache.index(of: profile), index.version >= version.memory, index.language == version.language
        else { return nil }
        measurements.cacheHits.increment()
        return index
    }
}
