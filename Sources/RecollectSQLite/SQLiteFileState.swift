package import RecollectEngine

/// What SQLite says of a database file.
package struct SQLiteFileState: Sendable {
    /// The version of the library.
    package let libraryVersion: String
    /// The journal mode: `wal` once it has been served.
    package let journal: String
    /// What a quick check of the file found: `ok` alone, or its first faults.
    package let faults: [String]

    /// Reads the file, which takes as long as it is large.
    ///
    /// - Parameter connection: a connection to it.
    /// - Throws: `EngineError`.
    package init(on connection: any Connection) throws(EngineError) {
        libraryVersion = try Self.texts("SELECT sqlite_version()", on: connection).first ?? ""
        journal = try Self.texts("PRAGMA journal_mode", on: connection).first ?? ""
        faults = try Self.texts("PRAGMA quick_check(5)", on: connection)
    }

    private static func texts(_ text: String, on connection: any Connection) throws(EngineError) -> [String] {
        try connection.all(Query(text, row: { columns throws(EngineError) -> String in try columns.next() }))
    }
}
