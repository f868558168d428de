package import RecollectEngine

/// The columns of a table as its database describes them, which is the truth whatever the migrations say.
package struct TableLayout: Sendable, Equatable {
    /// A column.
    package struct Column: Sendable, Equatable {
        /// Its name.
        package let name: String
        /// Its type.
        package let type: SQLType
    }

    /// The table's name.
    package let name: String
    /// Its columns, by their names: two databases may have added them in different orders.
    package let columns: [Column]
    /// The places among `columns` of those of its primary key, in the key's order.
    package let key: [Int]

    /// The layouts of the tables whose rows are the data: every table but `schema_version`, which tells of the schema.
    ///
    /// - Parameter connection: the database.
    /// - Returns: the layouts, in an order in which the tables can be filled.
    /// - Throws: `EngineError`, of kind `.corrupt` when a table or a column of its key is missing, or has a type that is
    ///   none of ours.
    package static func all(on connection: any Connection) throws(EngineError) -> [TableLayout] {
        let described = Dictionary(grouping: try connection.all(catalogue), by: \.table)
        var layouts: [TableLayout] = []
        for table in SchemaTable.all where table.name != Schema.versionTable {
            layouts.append(try TableLayout(table, described[table.name] ?? []))
        }
        return layouts
    }

    /// The tables that a database has, ours and others.
    ///
    /// - Parameter connection: the database.
    /// - Returns: their names.
    /// - Throws: `EngineError`.
    package static func names(on connection: any Connection) throws(EngineError) -> Set<String> {
        Set(try connection.all(tableNames))
    }

    private init(_ table: SchemaTable, _ described: [Described]) throws(EngineError) {
        var columns: [Column] = []
        for column in described.sorted(by: { $0.column < $1.column }) {
            guard let type = Self.types[column.type] else {
                throw EngineError(.corrupt, "\(table.name).\(column.column) has a type that is not ours")
            }
            columns.append(Column(name: column.column, type: type))
        }
        var key: [Int] = []
        for name in table.primaryKey {
            guard let place = columns.firstIndex(where: { $0.name == name }) else {
                throw EngineError(.corrupt, "there is no column \(name) of a table \(table.name)")
            }
            key.append(place)
        }
        self.name = table.name
        self.columns = columns
        self.key = key
    }

    private typealias Described = (table: String, column: String, type: String)

    private static let tableNames = Query(
        "SELECT DISTINCT table_name FROM {catalogue}",
        row: { columns throws(EngineError) -> String in try columns.next() }
    )

    private static let catalogue = Query(
        "SELECT table_name, column_name, column_type FROM {catalogue}",
        row: { columns throws(EngineError) -> Described in
            (try columns.next(), try columns.next(), try columns.next())
        }
    )

    private static let types: [String: SQLType] = ["integer": .integer, "real": .real, "text": .text, "bytes": .bytes]
}
