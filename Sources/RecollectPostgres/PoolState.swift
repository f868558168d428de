// Which worker does what: a pure state machine, to which the pool gives events and which answers with orders for workers.
//
// Each worker owns a connection, or has yet to make one. Work is given to a worker that rests with a connection, the one that
// rested last; otherwise it waits. While work waits, workers without a connection are told to connect, which they do before they
// take anything: a database that is away keeps no work from those who have a connection. After a failed attempt only one worker
// tries at a time, with a pause that doubles, so that a database that comes back is found quickly and is not stormed.
//
// Invariants: while work waits, nobody rests with a connection; and while work waits and nobody has a connection, somebody is
// connecting. So what waits is either taken in the end or refused by `expire`.

import RecollectEngine

/// Work for a connection.
struct PoolWork: Sendable {
    /// Does the work on a connection.
    let run: @Sendable (PostgresSession) -> Void
    /// Says why it is not done.
    let refuse: @Sendable (EngineError) -> Void
    /// When the caller began, perhaps with a connection that was lost.
    let beganAt: ContinuousClock.Instant
    /// When it came into the queue.
    let queuedAt: ContinuousClock.Instant
}

/// How long work waits, and how much of it.
struct PoolLimits: Sendable {
    /// The most work that may wait.
    ///
    /// More means that the database cannot keep up: better to say so than to let it wait longer.
    var waiting = 4096
    /// How long work waits for a database that is away, since its caller began; with zero it does not wait at all.
    ///
    /// Source: ours; a restart of PostgreSQL takes less, and callers wait longer.
    var patienceWhenAway = PostgresDatabase.defaultPatience
    /// How long work waits for a connection of a database that is there.
    ///
    /// Source: ours; less than the 30 s after which a statement is given up, as callers do not wait that long.
    var patienceWhenBusy = Duration.seconds(10)
}

/// The state of a pool.
struct PoolState {
    typealias WorkerID = Int

    /// What a worker is to do next.
    enum Order {
        /// Wait for another order.
        case rest
        /// Do this.
        case work(PoolWork)
        /// Connect, not before that moment.
        case connect(notBefore: ContinuousClock.Instant?)
        /// Close the connection and end.
        case end
    }

    private static let shortestPause = Duration.milliseconds(50)
    private static let longestPause = Duration.seconds(1)

    private let limits: PoolLimits
    private var waiting: [PoolWork] = []
    private var connected: [WorkerID] = []
    private var unconnected: [WorkerID]
    private var connecting = 0
    private var working = 0
    private var endedCount = 0
    /// Attempts to connect that have failed since the last that did not.
    private var failures = 0
    private var nextAttempt: ContinuousClock.Instant?
    private var lastFailure = "the database has not answered yet"
    private var isClosing = false
    private var everConnected: Set<WorkerID> = []
    private var figures = PostgresFigures()

    init(workers: Int, limits: PoolLimits) {
        self.limits = limits
        unconnected = Array((0..<workers).reversed())
        figures.limit = workers
    }

    /// Whether every worker has ended.
    var hasEnded: Bool { endedCount == figures.limit }

    var isWaiting: Bool { !waiting.isEmpty }

    var currentFigures: PostgresFigures {
        var current = figures
        current.open = connected.count + working
        current.inUse = working
        current.waiting = waiting.count
        return current
    }

    // MARK: From callers

    /// Takes work in.
    ///
    /// - Returns: orders for workers that rest, and why the work is refused if it is.
    mutating func submit(_ work: PoolWork) -> (orders: [(WorkerID, Order)], refusal: EngineError?) {
        guard !isClosing else { return ([], refusal("the pool is closed")) }
        guard waiting.count < limits.waiting else { return ([], refusal("too many requests wait for the database")) }
        if let worker = connected.popLast() {
            working += 1
            return ([(worker, .work(work))], nil)
        }
        waiting.append(work)
        let orders = callConnectors()
        guard limits.patienceWhenAway == .zero, isAway else { return (orders, nil) }
        waiting.removeLast()
        return (orders, refusal(lastFailure))
    }

