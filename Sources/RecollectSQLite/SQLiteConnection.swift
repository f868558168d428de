import Foundation
import GRDB
import RecollectEngine

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
        do {
            let prepared = try prepare(statement, arguments)
            let cursor = try GRDB.Row.fetchCursor(prepared)
            var rows: [Row] = []
            while let row = try cursor.next() {
                var columns = Columns(SQLiteRow(row))
                rows.append(try decode(&columns))
            }
            return rows
        } catch let error as EngineError {
            throw error
        } catch {
            throw EngineError(sqlite: error)
        }
    }

    @discardableResult
    func run(_ statement: RecollectEngine.Statement, _ arguments: [SQLValue]) throws(EngineError) -> Int {
        do {
            try prepare(statement, arguments).execute()
            return database.changesCount
        } catch {
            throw EngineError(sqlite: error)
        }
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
    ) throws -> GRDB.Statement {
        let prepared = try database.cachedStatement(sql: RenderedTexts.shared.text(of: statement))
        prepared.setUncheckedArguments(StatementArguments(arguments.map { value in value.databaseValue }))
        return prepared
    }
}

extension SQLValue {
    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .integer(let value): value.databaseValue
        case .real(let value): value.databaseValue
        case .text(let value): value.databaseValue
        case .bytes(let value): Data(value).databaseValue
        case .null: .null
        }
    }
}

/// A row of a GRDB cursor, read by position.
private struct SQLiteRow: RowSource {
    private let row: GRDB.Row

    init(_ row: GRDB.Row) {
        self.row = row
    }

    func isNull(_ column: Int) -> Bool {
        row.hasNull(atIndex: column)
    }

    func integer(_ column: Int) throws(EngineError) -> Int64 {
        guard case .int64(let value) = storage(column) else { throw mismatch(column, "an integer") }
        return value
    }

    func real(_ column: Int) throws(EngineError) -> Double {
        switch storage(column) {
        case .double(let value): return value
        case .int64(let value): return Double(value)
        case .null, .string, .blob: throw mismatch(column, "a number")
        }
    }

    func text(_ column: Int) throws(EngineError) -> String {
        guard case .string(let value) = storage(column) else { throw mismatch(column, "text") }
        return value
    }

    func bytes(_ column: Int) throws(EngineError) -> [UInt8] {
        guard case .blob(let value) = storage(column) else { throw mismatch(column, "bytes") }
        return Array(value)
    }

    private func storage(_ column: Int) -> DatabaseValue.Storage {
        let value: DatabaseValue = row[column]
        return value.storage
    }

    private func mismatch(_ column: Int, _ expected: String) -> EngineError {
        EngineError(.corrupt, "column \(column) is not \(expected)")
    }
}
