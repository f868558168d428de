import ArgumentParser
import Foundation
import RecollectEngine
import RecollectPostgres
import RecollectSQLite
import SystemPackage

/// A database named on the command line, which may be another than the server's.
struct DatabaseAddress {
    private let engine: StorageSettings.Engine

    /// Reads `sqlite:PATH` or a PostgreSQL URL.
    ///
    /// - Parameters:
    ///   - url: the text.
    ///   - option: the option that it was given with, for messages.
    /// - Throws: `ValidationError` when it is neither.
    init(_ url: String, option: String) throws {
        guard let engine = StorageSettings.Engine(url: url) else {
            throw ValidationError("\(option): must begin with sqlite:, postgres:// or postgresql://")
        }
        self.engine = engine
    }

    /// Opens a database that is there.
    ///
    /// - Returns: the database, not migrated.
    /// - Throws: when it is not there.
    func open() async throws -> any Database {
        switch engine {
        case .sqlite(let path):
            guard FileManager.default.fileExists(atPath: path) else {
                throw ValidationError("there is no file \(path)")
            }
            return try SQLiteDatabase(path: path)
        case .postgres(let url):
            return try await PostgresDatabase(url: url)
        }
    }

    /// Opens a database, and makes a file that only its owner can read where there is none.
    ///
    /// - Returns: the database, not migrated.
    /// - Throws: when it cannot be opened.
    func openOrMake() async throws -> any Database {
        if case .sqlite(let path) = engine, !FileManager.default.fileExists(atPath: path) {
            try FileDescriptor.open(
                FilePath(path),
                .writeOnly,
                options: [.create, .exclusiveCreate],
                permissions: .ownerReadWrite
            ).close()
        }
        return try await open()
    }

    /// Sees to it that no server has the database open.
    ///
    /// - Throws: `DatabaseInUse` when one has.
    func requireUnused() async throws {
        let isUsed =
            switch engine {
            case .sqlite(let path): try SQLiteDatabase.isOpenElsewhere(path: path)
            case .postgres(let url): try await PostgresDatabase.isOpenElsewhere(url: url)
            }
        if isUsed { throw DatabaseInUse() }
    }
}

/// A server has the source open.
struct DatabaseInUse: Error, CustomStringConvertible {
    let description = """
        something has the source open: stop its servers first, as what they write after the copy would stay behind. \
        With --allow-connected the copy is made all the same, and their writes are refused until it ends
        """
}
