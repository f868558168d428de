import GRDB
import GRDBSQLite
import RecollectEngine

// GRDB opens the file, keeps the connections, runs the transactions and caches the compiled statements. Binding and stepping
// are ours, straight on SQLite: GRDB's own box every value several times on the way, which was a third of an import's time.

/// One connection of the pool, inside its transaction.
struct SQLiteConnection: Connection {
    private let database: GRDB.Database

    init(_ database: GRDB.Database) {
        self.database = database
    }

    var dialect: Dialect { .sqlite }

    func rows<Row>(
        _ statement: RecollectEngine.Statement,
        _ arguments: [SQLValue],
        decode: (inout Columns) throws(EngineError) -> Row
    ) throws(EngineError) -> [Row] {
        let prepared = try prepare(statement, arguments)
        defer { sqlite3_reset(prepared) }
        var rows: [Row] = []
        while try step(prepared) {
            var columns = Columns(SQLiteRow(prepared))
            rows.append(try decode(&columns))
        }
        return rows
    }

    func eachRow(
        of statements: [(statement: RecollectEngine.Statement, arguments: [SQLValue])],
        read: (_ place: Int, inout Columns) throws(EngineError) -> Void
    ) throws(EngineError) {
        for (place, asked) in statements.enumerated() {
            _ = try rows(asked.statement, asked.arguments) { columns throws(EngineError) in try read(place, &columns) }
        }
    }

    @discardableResult
    func run(_ statement: RecollectEngine.Statement, _ arguments: [SQLValue]) throws(EngineError) -> Int {
        let prepared = try prepare(statement, arguments)
        defer { sqlite3_reset(prepared) }
        while try step(prepared) {}
        return database.changesCount
    }

    func runLater(_ statement: RecollectEngine.Statement, _ arguments: [SQLValue]) throws(EngineError) {
        try run(statement, arguments)
    }

    func plan(of statement: RecollectEngine.Statement) throws(EngineError) -> [String] {
        do {
            let text = "EXPLAIN QUERY PLAN " + dialect.render(statement.text)
            let nulls = [(any DatabaseValueConvertible)?](repeating: nil, count: statement.argumentTypes.count)
            return try GRDB.Row.fetchAll(database, sql: text, arguments: StatementArguments(nulls)).map { $0["detail"] }
        } catch {
            throw EngineError(sqlite: error)
        }
    }

    /// The statement compiled once for each connection; `?n` takes the n-th argument whatever the order in the text.
    private func prepare(
        _ statement: RecollectEngine.Statement,
        _ arguments: [SQLValue]
    ) throws(EngineError) -> OpaquePointer {
        let prepared: OpaquePointer
        do {
            prepared = try database.cachedStatement(sql: RenderedTexts.shared.text(of: statement)).sqliteStatement
        } catch {
            throw EngineError(sqlite: error)
        }
        for (place, argument) in arguments.enumerated() {
            let code = argument.bind(to: prepared, at: Int32(place + 1))
            guard code == SQLITE_OK else { throw error(code) }
        }
        return prepared
    }

    /// Runs a statement up to its next row; tells whether there is one.
    private func step(_ prepared: OpaquePointer) throws(EngineError) -> Bool {
        let code = sqlite3_step(prepared)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw error(code)
        }
    }

    private func error(_ code: Int32) -> EngineError {
        let handle = database.sqliteConnection
        let error = DatabaseError(
            resultCode: ResultCode(rawValue: handle.map { sqlite3_extended_errcode($0) } ?? code),
            message: handle.map { String(cString: sqlite3_errmsg($0)) }
        )
        return EngineError(sqlite: error)
    }
}

extension SQLValue {
    /// Tells SQLite to copy a value at once, as the value may be gone before the statement runs.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// Binds the value to a place counted from 1; returns SQLite's code.
    fileprivate func bind(to statement: OpaquePointer, at place: Int32) -> Int32 {
        switch self {
        case .integer(let value):
            return sqlite3_bind_int64(statement, place, value)
        case .real(let value):
            return sqlite3_bind_double(statement, place, value)
        case .text(var value):
            return value.withUTF8 { bytes in
                // An empty text has no address, and is a text all the same.
                guard let start = bytes.baseAddress else {
                    return sqlite3_bind_text(statement, place, "", 0, Self.copied)
                }
                return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) { text in
                    sqlite3_bind_text(statement, place, text, Int32(bytes.count), Self.copied)
                }
            }
        case .bytes(let value):
            return value.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress, !bytes.isEmpty else {
                    return sqlite3_bind_zeroblob(statement, place, 0)
                }
                return sqlite3_bind_blob(statement, place, start, Int32(bytes.count), Self.copied)
            }
        case .null:
            return sqlite3_bind_null(statement, place)
        }
    }
}

/// The row on which a statement stands, read by position.
private struct SQLiteRow: RowSource {
    private let statement: OpaquePointer

    init(_ statement: OpaquePointer) {
        self.statement = statement
    }

    func isNull(_ column: Int) -> Bool {
        type(column) == SQLITE_NULL
    }

    func integer(_ column: Int) throws(EngineError) -> Int64 {
        guard type(column) == SQLITE_INTEGER else { throw mismatch(column, "an integer") }
        return sqlite3_column_int64(statement, Int32(column))
    }

    func real(_ column: Int) throws(EngineError) -> Double {
        guard [SQLITE_FLOAT, SQLITE_INTEGER].contains(type(column)) else { throw mismatch(column, "a number") }
        return sqlite3_column_double(statement, Int32(column))
    }

    func text(_ column: Int) throws(EngineError) -> String {
        guard type(column) == SQLITE_TEXT, let start = sqlite3_column_text(statement, Int32(column)) else {
            throw mismatch(column, "text")
        }
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func bytes(_ column: Int) throws(EngineError) -> [UInt8] {
        guard type(column) == SQLITE_BLOB else { throw mismatch(column, "bytes") }
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        // A blob without bytes has no address.
        guard let start = sqlite3_column_blob(statement, Int32(column)) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    private func type(_ column: Int) -> Int32 {
        sqlite3_column_type(statement, Int32(column))
    }

    private func mismatch(_ column: Int, _ expected: String) -> EngineError {
        EngineError(.corrupt, "column \(column) is not \(expected)")
    }
}
