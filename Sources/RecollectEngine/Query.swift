/// A statement in the SQL that both engines share, and the types of its arguments.
///
/// Statements are values so that tests can list them, prepare each on every engine, read their plans and count them.
/// `$1` placeholders; `{for update}` and the like are spelled by the `Dialect`.
package struct Statement: Sendable {
    /// The text, before the dialect's spelling.
    package let text: String
    /// The types of the arguments, in their order.
    package let argumentTypes: [any SQLBindable.Type]

    /// A statement.
    ///
    /// - Parameters:
    ///   - text: portable SQL.
    ///   - argumentTypes: the type of each of `$1`, `$2`, …
    package init(_ text: String, _ argumentTypes: [any SQLBindable.Type] = []) {
        self.text = text
        self.argumentTypes = argumentTypes
    }
}

/// One statement that returns rows, the types of its arguments, and how to read a row.
package struct Query<Row: Sendable, each Argument: SQLBindable>: Sendable {
    /// The statement.
    package let statement: Statement
    /// Reads one row.
    package let decode: @Sendable (inout Columns) throws(EngineError) -> Row

    /// A query.
    ///
    /// - Parameters:
    ///   - text: portable SQL.
    ///   - types: the type of each of `$1`, `$2`, …
    ///   - row: reads one row, column after column.
    package init(
        _ text: String,
        taking types: repeat (each Argument).Type,
        row: @escaping @Sendable (inout Columns) throws(EngineError) -> Row
    ) {
        statement = Statement(text, typeList(repeat each types))
        decode = row
    }
}

extension Query {
    /// The query with its arguments.
    ///
    /// - Parameter arguments: its arguments in the order of `$1`, `$2`, …
    /// - Returns: what to ask together with others.
    package func asked(_ arguments: repeat each Argument) -> Question<Row> {
        Question(statement: statement, arguments: values(repeat each arguments), decode: decode)
    }
}

/// A query with its arguments, to be asked together with others.
package struct Question<Row: Sendable>: Sendable {
    let statement: Statement
    let arguments: [SQLValue]
    let decode: @Sendable (inout Columns) throws(EngineError) -> Row
}

/// One statement that returns no rows, and the types of its arguments.
package struct Command<each Argument: SQLBindable>: Sendable {
    /// The statement.
    package let statement: Statement

    /// A command.
    ///
    /// - Parameters:
    ///   - text: portable SQL.
    ///   - types: the type of each of `$1`, `$2`, …
    package init(_ text: String, taking types: repeat (each Argument).Type) {
        statement = Statement(text, typeList(repeat each types))
    }
}

/// A query with a list of any length where its text says `{list}`, after its other arguments.
package struct ListQuery<Row: Sendable, Element: SQLBindable, each Argument: SQLBindable>: Sendable {
    /// The statement for each size of chunk.
    package let statements: [ChunkSize: Statement]
    /// Reads one row.
    package let decode: @Sendable (inout Columns) throws(EngineError) -> Row
    /// Whether it locks the rows.
    let locksRows: Bool

    /// A query over a list.
    ///
    /// - Parameters:
    ///   - text: portable SQL with `IN ({list})`.
    ///   - element: the type of the list's elements.
    ///   - types: the type of each of `$1`, `$2`, … before the list.
    ///   - row: reads one row, column after column.
    package init(
        _ text: String,
        listing element: Element.Type,
        taking types: repeat (each Argument).Type,
        row: @escaping @Sendable (inout Columns) throws(EngineError) -> Row
    ) {
        let fixed = typeList(repeat each types)
        var statements: [ChunkSize: Statement] = [:]
        for size in ChunkSize.allCases {
            let placeholders = (1...size.rawValue).map { "$\(fixed.count + $0)" }.joined(separator: ", ")
            let listTypes = [any SQLBindable.Type](repeating: element, count: size.rawValue)
            statements[size] = Statement(replacing("{list}", in: text, by: placeholders), fixed + listTypes)
        }
        self.statements = statements
        decode = row
        locksRows = text.contains("{for update}")
    }

    func statement(for size: ChunkSize) -> Statement {
        guard let statement = statements[size] else { preconditionFailure("every chunk size has its statement") }
        return statement
    }
}

/// An INSERT of any number of rows; its text says `{rows}` where the rows' values stand.
package struct Insertion<each Column: SQLBindable>: Sendable {
    /// The statement for each size of chunk.
    package let statements: [ChunkSize: Statement]

    /// An insertion.
    ///
    /// - Parameters:
    ///   - text: portable SQL: `INSERT INTO t (a, b) VALUES {rows}` and what may follow.
    ///   - types: the type of each column.
    package init(_ text: String, columns types: repeat (each Column).Type) {
        let columns = typeList(repeat each types)
        var statements: [ChunkSize: Statement] = [:]
        for size in ChunkSize.allCases {
            let rows = (0..<size.rawValue).map { row in
                "(" + columns.indices.map { "$\(row * columns.count + $0 + 1)" }.joined(separator: ", ") + ")"
            }
            statements[size] = Statement(
                replacing("{rows}", in: text, by: rows.joined(separator: ", ")),
                (0..<size.rawValue).flatMap { _ in columns }
            )
        }
        self.statements = statements
    }

    func statement(for size: ChunkSize) -> Statement {
        guard let statement = statements[size] else { preconditionFailure("every chunk size has its statement") }
        return statement
    }
}

/// The few sizes in which lists and rows are sent: each is a prepared statement of its own.
package enum ChunkSize: Int, CaseIterable, Sendable {
    case one = 1
    case eight = 8
    case sixtyFour = 64

    /// Cuts values into chunks of the fixed sizes.
    ///
    /// - Parameters:
    ///   - values: the values.
    ///   - padded: whether the last chunk may be filled up by repeating its last value (right for IN lists, wrong for rows).
    /// - Returns: the chunks in order.
    package static func chunks<Value>(of values: [Value], padded: Bool) -> [(size: ChunkSize, values: [Value])] {
        var chunks: [(size: ChunkSize, values: [Value])] = []
        var rest = values[...]
        while let last = rest.last {
            let size = padded ? smallestHolding(rest.count) : largestWithin(rest.count)
            let taken = Array(rest.prefix(size.rawValue))
            chunks.append((size, taken + Array(repeating: last, count: size.rawValue - taken.count)))
            rest = rest.dropFirst(size.rawValue)
        }
        return chunks
    }

    private static func smallestHolding(_ count: Int) -> ChunkSize {
        allCases.first { $0.rawValue >= count } ?? .sixtyFour
    }

    private static func largestWithin(_ count: Int) -> ChunkSize {
        allCases.last { $0.rawValue <= count } ?? .one
    }
}

private func typeList<each Argument: SQLBindable>(_ types: repeat (each Argument).Type) -> [any SQLBindable.Type] {
    var list: [any SQLBindable.Type] = []
    repeat list.append(each types)
    return list
}

/// Replaces a marker; the standard library has no such function without Foundation.
private func replacing(_ marker: String, in text: String, by replacement: String) -> String {
    guard let range = text.firstRange(of: marker) else {
        preconditionFailure("the statement has no \(marker): \(text)")
    }
    return text.replacingCharacters(in: range, with: replacement)
}

extension String {
    fileprivate func replacingCharacters(in range: Range<Index>, with replacement: String) -> String {
        self[..<range.lowerBound] + replacement + self[range.upperBound...]
    }
}