    /// Takes out the work that has waited too long, to be refused with the error beside it.
    mutating func expire(at now: ContinuousClock.Instant) -> [(PoolWork, EngineError)] {
        let (isAway, limits) = (isAway, limits)
        func isLate(_ work: PoolWork) -> Bool {
            isAway
                ? now >= work.beganAt + limits.patienceWhenAway : now >= work.queuedAt + limits.patienceWhenBusy
        }
        let late = waiting.filter(isLate)
        waiting.removeAll(where: isLate)
        return late.map { ($0, refusal(isAway ? lastFailure : "no connection has been free for too long")) }
    }

    /// Lets the work in the queue be done, then ends the workers.
    ///
    /// - Returns: orders for workers that rest.
    mutating func close() -> [(WorkerID, Order)] {
        isClosing = true
        let resting = connected + unconnected
        connected = []
        unconnected = []
        return resting.map { ($0, .end) }
    }

    // MARK: From workers

    /// A worker has done its work.
    mutating func finished(_ worker: WorkerID, isConnected: Bool) -> Order {
        working -= 1
        return isConnected ? next(worker) : withoutConnection(worker)
    }

    /// A worker found its connection dead before it did anything with it.
    ///
    /// - Returns: its next order, and orders for others.
    mutating func gaveBack(_ work: PoolWork, _ worker: WorkerID) -> (Order, others: [(WorkerID, Order)]) {
        working -= 1
        if let other = connected.popLast() {
            working += 1
            return (withoutConnection(worker), [(other, .work(work))])
        }
        waiting.insert(work, at: 0)
        return (withoutConnection(worker), [])
    }

    /// A worker has connected.
    ///
    /// - Returns: its next order, and orders for others.
    mutating func connected(_ worker: WorkerID) -> (Order, others: [(WorkerID, Order)]) {
        connecting -= 1
        failures = 0
        nextAttempt = nil
        if !everConnected.insert(worker).inserted { figures.reconnects += 1 }
        let order = next(worker)
        return (order, callConnectors())
    }

    /// A worker could not connect.
    mutating func failed(_ worker: WorkerID, _ error: EngineError, at now: ContinuousClock.Instant) -> Order {
        connecting -= 1
        failures += 1
        figures.failedConnects += 1
        lastFailure = error.message
        nextAttempt = now + min(Self.shortestPause * (1 << min(failures - 1, 10)), Self.longestPause)
        return withoutConnection(worker)
    }

    /// A worker has ended.
    mutating func ended() {
        endedCount += 1
    }

    // MARK: Decisions

    /// Whether no connection stands and none could be made when it was last tried.
    ///
    /// A database that has yet to answer the first attempt may only be slow.
    private var isAway: Bool { working == 0 && connected.isEmpty && failures > 0 }

    /// The order of a worker with a connection.
    private mutating func next(_ worker: WorkerID) -> Order {
        if !waiting.isEmpty {
            working += 1
            return .work(waiting.removeFirst())
        }
        guard !isClosing else { return .end }
        connected.append(worker)
        return .rest
    }

    /// The order of a worker without one.
    private mutating func withoutConnection(_ worker: WorkerID) -> Order {
        if mayConnect {
            connecting += 1
            return .connect(notBefore: nextAttempt)
        }
        // Those that are connecting take what waits.
        guard !isClosing else { return .end }
        unconnected.append(worker)
        return .rest
    }

    /// Orders to connect, for as many as there is work.
    private mutating func callConnectors() -> [(WorkerID, Order)] {
        var orders: [(WorkerID, Order)] = []
        while mayConnect, let worker = unconnected.popLast() {
            connecting += 1
            orders.append((worker, .connect(notBefore: nextAttempt)))
        }
        return orders
    }

    private var mayConnect: Bool {
        failures == 0 ? connecting < waiting.count : connecting == 0 && !waiting.isEmpty
    }

    private mutating func refusal(_ reason: String) -> EngineError {
        figures.refused += 1
        return EngineError(.unavailable, reason)
    }
}
