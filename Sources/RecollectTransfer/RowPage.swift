import RecollectEngine
import RecollectSQL

/// Some rows of a table in the order of its primary key.
package struct RowPage: Sendable {
    /// The values, row after row.
    let values: [SQLValue]
    let layout: TableLayout

    /// The most rows of a page: enough that a transaction's cost does not count.
    package static let rowsLimit = 4096
    /// About the most characters and bytes of a page; it has one row at least.
    static let sizeLimit = 4 << 20

    var rowCount: Int { values.count / layout.columns.count }

    /// The key of its last row; nil when it has none.
    var lastKey: [SQLValue]? {
        let start = values.count - layout.columns.count
        return start < 0 ? nil : layout.key.map { values[start + $0] }
    }

    /// Reads the rows after a key.
    ///
    /// - Parameters:
    ///   - key: the key; nil for the beginning.
    ///   - queries: the statements, which say how many rows.
    ///   - layout: the table.
    ///   - connection: the database.
    /// - Returns: the page, empty at the end.
    /// - Throws: `EngineError`.
    static func read(
        after key: [SQLValue]?,
        _ queries: PageQueries,
        of layout: TableLayout,
        on connection: any Connection
    ) throws(EngineError) -> RowPage {
        var values: [SQLValue] = []
        values.reserveCapacity(queries.rowsLimit * layout.columns.count)
        let types = layout.columns.map(\.type)
        _ = try connection.rows(key == nil ? queries.first : queries.next, key ?? []) {
            columns throws(EngineError) -> Void in
            for type in types { values.append(try columns.next(type)) }
        }
        return RowPage(values: values, layout: layout)
    }

    /// The greatest key of a table; nil when it has no rows.
    ///
    /// - Parameters:
    ///   - queries: the statements of the table.
    ///   - layout: the table.
    ///   - connection: the database.
    /// - Returns: the key.
    /// - Throws: `EngineError`.
    static func lastKey(
        _ queries: TransferQueries,
        of layout: TableLayout,
        on connection: any Connection
    ) throws(EngineError) -> [SQLValue]? {
        let types = layout.key.map { layout.columns[$0].type }
        return try connection.rows(queries.lastKey, []) { columns throws(EngineError) -> [SQLValue] in
            var key: [SQLValue] = []
            for type in types { key.append(try columns.next(type)) }
            return key
        }.first
    }

    /// Writes the rows, several a statement.
    ///
    /// - Parameters:
    ///   - queries: the statements of the table.
    ///   - connection: the database.
    /// - Throws: `EngineError`.
    func insert(_ queries: TransferQueries, on connection: any Connection) throws(EngineError) {
        let width = layout.columns.count
        var start = 0
        while start < values.count {
            let left = (values.count - start) / width
            let size = ChunkSize.allCases.last { $0.rawValue <= left } ?? .one
            guard let statement = queries.insertions[size] else {
                preconditionFailure("every chunk size has its statement")
            }
            let end = start + size.rawValue * width
            try connection.run(statement, Array(values[start..<end]))
            start = end
        }
    }

    /// The column of a text that holds a NUL character; nil when none does.
    var columnWithZeroCharacter: String? {
        let found = values.firstIndex { value in
            if case .text(let text) = value { text.utf8.contains(0) } else { false }
        }
        return found.map { layout.columns[$0 % layout.columns.count].name }
    }
}

extension Columns {
    /// Reads the next column, whose type is known only when the program runs.
    fileprivate mutating func next(_ type: SQLType) throws(EngineError) -> SQLValue {
        switch type {
        case .integer: (try next() as Int64?).sqlValue
        case .real: (try next() as Double?).sqlValue
        case .text: (try next() as String?).sqlValue
        case .bytes: (try next() as [UInt8]?).sqlValue
        }
    }
}
