package import Foundation
package import RecollectEngine
import RecollectPostgres
import RecollectSQLite

/// A database that is not ours, for a test to fill and to read.
package struct ForeignSource: Sendable {
    private let engine: EngineKind
    private let database: any Database
    private let address: String

    /// Runs statements in the engine's own words.
    ///
    /// - Parameter statements: the statements.
    /// - Throws: `EngineError`.
    package func run(_ statements: String...) async throws {
        _ = try await database.write { connection in
            for statement in statements { try connection.run(Statement(statement), []) }
        }
    }

    /// A table or query of it.
    ///
    /// - Parameters:
    ///   - source: the table or query.
    ///   - cursorColumn: the column that orders it.
    /// - Returns: the table, read by the driver under test.
    package func table(_ source: ForeignRelation.Source, orderedBy cursorColumn: String) -> any ForeignTable {
        let relation = ForeignRelation(source, orderedBy: cursorColumn)
        switch engine {
        case .sqlite: return SQLiteTable(path: address, relation)
        case .postgres, .citus: return PostgresTable(url: address, relation)
        }
    }

    /// Runs a test with another database than the domain's, gone afterwards.
    ///
    /// - Parameters:
    ///   - engine: its engine.
    ///   - body: the test.
    /// - Throws: what `body` throws.
    package static func with(_ engine: EngineKind, _ body: (ForeignSource) async throws -> Void) async throws {
        // One with our own tables in it is as good as any other: what matters is that another connection reads it.
        try await withDatabase(on: engine) { database in
            let place =
                switch engine {
                case .sqlite: "SELECT file FROM pragma_database_list WHERE name = 'main'"
                case .postgres, .citus: "SELECT CAST(current_schema() AS TEXT)"
                }
            let found = try await database.read { connection in
                try connection.rows(Statement(place), []) { columns throws(EngineError) -> String in try columns.next()
                }
            }
            var address = found.first ?? ""
            if let url = engine.unpooledURL {
                address = "\(url)\(url.contains("?") ? "&" : "?")options=-csearch_path%3D\(address)"
            }
            try await body(ForeignSource(engine: engine, database: database, address: address))
        }
    }
}

/// Runs a test with a folder of its own, gone afterwards.
///
/// - Parameter body: the test.
/// - Throws: what `body` throws.
package func withFolder(_ body: (URL) async throws -> Void) async throws {
    let name = "folder-\(ProcessInfo.processInfo.globallyUniqueString)"
    let folder = FileManager.default.temporaryDirectory.appending(path: name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
}
