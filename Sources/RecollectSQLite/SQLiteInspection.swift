import GRDB
package import RecollectEngine

/// A database file as it is found: nothing about it is set, made or migrated by opening it.
///
/// One connection, so nothing runs at once; for looking, not for serving.
package struct SQLiteInspection: RecollectEngine.Database {
    /// How long it waits for another process's transaction.
    private static let busyTimeout = 2.0

    private let queue: DatabaseQueue

    /// Opens a file that is there.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - isReadOnly: whether writes are to be refused.
    /// - Throws: `EngineError` when it cannot be opened or is no database.
    package init(path: String, isReadOnly: Bool = false) throws(EngineError) {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.readonly = isReadOnly
        configuration.busyMode = .timeout(Self.busyTimeout)
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw EngineError(sqlite: error)
        }
    }

    package var dialect: Dialect { .sqlite }

    package func read<Result: Sendable>(
        _ consistency: ReadConsistency,
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        do {
            return try await queue.read { database in try body(SQLiteConnection(database)) }
        } catch let error as DatabaseError {
            throw EngineError(sqlite: error)
        }
    }

    package func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        do {
            return try await queue.write { database in try body(SQLiteConnection(database)) }
        } catch let error as DatabaseError {
            throw EngineError(sqlite: error)
        }
    }

    package func close() async {
        do {
            try queue.close()
        } catch {
            // It is closed with the process.
            return
        }
    }
}
