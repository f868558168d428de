import RecollectEngine
import RecollectSQL
import RecollectTestSupport

// Rows for every table, made of its layout, so that a table that a new migration makes is filled too. Values are those that a
// copy could get wrong.

/// Fills every table of a database.
///
/// - Parameters:
///   - database: an empty database.
///   - rows: how many rows each table gets.
/// - Throws: `EngineError`.
func fill(_ database: any Database, rows: Int = 12) async throws {
    let nullable = try await nullableColumns()
    try await database.write { connection in
        for layout in try TableLayout.all(on: connection) {
            guard let insert = TransferQueries(layout).insertions[.one] else { continue }
            for row in 0..<rows {
                let values = layout.columns.enumerated().map { place, column in
                    nullable.contains("\(layout.name).\(column.name)") && (row + place) % 3 == 0
                        ? SQLValue.null(column.type)
                        : layout.name == "account" && column.name == "account_sid"
                            ? .text(accountSID(row)) : awkwardValue(of: column.type, row: row, place: place)
                }
                try connection.run(insert, values)
            }
        }
    }
}

private func accountSID(_ row: Int) -> String {
    let digits = String(row)
    return "AC" + String(repeating: "0", count: 32 - digits.count) + digits
}

/// Values that differ from row to row, so that they may be keys.
private func awkwardValue(of type: SQLType, row: Int, place: Int) -> SQLValue {
    switch type {
    case .integer:
        let values: [Int64] = [0, -1, .max, .min, 1 << 53 + 1]
        return .integer(row < values.count ? values[(row + place) % values.count] : Int64(row) * 7919)
    case .real:
        let values = [0, -1.5, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 0.1]
        return .real(row < values.count ? values[(row + place) % values.count] : Double(row) / 3)
    case .text:
        let values = ["", "Zürich", "a\u{301}", "\u{e1}", "'\"\\$1?1{text}", "\u{1}\n\r\t", "😀\u{10FFFF}", "NULL", " "]
        let value = values[(row + place) % values.count]
        return .text(row < values.count ? value : "\(value)\(row)")
    case .bytes:
        let values: [[UInt8]] = [[], [0], [255, 0, 255], Array("text".utf8), [UInt8](repeating: 0, count: 16)]
        return .bytes(
            row < values.count
                ? values[(row + place) % values.count]
                : withUnsafeBytes(of: (row * 31).bigEndian) { Array($0) + [UInt8](repeating: 7, count: 8) }
        )
    }
}

/// The columns that may be NULL, as `table.column`; they are the same on every engine.
private func nullableColumns() async throws -> Set<String> {
    let query = Query(
        """
        SELECT listed.name || '.' || described.name
        FROM sqlite_schema AS listed JOIN pragma_table_info(listed.name) AS described
        WHERE listed.type = 'table' AND described."notnull" = 0
        """,
        row: { columns throws(EngineError) -> String in try columns.next() }
    )
    var found: Set<String> = []
    try await withDatabase(on: .sqlite) { database in
        found = Set(try await database.read { connection in try connection.all(query) })
    }
    return found
}
