package import Logging
package import Metrics
package import RecollectEngine
import RecollectSQL
package import RecollectVocabulary

/// How the features reach the database: one closure, one transaction, and the caller's Idempotency-Key kept in it.
///
/// A claim is a row written in the transaction it guards, and the outcome is stored in the same transaction. A repeated
/// request therefore finds either nothing (the first was not applied) or the outcome to answer with: there is no moment at
/// which a crash could make it be applied twice. Two at once are decided by the row's primary key.
package struct Transactions: Sendable {
    private let database: any Database
    private let replica: (any Database)?
    private let clock: any WallClock
    private let logger: Logger
    private let measurements: DatabaseMetrics

    /// Transactions on a database.
    ///
    /// - Parameters:
    ///   - database: the database.
    ///   - replica: what answers reads that may lag; nil when there is none.
    ///   - clock: where the time comes from.
    ///   - logger: where trouble with the database is told.
    ///   - metrics: where transactions are measured.
    package init(
        _ database: any Database,
        replica: (any Database)? = nil,
        clock: any WallClock,
        logger: Logger,
        metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.database = database
        self.replica = replica
        self.clock = clock
        self.logger = logger
        measurements = DatabaseMetrics(metrics)
    }

    /// Reads.
    ///
    /// - Parameters:
    ///   - consistency: whether the statements must all see the same moment.
    ///   - body: the reads.
    /// - Returns: what `body` returns.
    /// - Throws: `Rejection`, of reason `.unavailable` when the database is.
    func read<Result: Sendable>(
        _ consistency: ReadConsistency = .statement,
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        try await translating(measurements.reads) { try await database.read(consistency, body) }
    }

    /// Reads on behalf of a caller: from the replica if the caller is content with that and it answers.
    ///
    /// - Parameters:
    ///   - consistency: whether the statements must all see the same moment.
    ///   - scope: on whose behalf.
    ///   - body: the reads.
    /// - Returns: what `body` returns.
    /// - Throws: `Rejection`, of reason `.unavailable` when the database is.
    func read<Result: Sendable>(
        _ consistency: ReadConsistency = .statement,
        for scope: AccountScope,
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        guard let reads = scope.laggingReads else { return try await read(consistency, body) }
        if let replica {
            do {
                let result = try await measurements.replicaReads.measure { try await replica.read(consistency, body) }
                reads.answered(byReplica: true)
                return result
            } catch let error as EngineError where error.isTemporary {
                logger.debug("the replica did not answer a read", metadata: ["error": "\(error.message)"])
            } catch {
                reads.answered(byReplica: true)
                throw error
            }
        }
        reads.answered(byReplica: false)
        return try await read(consistency, body)
    }

    /// Writes on behalf of a caller, once for each Idempotency-Key.
    ///
    /// - Parameters:
    ///   - scope: on whose behalf.
    ///   - body: the transaction, repeatable as a whole.
    /// - Returns: what `body` returns, or what it returned when the same request was first applied.
    /// - Throws: `Rejection`, of reason `.unavailable` when the database is.
    func write<Outcome: ReplayableOutcome>(
        _ scope: AccountScope,
        _ body: @escaping @Sendable (any Connection) throws -> Outcome
    ) async throws -> Outcome {
        guard let claim = scope.claim else { return try await write(body) }
        let now = clock.now()
        return try await write { connection in
            let claimed = try connection.run(
                IdempotencyQueries.claim,
                scope.account,
                claim.key,
                claim.requestDigest,
                now + IdempotencyClaim.lifetime,
                now
            )
            guard claimed > 0 else {
                if let outcome: Outcome = try replay(claim, in: scope.account, on: connection) { return outcome }
                // A request that was sent on from a merged profile took the key on its way there, and may be asked for again
                // where it began. Whether it is, its body knows: it sends on again. Whatever it writes is taken back.
                _ = try body(connection)
                throw Rejection(.conflict, "Idempotency-Key", "was used for another request")
            }
            let outcome = try body(connection)
            try connection.runLater(IdempotencyQueries.settle, scope.account, claim.key, outcome.replayText)
            return outcome
        }
    }

    /// Writes on the server's own behalf.
    ///
    /// - Parameter body: the transaction, repeatable as a whole.
    /// - Returns: what `body` returns.
    /// - Throws: `Rejection` of reason `.unavailable` when the database is; what `body` throws.
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        try await translating(measurements.writes) { try await database.write(body) }
    }

    /// The outcome of the request that took the key first; nil if that was another one.
    private func replay<Outcome: ReplayableOutcome>(
        _ claim: IdempotencyClaim,
        in account: AccountSID,
        on connection: any Connection
    ) throws -> Outcome? {
        guard let first = try connection.first(IdempotencyQueries.fetch, account, claim.key) else {
            throw RepeatTransaction()
        }
        guard first.requestDigest == claim.requestDigest else { return nil }
        return Outcome(replayText: first.outcome)
    }

    /// The database's trouble in words that a caller can act upon.
    ///
    /// What is our own mistake passes through.
    private func translating<Result>(
        _ kind: DatabaseMetrics.Kind,
        _ work: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await kind.measure(work)
        } catch let error as EngineError {
            measurements.failed(error)
            guard error.isTemporary else { throw error }
            logger.error("\(error.trouble)", metadata: ["error": "\(error.message)"])
            throw Rejection(.unavailable, "the database cannot be reached or written at the moment: try again")
        }
    }
}

extension EngineError {
    /// Whether the same may pass later, or elsewhere.
    fileprivate var isTemporary: Bool {
        switch kind {
        case .contention, .unavailable, .storage: true
        case .unique, .corrupt, .statement: false
        }
    }

    /// What is wrong, for people who watch the log.
    fileprivate var trouble: String {
        switch kind {
        case .contention: "transactions keep getting into each other's way: writes are refused until it is over"
        case .unavailable: "the database cannot be reached: requests are refused until it is back"
        case .storage: "the database's disk is full or cannot be written: writes are refused until it can"
        case .unique, .corrupt, .statement: "the database does not hold what this program expects"
        }
    }
}

/// What a write ends with, in a form that can be stored beside its claim and answered again.
protocol ReplayableOutcome: Sendable {
    /// The outcome as text.
    var replayText: String { get }
    /// Reads an outcome; nil when the text is none of this kind.
    init?(replayText: String)
}

/// A write that ends with nothing but the fact that it was applied.
struct Applied: ReplayableOutcome {
    var replayText: String { "applied" }

    init() {}

    init?(replayText: String) {
        guard replayText == "applied" else { return nil }
    }
}

extension TypeID: ReplayableOutcome {
    var replayText: String { description }

    init?(replayText: String) {
        guard let id = try? Self(replayText, field: "outcome") else { return nil }
        self = id
    }
}
