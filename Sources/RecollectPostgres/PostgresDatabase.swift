package import RecollectEngine

/// PostgreSQL as an engine: a bounded pool of connections, each with a thread of its own.
///
/// libpq blocks, so nothing of it runs on Swift's cooperative threads. READ COMMITTED: what must not be missed is locked or
/// decided by a unique key, never by the isolation level.
package struct PostgresDatabase: Database {
    private let pool: PostgresPool
    private let repetition = Repetition()

    /// A database reached by a URL.
    ///
    /// Connections are made when they are first needed.
    ///
    /// - Parameters:
    ///   - url: a libpq connection URL.
    ///   - connections: the most connections.
    /// - Throws: `EngineError` when no connection can be made.
    package init(url: String, connections: Int = 8) async throws {
        pool = PostgresPool(connections: connections) { PostgresSession(url: url) }
        try await pool.run { session in try session.connectIfNeeded() }
    }

    package var dialect: Dialect { .postgres }

    package func read<Result: Sendable>(
        _ consistency: ReadConsistency,
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        try await repetition.run {
            try await pool.run { session in
                switch consistency {
                case .statement:
                    try session.connectIfNeeded()
                    return try body(PostgresConnection(session))
                case .snapshot:
                    return try session.inTransaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", body)
                }
            }
        }
    }

    package func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        try await repetition.run {
            try await pool.run { session in try session.inTransaction("BEGIN", body) }
        }
    }

    package func close() async {
        await pool.close()
    }
}
