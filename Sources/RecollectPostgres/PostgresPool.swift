import Dispatch
import Foundation
import RecollectEngine
import Synchronization

/// Threads that each own one connection and take work from one queue.
///
/// libpq blocks, so nothing of it runs on Swift's cooperative threads. Who does what is decided by `PoolState`.
final class PostgresPool: Sendable {
    /// How often it is looked whether work has waited too long, while any waits.
    private static let expiryPeriod = DispatchTimeInterval.milliseconds(250)

    /// A thread's mailbox.
    private final class Worker: Sendable {
        let id: PoolState.WorkerID
        let bell = DispatchSemaphore(value: 0)
        let order = Mutex(PoolState.Order.rest)

        init(id: PoolState.WorkerID) {
            self.id = id
        }
    }

    private struct Shared {
        var state: PoolState
        var isWatched = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private let shared: Mutex<Shared>
    private let workers: [Worker]
    private let roundTrips = RoundTrips()

    init(_ target: PostgresTarget, connections: Int, limits: PoolLimits = PoolLimits()) {
        shared = Mutex(Shared(state: PoolState(workers: connections, limits: limits)))
        workers = (0..<connections).map { Worker(id: $0) }
        for worker in workers {
            let thread = Thread { [self] in serve(worker, PostgresSession(target, roundTrips: roundTrips)) }
            thread.name = "postgres \(worker.id)"
            thread.start()
        }
    }

    /// What the pool has done and is doing.
    var figures: PostgresFigures {
        var figures = shared.withLock { $0.state.currentFigures }
        figures.roundTrips = roundTrips.count
        return figures
    }

    /// Runs work on a connection's thread.
    ///
    /// - Parameters:
    ///   - beganAt: when the caller began: a database that is away is not waited for again and again.
    ///   - work: the work.
    /// - Returns: what `work` returns.
    /// - Throws: `EngineError` of kind `.unavailable` when there is no connection in time.
    func run<Result: Sendable>(
        since beganAt: ContinuousClock.Instant = .now,
        _ work: @escaping @Sendable (PostgresSession) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            submit(
                PoolWork(
                    run: { session in continuation.resume(with: Swift.Result { try work(session) }) },
                    refuse: { error in continuation.resume(throwing: error) },
                    beganAt: beganAt,
                    queuedAt: .now
                )
            )
        }
    }

    /// Lets the work in the queue finish, then ends the threads with their connections.
    func close() async {
        await withCheckedContinuation { continuation in
            let (orders, hasEnded) = shared.withLock { shared in
                if !shared.state.hasEnded { shared.closers.append(continuation) }
                return (shared.state.close(), shared.state.hasEnded)
            }
            give(orders)
            if hasEnded { continuation.resume() }
        }
    }

    private func submit(_ work: PoolWork) {
        let (orders, refusal, startsWatch) = shared.withLock { shared in
            let (orders, refusal) = shared.state.submit(work)
            let startsWatch = shared.state.isWaiting && !shared.isWatched
            if startsWatch { shared.isWatched = true }
            return (orders, refusal, startsWatch)
        }
        give(orders)
        if startsWatch { watchLater() }
        if let refusal { work.refuse(refusal) }
    }

    /// Refuses what has waited too long, as long as anything waits.
    private func watchLater() {
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.expiryPeriod) { [self] in
            let (late, goesOn) = shared.withLock { shared in
                let late = shared.state.expire(at: .now)
                shared.isWatched = shared.state.isWaiting
                return (late, shared.isWatched)
            }
            for (work, error) in late { work.refuse(error) }
            if goesOn { watchLater() }
        }
    }

    private func give(_ orders: [(PoolState.WorkerID, PoolState.Order)]) {
        for (id, order) in orders {
            workers[id].order.withLock { $0 = order }
            workers[id].bell.signal()
        }
    }

    // MARK: On a worker's thread

    private func serve(_ worker: Worker, _ session: PostgresSession) {
        var order = PoolState.Order.rest
        while true {
            switch order {
            case .rest:
                worker.bell.wait()
                order = worker.order.withLock { $0 }
            case .work(let work):
                order = perform(work, worker, session)
            case .connect(let notBefore):
                if let notBefore { Thread.sleep(forTimeInterval: ContinuousClock.now.duration(to: notBefore).seconds) }
                order = connect(worker, session)
            case .end:
                session.disconnect()
                return end(worker)
            }
        }
    }

    private func perform(_ work: PoolWork, _ worker: Worker, _ session: PostgresSession) -> PoolState.Order {
        guard session.isAlive else {
            session.disconnect()
            return passOn { $0.gaveBack(work, worker.id) }
        }
        work.run(session)
        session.settle()
        let isConnected = session.isConnected
        if !isConnected { session.disconnect() }
        return shared.withLock { $0.state.finished(worker.id, isConnected: isConnected) }
    }

    private func connect(_ worker: Worker, _ session: PostgresSession) -> PoolState.Order {
        do {
            try session.connect()
            return passOn { $0.connected(worker.id) }
        } catch {
            return shared.withLock { $0.state.failed(worker.id, error, at: .now) }
        }
    }

    /// Passes on what an event means for others.
    private func passOn(
        _ event: (inout PoolState) -> (PoolState.Order, others: [(PoolState.WorkerID, PoolState.Order)])
    ) -> PoolState.Order {
        let (order, others) = shared.withLock { event(&$0.state) }
        give(others)
        return order
    }

    private func end(_ worker: Worker) {
        let closers = shared.withLock { shared in
            shared.state.ended()
            return shared.state.hasEnded ? shared.closers : []
        }
        for closer in closers { closer.resume() }
    }
}

extension Duration {
    fileprivate var seconds: TimeInterval {
        max(0, Double(components.seconds) + Double(components.attoseconds) / 1e18)
    }
}
