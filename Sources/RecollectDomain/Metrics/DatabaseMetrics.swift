import Metrics
import RecollectEngine

/// What is measured of transactions, whatever the engine: how many there are at once, how long they take with their waiting, and
/// what goes wrong.
struct DatabaseMetrics: Sendable {
    /// What is measured of reads or of writes.
    struct Kind: Sendable {
        private let duration: Timer
        private let inFlight: Meter

        fileprivate init(_ name: String, _ metrics: any MetricsFactory) {
            let labels = [("kind", name)]
            duration = Timer(
                label: "recollect_database_transaction_duration_seconds",
                dimensions: labels,
                factory: metrics
            )
            inFlight = Meter(
                label: "recollect_database_transactions_in_flight",
                dimensions: labels,
                factory: metrics
            )
        }

        /// Measures a transaction.
        func measure<Result>(_ transaction: () async throws -> Result) async rethrows -> Result {
            let start = ContinuousClock.now
            inFlight.increment()
            defer {
                inFlight.decrement()
                duration.record(since: start)
            }
            return try await transaction()
        }
    }

    /// Of reads.
    let reads: Kind
    /// Of reads that a replica answers.
    let replicaReads: Kind
    /// Of writes.
    let writes: Kind
    private let errors: [EngineError.Kind: Counter]

    init(_ metrics: any MetricsFactory) {
        reads = Kind("read", metrics)
        replicaReads = Kind("replica_read", metrics)
        writes = Kind("write", metrics)
        let kinds: [EngineError.Kind] = [.contention, .unavailable, .storage, .unique, .corrupt, .statement]
        errors = Dictionary(
            uniqueKeysWithValues: kinds.map { kind in
                let labels = [("kind", "\(kind)")]
                return (kind, Counter(label: "recollect_database_errors_total", dimensions: labels, factory: metrics))
            }
        )
    }

    /// Counts an error that reached a caller.
    func failed(_ error: EngineError) {
        errors[error.kind]?.increment()
    }
}
