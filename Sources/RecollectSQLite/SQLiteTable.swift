import Crypto
import Foundation
import GRDB
package import RecollectEngine

/// A table or a query of a SQLite file that is not ours; the file is opened for each page, and for reading alone.
package struct SQLiteTable: ForeignTable {
    /// How long a page waits for a writer of the file.
    private static let busyTimeout = 5.0

    private let path: String
    private let relation: ForeignRelation

    /// A table or a query.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - relation: what is read of it.
    package init(path: String, _ relation: ForeignRelation) {
        self.path = path
        self.relation = relation
    }

    /// The rows from a position on.
    ///
    /// - Parameters:
    ///   - position: the position; nil for the beginning.
    ///   - limit: the most rows.
    /// - Returns: the rows in order.
    /// - Throws: `EngineError` when the file cannot be read.
    package func rows(from position: ForeignPosition?, limit: Int) async throws -> ForeignRows {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(Self.busyTimeout)
            configuration.prepareDatabase { database in database.add(function: Self.digest) }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            return try await queue.read { database in try rows(on: database, from: position, limit) }
        } catch let error as DatabaseError {
            throw EngineError(sqlite: error)
        }
    }

    private func rows(
        on database: GRDB.Database,
        from position: ForeignPosition?,
        _ limit: Int
    ) throws -> ForeignRows {
        let columns = try database.makeStatement(sql: relation.columnsText).columnNames
        let names = columns.map { "source_rows." + quoted($0) }
        let text = relation.rowsText(
            columns: names,
            order: { $0 },
            digest: "recollect_digest(\(names.map { "quote(\($0))" }.joined(separator: " || ',' || ")))",
            arguments: "?",
            from: position,
            limit: limit
        )
        var arguments: [DatabaseValue] = []
        if let position {
            guard let value = DatabaseValue(notation: position.value) else {
                throw EngineError(.corrupt, "the place reached is none of a SQLite table")
            }
            arguments = [value] + (position.digest.map { [$0.databaseValue] } ?? [])
        }
        let rows = try Row.fetchAll(database, sql: text, arguments: StatementArguments(arguments))
        return ForeignRows(
            columns: columns,
            rows: rows.map { row in
                let values = Array(row.databaseValues)
                return ForeignRow(
                    values: values[..<columns.count].map(\.text),
                    order: values[columns.count].notation,
                    digest: values[columns.count + 1].text ?? "",
                    group: Int.fromDatabaseValue(values[columns.count + 2]) ?? 0
                )
            }
        )
    }

    private static let digest = DatabaseFunction("recollect_digest", argumentCount: 1, pure: true) { values in
        SHA256.hash(data: Array((values[0].text ?? "").utf8)).prefix(16).hexadecimal
    }
}

extension Sequence<UInt8> {
    /// The bytes in lower-case hexadecimal digits.
    fileprivate var hexadecimal: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension DatabaseValue {
    /// The value as text; nil for NULL.
    fileprivate var text: String? {
        switch storage {
        case .null: nil
        case .int64(let value): String(value)
        case .double(let value): String(value)
        case .string(let value): value
        case .blob(let value): value.hexadecimal
        }
    }

    /// The value with its type, as positions hold it.
    fileprivate var notation: String {
        switch storage {
        case .null: "n"
        case .int64(let value): "i\(value)"
        case .double(let value): "r\(value.bitPattern)"
        case .string(let value): "t\(value)"
        case .blob: "b\(text ?? "")"
        }
    }

    /// Reads a notation; nil when it is none.
    fileprivate init?(notation: String) {
        let rest = String(notation.dropFirst())
        switch notation.first {
        case "i":
            guard let value = Int64(rest) else { return nil }
            self = value.databaseValue
        case "r":
            guard let bits = UInt64(rest) else { return nil }
            self = Double(bitPattern: bits).databaseValue
        case "t":
            self = rest.databaseValue
        case "b":
            let digits = Array(rest.utf8)
            let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap { place in
                UInt8(String(decoding: digits[place...(place + 1)], as: UTF8.self), radix: 16)
            }
            guard bytes.count * 2 == digits.count else { return nil }
            self = Data(bytes).databaseValue
        default:
            return nil
        }
    }
}
