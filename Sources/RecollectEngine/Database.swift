/// A database as the rooms above see it: two ways to run a closure on a database thread.
///
/// The closure is synchronous and the connection is not `Sendable`, so nothing can suspend inside a transaction and no
/// connection can leave it. The closure may run more than once (a deadlock, a busy database, `RepeatTransaction`): draw
/// clock readings and ids before it, and change nothing but the database inside it.
package protocol Database: Sendable {
    /// What this engine spells differently.
    var dialect: Dialect { get }

    /// Runs `body` on a connection that only reads.
    ///
    /// - Parameters:
    ///   - consistency: whether the statements of `body` must all see the same moment.
    ///   - body: the reads.
    /// - Returns: what `body` returns.
    /// - Throws: `EngineError`, or what `body` throws.
    func read<Result: Sendable>(
        _ consistency: ReadConsistency,
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result

    /// Runs `body` in one transaction and commits it durably; whatever `body` throws rolls it back.
    ///
    /// - Parameter body: the reads and writes, repeatable as a whole.
    /// - Returns: what `body` returns.
    /// - Throws: `EngineError`, or what `body` throws.
    func write<Result: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Result) async throws -> Result

    /// Waits for the work in flight, then closes every connection.
    func close() async
}

/// What the statements of one read must agree on.
package enum ReadConsistency: Sendable {
    /// Each statement sees what is committed when it starts. One statement needs no more, and costs half of a snapshot on PostgreSQL.
    case statement
    /// All statements see one moment (REPEATABLE READ, READ ONLY).
    case snapshot
}

extension Database {
    /// Runs one read-only closure whose statements need not agree with each other.
    ///
    /// - Parameter body: the reads.
    /// - Returns: what `body` returns.
    /// - Throws: `EngineError`, or what `body` throws.
    package func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        try await read(.statement, body)
    }
}
