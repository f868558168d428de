import Metrics

/// What is measured of recall.
struct RecallMetrics: Sendable {
    /// Why a recall with a query went by words alone.
    enum Degradation: String, CaseIterable {
        /// The server has no model.
        case noModel = "no_model"
        /// The query's vector was not there in time.
        case deadline
        /// The model failed.
        case failure
    }

    /// Finding the profile, its memory version included.
    let resolving: Timer
    /// Making the query's vector, which goes on beside the others.
    let queryVector: Timer
    /// Reading and indexing a profile that was not here.
    let coldIndex: Timer
    /// Reading and indexing what has changed of a profile.
    let incrementalIndex: Timer
    /// Reading and indexing a profile's past.
    let pastIndex: Timer
    /// Ranking.
    let ranking: Timer
    /// All of it.
    let total: Timer
    /// Indexes that were here and valid.
    let cacheHits: Counter
    /// Indexes that were here and had to be brought up to date.
    let cacheStale: Counter
    /// Indexes that were not here.
    let cacheMisses: Counter
    private let noModel: Counter
    private let deadline: Counter
    private let failure: Counter

    init(_ metrics: any MetricsFactory) {
        func stage(_ name: String) -> Timer {
            Timer(label: "recollect_recall_stage_duration_seconds", dimensions: [("stage", name)], factory: metrics)
        }
        func degraded(_ reason: Degradation) -> Counter {
            let labels = [("reason", reason.rawValue)]
            return Counter(label: "recollect_recalls_degraded_total", dimensions: labels, factory: metrics)
        }
        func lookup(_ result: String) -> Counter {
            Counter(label: "recollect_index_cache_lookups_total", dimensions: [("result", result)], factory: metrics)
        }
        cacheHits = lookup("hit")
        cacheStale = lookup("stale")
        cacheMisses = lookup("miss")
        resolving = stage("resolve")
        queryVector = stage("query_vector")
        coldIndex = stage("index_cold")
        incrementalIndex = stage("index_incremental")
        pastIndex = stage("index_past")
        ranking = stage("rank")
        total = stage("total")
        noModel = degraded(.noModel)
        deadline = degraded(.deadline)
        failure = degraded(.failure)
    }

    /// Counts a recall that went by words alone.
    func degraded(_ reason: Degradation) {
        switch reason {
        case .noModel: noModel.increment()
        case .deadline: deadline.increment()
        case .failure: failure.increment()
        }
    }
}

extension Timer {
    /// Records the time since a moment.
    func record(since start: ContinuousClock.Instant) {
        record(duration: ContinuousClock.now - start)
    }
}
