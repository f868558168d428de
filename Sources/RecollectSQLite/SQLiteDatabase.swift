import Foundation
import GRDB
package import RecollectEngine

/// SQLite as an engine: one file, one writer at a time, many readers that never wait for it (WAL).
///
/// A commit is on disk before it is acknowledged (`synchronous = FULL`); writes that come together share one. Several processes may share the file.
package struct SQLiteDatabase: RecollectEngine.Database {
    /// How often a writer looks whether another process's transaction is over.
    ///
    /// SQLite's own waiting (`sqlite3_busy_timeout`) looks less and less often, in the end ten times a second: of two servers
    /// on one file, each waited up to 100 ms for writes of the other that took one.
    private static let busyPause = 0.001
    /// How often it looks before the whole transaction is repeated: for about five seconds.
    private static let busyLooks = 5000

    /// How much of the database the writer keeps in memory, in KiB.
    ///
    /// Identifiers are inserted all over their table. Measured on an import of 200,000 rows: SQLite's own 2 MiB make a
    /// transaction write pages out before it ends, and read them in again.
    private static let writerCacheKiB = 32 * 1024
    /// How many pages of 4 KiB are written ahead before they are written to their places.
    ///
    /// The more, the more changes of one page are written there once; 1,000 is SQLite's own.
    private static let checkpointPages = 65536

    private let pool: DatabasePool
    private let groupCommit: GroupCommit
    private let repetition = Repetition()

    /// Opens a database file, or makes it.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - readers: how many reads run at once.
    /// - Throws: `EngineError` when the file cannot be opened or is no database.
    package init(path: String, readers: Int = 4) throws(EngineError) {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.maximumReaderCount = readers
        configuration.busyMode = .callback { looks in
            Thread.sleep(forTimeInterval: Self.busyPause)
            return looks < Self.busyLooks
        }
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            // Opening a pool sets NORMAL on its one writer, with which the last commits could be lost with the power.
            try pool.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try database.execute(sql: "PRAGMA cache_size = -\(Self.writerCacheKiB)")
                try database.execute(sql: "PRAGMA wal_autocheckpoint = \(Self.checkpointPages)")
                // What a savepoint would need to take back its changes.
                try database.execute(sql: "PRAGMA temp_store = MEMORY")
            }
            groupCommit = GroupCommit(pool)
        } catch {
            throw EngineError(sqlite: error)
        }
    }

    /// Whether another connection has a file open, in this process or another.
    ///
    /// A connection that wants the file for itself is refused as long as there is any other. Nothing in the file is changed.
    ///
    /// - Parameter path: the file.
    /// - Returns: true when it is open.
    /// - Throws: `EngineError` when the file cannot be opened or is no database.
    package static func isOpenElsewhere(path: String) throws(EngineError) -> Bool {
        var configuration = Configuration()
        configuration.busyMode = .immediateError
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.inDatabase { database in
                try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
                try database.execute(sql: "BEGIN EXCLUSIVE; COMMIT")
            }
            try queue.close()
            return false
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            return true
        } catch {
            throw EngineError(sqlite: error)
        }
    }

    package var dialect: Dialect { .sqlite }

    package func read<Result: Sendable>(
        _ consistency: ReadConsistency,
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        // A read of a WAL database is a snapshot whether it needs to be or not.
        try await repeating {
            try await pool.read { database in try body(SQLiteConnection(database)) }
        }
    }

    package func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        try await repeating {
            try await groupCommit.write { database in try body(SQLiteConnection(database)) }
        }
    }

    package func close() async {
        do {
            // What is in the WAL goes to its place, so that the file is whole by itself where nobody else has it open.
            _ = try await pool.writeWithoutTransaction { database in try database.checkpoint(.passive) }
            try pool.close()
        } catch {
            // A connection still in use is closed with the process; the file is whole either way.
            return
        }
    }

    /// Runs a transaction, again while another one is in its way.
    private func repeating<Result: Sendable>(
        _ transaction: @Sendable () async throws -> Result
    ) async throws -> Result {
        try await repetition.run {
            do {
                return try await transaction()
            } catch let error as DatabaseError {
                throw EngineError(sqlite: error)
            }
        }
    }
}
