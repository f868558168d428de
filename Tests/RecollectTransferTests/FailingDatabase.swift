import RecollectEngine
import Synchronization

/// A database that is lost after a number of writes.
final class FailingDatabase: Database {
    /// When the database fails.
    enum Moment: CaseIterable {
        /// Nothing of the write is applied.
        case beforeCommit
        /// The write is applied, and nobody hears of it.
        case afterCommit
    }

    private let database: any Database
    private let moment: Moment
    private let writesLeft: Mutex<Int>

    init(_ database: any Database, writes: Int, _ moment: Moment) {
        self.database = database
        self.moment = moment
        writesLeft = Mutex(writes)
    }

    var dialect: Dialect { database.dialect }

    func read<Result: Sendable>(
        _ consistency: ReadConsistency,
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        try await database.read(consistency, body)
    }

    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        let left = writesLeft.withLock { left in
            left -= 1
            return left
        }
        guard left < 0 else { return try await database.write(body) }
        if moment == .afterCommit { _ = try await database.write(body) }
        throw EngineError(.unavailable, "the connection is lost")
    }

    func close() async {}
}
