package import RecollectEngine

/// PostgreSQL as an engine: a bounded pool of connections, each with a thread of its own.
///
/// READ COMMITTED: what must not be missed is locked or decided by a unique key, never by the isolation level. What was under way
/// on a connection that is lost is done again on another, but for a COMMIT, of which nobody knows whether it was applied.
package struct PostgresDatabase: Database {
    /// How often something is begun again because its connection was lost.
    private static let attemptsLimit = 5
    /// How many connections there are unless it is said.
    package static let defaultConnections = 8
    /// How long requests wait for a database that is away unless it is said.
    package static let defaultPatience = Duration.seconds(3)

    private let pool: PostgresPool
    private let repetition = Repetition()

    /// A database reached by a URL, which answers.
    ///
    /// Further connections are made when they are first needed.
    ///
    /// - Parameters:
    ///   - url: a libpq connection URL; of several hosts the one is used that takes writes.
    ///   - connections: the most connections.
    ///   - pooler: what stands between us and the database.
    ///   - patience: how long requests wait for a database that is away, before they are refused.
    /// - Throws: `EngineError` when no connection can be made.
    package init(
        url: String,
        connections: Int = defaultConnections,
        pooler: PostgresPooler = .none,
        patience: Duration = defaultPatience
    ) async throws {
        var limits = PoolLimits()
        limits.patienceWhenAway = patience
        pool = PostgresPool(try Self.target(url, .primary, pooler), connections: connections, limits: limits)
        do {
            try await pool.run { _ in }
        } catch {
            await pool.close()
            throw error
        }
    }

    /// A replica reached by a URL, whether it answers now or not.
    ///
    /// While it is away, reads are refused at once: the primary can answer them.
    ///
    /// - Parameters:
    ///   - url: a libpq connection URL; of several hosts a standby is preferred.
    ///   - connections: the most connections.
    ///   - pooler: what stands between us and the replica.
    /// - Throws: `EngineError` when the URL cannot be understood.
    package init(
        replicaURL url: String,
        connections: Int = defaultConnections,
        pooler: PostgresPooler = .none
    ) throws(EngineError) {
        var limits = PoolLimits()
        limits.patienceWhenAway = .zero
        pool = PostgresPool(try Self.target(url, .replica, pooler), connections: connections, limits: limits)
    }

    package var dialect: Dialect { .postgres }

    /// What the pool has done and is doing; cheap to ask.
    package var figures: PostgresFigures { pool.figures }

    package func read<Result: Sendable>(
        _ consistency: ReadConsistency,
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        switch consistency {
        case .statement: try await run { session in try session.read(body) }
        case .snapshot: try await run { session in try session.snapshot(body) }
        }
    }

    package func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        try await run { session in try session.transaction(body) }
    }

    package func close() async {
        await pool.close()
    }

    /// Runs something as a whole, again while another transaction was in its way or its connection was lost.
    private func run<Result: Sendable>(
        _ work: @escaping @Sendable (PostgresSession) throws -> Result
    ) async throws -> Result {
        let start = ContinuousClock.now
        return try await repetition.run {
            for _ in 1..<Self.attemptsLimit {
                do {
                    return try await pool.run(since: start, work)
                } catch is ConnectionLost {
                    // The next connection is made only when the database is there to make it.
                    continue
                }
            }
            do {
                return try await pool.run(since: start, work)
            } catch let lost as ConnectionLost {
                throw lost.error
            }
        }
    }

    private static func target(
        _ url: String,
        _ role: PostgresAddress.Role,
        _ pooler: PostgresPooler
    ) throws(EngineError) -> PostgresTarget {
        let address = try PostgresAddress(url: url, role: role)
        guard pooler == .transaction else {
            return PostgresTarget(address: address, settings: .limits, isPooled: false)
        }
        let (bare, settings) = try address.withoutSessionSettings()
        return PostgresTarget(address: bare, settings: .limits.merging(settings), isPooled: true)
    }
}
