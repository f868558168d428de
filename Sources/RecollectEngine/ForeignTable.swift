// A table or a query of a database that is not ours, read page after page in the order of one of its columns.
//
// The order is that column's, as the source compares its values, and within equal values the digest of the whole row, so that it
// is total whatever the source holds. A position is a value of the column, in a notation that gives back the very value, and
// perhaps a digest. Rows whose value is NULL have no place in the order and are not read.
//
// Whether two values are equal only the source knows (1 and 1.0, texts that a collation holds for the same), so each row says
// which group of equals it is in, counted by the source.

/// A table or a query of a database that is not ours.
package protocol ForeignTable: Sendable {
    /// The rows from a position on.
    ///
    /// - Parameters:
    ///   - position: the position; nil for the beginning.
    ///   - limit: the most rows.
    /// - Returns: the rows in order, fewer than `limit` when there are no more.
    /// - Throws: `EngineError` when the database cannot be read.
    func rows(from position: ForeignPosition?, limit: Int) async throws -> ForeignRows
}

/// Where in the order of a foreign table to read on.
package struct ForeignPosition: Sendable, Equatable {
    /// The value of the ordering column in the engine's own notation; rows with this value or a greater one are read.
    package let value: String
    /// Of the rows with this very value, only those with a greater digest are read; nil for all.
    package let digest: String?

    /// A position.
    ///
    /// - Parameters:
    ///   - value: the value of the ordering column in the engine's own notation.
    ///   - digest: the digest after which rows with this value are read; nil for all of them.
    package init(value: String, digest: String? = nil) {
        self.value = value
        self.digest = digest
    }
}

/// A row of a foreign table.
package struct ForeignRow: Sendable, Equatable {
    /// The values in the order of the columns, as text; nil for NULL.
    package let values: [String?]
    /// The value of the ordering column in the engine's own notation.
    package let order: String
    /// The digest of the whole row.
    package let digest: String
    /// Which of the groups of equal values it is in, counted from 1; 0 for those equal to the position's value.
    package let group: Int

    /// A row.
    ///
    /// - Parameters:
    ///   - values: the values in the order of the columns, as text; nil for NULL.
    ///   - order: the value of the ordering column in the engine's own notation.
    ///   - digest: the digest of the whole row.
    ///   - group: which of the groups of equal values it is in.
    package init(values: [String?], order: String, digest: String, group: Int) {
        self.values = values
        self.order = order
        self.digest = digest
        self.group = group
    }
}

/// Some rows of a foreign table.
package struct ForeignRows: Sendable {
    /// The names of the columns.
    package let columns: [String]
    /// The rows in order.
    package let rows: [ForeignRow]

    /// Some rows.
    ///
    /// - Parameters:
    ///   - columns: the names of the columns.
    ///   - rows: the rows in order.
    package init(columns: [String], rows: [ForeignRow]) {
        self.columns = columns
        self.rows = rows
    }
}

/// What is read of a foreign database, and in which order.
package struct ForeignRelation: Sendable, Equatable {
    /// Where the rows come from.
    package enum Source: Sendable, Equatable {
        /// A table or view; a dot stands between a schema and its table.
        case table(String)
        /// A SELECT.
        case query(String)
    }

    /// Where the rows come from.
    package let source: Source
    /// The column whose values order them.
    package let cursorColumn: String

    /// What is read, and in which order.
    ///
    /// - Parameters:
    ///   - source: where the rows come from.
    ///   - cursorColumn: the column whose values order them.
    package init(_ source: Source, orderedBy cursorColumn: String) {
        self.source = source
        self.cursorColumn = cursorColumn
    }

    /// A statement that returns the columns, and no row of them.
    package var columnsText: String { "SELECT * FROM \(from) LIMIT 0" }

    /// The ordering column in the statement's FROM.
    private var order: String { "source_rows." + quoted(cursorColumn) }

    /// The rows as what may follow FROM.
    ///
    /// A query is wrapped, in lines of its own so that a comment at its end hides nothing of ours.
    private var from: String {
        switch source {
        case .table(let name):
            name.split(separator: ".").map { quoted(String($0)) }.joined(separator: ".") + " AS source_rows"
        case .query(let text):
            "(\n\(text)\n) AS source_rows"
        }
    }

    /// The statement that reads rows: first the columns, then the order, the digest and the group.
    ///
    /// Its first argument is the position's value, its second one the digest, as far as the position has them. The text is not
    /// rendered by a `Dialect`, as a query may hold anything.
    ///
    /// - Parameters:
    ///   - columns: an expression for each column of the source.
    ///   - selectedOrder: how the ordering value is selected, given the expression for it.
    ///   - digest: an expression for the digest of `source_rows`.
    ///   - mark: what stands before the number of an argument.
    ///   - position: where to begin.
    ///   - limit: the most rows.
    /// - Returns: the text.
    package func rowsText(
        columns: [String],
        order selectedOrder: (String) -> String,
        digest: String,
        arguments mark: String,
        from position: ForeignPosition?,
        limit: Int
    ) -> String {
        let group = "dense_rank() OVER (ORDER BY source_rows.source_order)"
        let (condition, marked): (String, String) =
            switch position {
            case nil: ("\(order) IS NOT NULL", group)
            case let position?:
                (
                    position.digest == nil
                        ? "\(order) >= \(mark)1"
                        : "\(order) >= \(mark)1 AND (\(order) > \(mark)1 OR \(digest) > \(mark)2)",
                    "CASE WHEN source_rows.source_order = \(mark)1 THEN 0 ELSE \(group) END"
                )
            }
        return """
            SELECT \((columns + [selectedOrder("source_rows.source_order"), "source_rows.source_digest", marked]).joined(separator: ", "))
            FROM (
            SELECT source_rows.*, \(order) AS source_order, \(digest) AS source_digest
            FROM \(from)
            WHERE \(condition)
            ORDER BY source_order, source_digest LIMIT \(limit)
            ) AS source_rows
            ORDER BY source_rows.source_order, source_rows.source_digest
            """
    }
}

/// A name in quotes, whatever it holds.
///
/// - Parameter name: the name of a table or column.
/// - Returns: the name as SQL spells it.
package func quoted(_ name: String) -> String {
    "\"" + name.replacing("\"", with: "\"\"") + "\""
}
