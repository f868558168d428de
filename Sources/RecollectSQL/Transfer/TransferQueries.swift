package import RecollectEngine

// The statements that read a table whole, page after page in the order of its primary key, and write it. They are made of the
// table's layout, so that no table and no column can be left out.

/// The statements that read a page of a table.
///
/// The number of rows stands in the text: a planner that does not know it may sort the whole table for each page.
package struct PageQueries: Sendable {
    /// The most rows of a page.
    package let rowsLimit: Int
    /// The first rows.
    package let first: Statement
    /// The rows after a key, whose values are the arguments.
    package let next: Statement

    /// The statements for pages of a table.
    ///
    /// - Parameters:
    ///   - layout: the table.
    ///   - rowsLimit: the most rows of a page.
    package init(_ layout: TableLayout, rowsLimit: Int) {
        let columns = layout.columns.map(\.name).joined(separator: ", ")
        let key = layout.key.map { layout.columns[$0] }
        let names = key.map(\.name).joined(separator: ", ")
        let places = (1...key.count).map { "$\($0)" }.joined(separator: ", ")
        let order = "ORDER BY \(names) LIMIT \(rowsLimit)"
        self.rowsLimit = rowsLimit
        first = Statement("SELECT \(columns) FROM \(layout.name) \(order)")
        next = Statement(
            "SELECT \(columns) FROM \(layout.name) WHERE (\(names)) > (\(places)) \(order)",
            key.map(\.type.bindable)
        )
    }
}

/// The other statements on a table that is copied or compared.
package struct TransferQueries: Sendable {
    /// How many rows there are, and how large the largest is: its texts in characters, its bytes in bytes.
    package let size: Query<(rows: Int, largest: Int)>
    /// One row, if there is any.
    package let anyRow: Query<Int>
    /// The greatest key.
    package let lastKey: Statement
    /// Inserts rows: for each number of rows a statement, whose arguments are their values, row after row.
    package let insertions: [ChunkSize: Statement]
    /// Removes every row.
    package let clear: Statement

    /// The statements of a table.
    ///
    /// - Parameter layout: the table.
    package init(_ layout: TableLayout) {
        let table = layout.name
        let lengths = layout.columns.filter { $0.type == .text || $0.type == .bytes }
            .map { "COALESCE(LENGTH(\($0.name)), 0)" }
        let length = lengths.isEmpty ? "0" : lengths.joined(separator: " + ")
        let key = layout.key.map { layout.columns[$0].name }
        size = Query(
            "SELECT COUNT(*), COALESCE(MAX(\(length)), 0) FROM \(table)",
            row: { columns throws(EngineError) -> (rows: Int, largest: Int) in
                (try columns.next(), try columns.next())
            }
        )
        anyRow = Query(
            "SELECT 1 FROM \(table) LIMIT 1",
            row: { columns throws(EngineError) -> Int in try columns.next() }
        )
        lastKey = Statement(
            """
            SELECT \(key.joined(separator: ", ")) FROM \(table)
            ORDER BY \(key.map { "\($0) DESC" }.joined(separator: ", ")) LIMIT 1
            """
        )
        insertions = Self.insertions(into: layout)
        clear = Statement("DELETE FROM \(table)")
    }

    private static func insertions(into layout: TableLayout) -> [ChunkSize: Statement] {
        let columns = layout.columns.map(\.name).joined(separator: ", ")
        let width = layout.columns.count
        var statements: [ChunkSize: Statement] = [:]
        for size in ChunkSize.allCases {
            let rows = (0..<size.rawValue).map { row in
                "(" + (1...width).map { "$\(row * width + $0)" }.joined(separator: ", ") + ")"
            }
            statements[size] = Statement(
                "INSERT INTO \(layout.name) (\(columns)) VALUES \(rows.joined(separator: ", "))",
                (0..<size.rawValue).flatMap { _ in layout.columns.map(\.type.bindable) }
            )
        }
        return statements
    }

    /// Locks a table so that others may read it and nobody may write to it.
    ///
    /// - Parameter layout: the table.
    /// - Returns: the statement.
    package static func lock(_ layout: TableLayout) -> Statement {
        Statement("{lock table} \(layout.name) {against writers}")
    }

    /// Lets the statements of the transaction take as long as they need: some read whole tables.
    package static let withoutTimeLimits = Statement("{no time limits}")
    /// Asks the database for a sign of life.
    package static let ping = Statement("SELECT 1")
}

extension SQLType {
    /// The type of Swift that stands for it.
    fileprivate var bindable: any SQLBindable.Type {
        switch self {
        case .integer: Int64.self
        case .real: Double.self
        case .text: String.self
        case .bytes: [UInt8].self
        }
    }
}
