import Logging
import Metrics
import RecollectEmbedding
import RecollectVocabulary
import ServiceLifecycle
import Synchronization

// What waits in the database is counted when somebody looks, not all the time, and at most every few seconds however many look. One
// task reads; who looks waits for it a moment and otherwise sees what was read before: a database that hangs must not keep the
// other figures from being seen, as that is when they are needed.

/// Measures the work that waits in the database.
package final class StoredGauges: Service {
    /// How old what is shown may be when it can be had anew.
    static let lifetime = Duration.seconds(5)
    /// How long who looks waits for the database.
    static let waitLimit = Duration.seconds(1)
    /// How many wait at once; more see what was read before.
    private static let waitersLimit = 64

    private struct State {
        var counts: StoredCounts?
        var readAt: Timestamp?
        var waiting: [AsyncStream<Void>.Continuation] = []
    }

    private let transactions: Transactions
    private let clock: any WallClock
    private let model: EmbeddingModel?
    private let series: StoredSeries
    private let state = Mutex(State())
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init(transactions: Transactions, clock: any WallClock, model: EmbeddingModel?, metrics: any MetricsFactory) {
        self.transactions = transactions
        self.clock = clock
        self.model = model
        series = StoredSeries(metrics)
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Reads when somebody looks, until the server shuts down.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in self.wakes { await self.read() }
        }
    }

    /// The counts, read a few seconds ago at most if the database answers.
    ///
    /// - Returns: the counts; nil when the database has never answered.
    package func current() async -> StoredCounts? {
        let (reads, finish) = AsyncStream<Void>.makeStream()
        let isWaiting = state.withLock { state in
            guard !isFresh(state), state.waiting.count < Self.waitersLimit else { return false }
            state.waiting.append(finish)
            return true
        }
        if isWaiting {
            wake.yield()
            await withTaskGroup { group in
                group.addTask { for await _ in reads {} }
                group.addTask { try? await Task.sleep(for: Self.waitLimit) }
                await group.next()
                group.cancelAll()
            }
        }
        return state.withLock { $0.counts }
    }

    /// Reads now, unless that was done just before.
    package func read() async {
        if !state.withLock({ isFresh($0) }) {
            let now = clock.now()
            let counts = try? await transactions.read { [model] connection in
                try StoredCounts(on: connection, at: now, model: model)
            }
            series.show(counts)
            state.withLock { state in
                state.counts = counts ?? state.counts
                state.readAt = now
            }
        }
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.finish() }
    }

    private func isFresh(_ state: borrowing State) -> Bool {
        guard let readAt = state.readAt else { return false }
        let now = clock.now()
        // A clock that was set back makes nothing fresh.
        return readAt <= now && now < readAt + Self.lifetime
    }
}

/// The series of what waits in the database.
private struct StoredSeries: Sendable {
    private let reachable: Meter
    private let jobs: [String: [StoredCounts.JobState: Meter]]
    private let overdue: [String: Meter]
    private let oldestAge: [String: Meter]
    private let queuedVectors: Meter
    private let storesOfOtherModels: Meter
    private let storesMadeAnew: Meter
    private let profilesToQueue: Meter

    init(_ metrics: any MetricsFactory) {
        func meter(_ name: String, _ dimensions: [(String, String)] = []) -> Meter {
            Meter(label: "recollect_\(name)", dimensions: dimensions, factory: metrics)
        }
        let kinds = JobRunner.kindNames + ["unknown"]
        func byKind<Value>(_ make: (String) -> Value) -> [String: Value] {
            Dictionary(uniqueKeysWithValues: kinds.map { ($0, make($0)) })
        }
        reachable = meter("database_reachable")
        jobs = byKind { kind in
            let states = StoredCounts.JobState.allCases
            return Dictionary(
                uniqueKeysWithValues: states.map { ($0, meter("jobs", [("kind", kind), ("state", $0.rawValue)])) }
            )
        }
        overdue = byKind { meter("jobs_overdue_seconds", [("kind", $0)]) }
        oldestAge = byKind { meter("jobs_oldest_age_seconds", [("kind", $0)]) }
        queuedVectors = meter("vector_queue_items")
        storesOfOtherModels = meter("reembedding_stores_waiting")
        storesMadeAnew = meter("reembedding_stores")
        profilesToQueue = meter("reembedding_profiles_waiting")
    }

    /// Shows counts; without any, that nobody knows them.
    func show(_ counts: StoredCounts?) {
        reachable.set(counts == nil ? 0 : 1)
        for (kind, meters) in jobs {
            let ofKind = counts.map { $0.jobs[kind] ?? StoredCounts.Jobs() }
            for (state, meter) in meters { meter.set(number(ofKind.map { $0.counts[state] ?? 0 })) }
            overdue[kind]?.set(ofKind.map { $0.overdue / .seconds(1) } ?? .nan)
            oldestAge[kind]?.set(ofKind.map { $0.oldestAge / .seconds(1) } ?? .nan)
        }
        queuedVectors.set(number(counts?.queuedVectors))
        storesOfOtherModels.set(number(counts?.storesOfOtherModels))
        storesMadeAnew.set(number(counts?.storesMadeAnew))
        profilesToQueue.set(number(counts?.profilesToQueue))
    }

    private func number(_ count: Int?) -> Double {
        count.map(Double.init) ?? .nan
    }
}
