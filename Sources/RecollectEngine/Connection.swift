/// One connection, inside one transaction, on one database thread.
///
/// Drivers implement these primitives; everything above uses the typed forms below.
package protocol Connection {
    /// What this engine spells differently.
    var dialect: Dialect { get }

    /// Runs a statement and reads every row it returns.
    ///
    /// - Parameters:
    ///   - statement: the statement, in portable SQL.
    ///   - arguments: one value for each of `$1`, `$2`, …
    ///   - decode: reads one row, column after column.
    /// - Returns: the rows in the order of the database.
    /// - Throws: `EngineError`.
    func rows<Row>(
        _ statement: Statement,
        _ arguments: [SQLValue],
        decode: (inout Columns) throws(EngineError) -> Row
    ) throws(EngineError) -> [Row]

    /// Runs statements of which none needs what another returns, and reads every row; where statements travel to the database,
    /// they travel together.
    ///
    /// - Parameters:
    ///   - statements: the statements, in portable SQL, with one value for each of `$1`, `$2`, …
    ///   - read: reads one row, given the place of its statement; those of a statement come in the order of the database, after
    ///     those of the statements before it.
    /// - Throws: `EngineError`.
    func eachRow(
        of statements: [(statement: Statement, arguments: [SQLValue])],
        read: (_ place: Int, inout Columns) throws(EngineError) -> Void
    ) throws(EngineError)

    /// Runs a statement that returns no rows.
    ///
    /// - Parameters:
    ///   - statement: the statement, in portable SQL.
    ///   - arguments: one value for each of `$1`, `$2`, …
    /// - Returns: the number of rows changed.
    /// - Throws: `EngineError`.
    @discardableResult
    func run(_ statement: Statement, _ arguments: [SQLValue]) throws(EngineError) -> Int

    /// Runs a statement of whose outcome nothing is needed but that it does not fail.
    ///
    /// Where statements travel to the database, it may travel with the next one or with the commit; if it fails, so do they.
    ///
    /// - Parameters:
    ///   - statement: the statement, in portable SQL.
    ///   - arguments: one value for each of `$1`, `$2`, …
    /// - Throws: `EngineError`.
    func runLater(_ statement: Statement, _ arguments: [SQLValue]) throws(EngineError)

    /// Asks the engine how it would run a statement, one line of its plan an element. For tests and for diagnosis.
    ///
    /// - Parameter statement: the statement, in portable SQL.
    /// - Returns: the lines of the plan, as the engine words them.
    /// - Throws: `EngineError`.
    func plan(of statement: Statement) throws(EngineError) -> [String]
}

extension Connection {
    /// Every row of a query.
    ///
    /// - Parameters:
    ///   - query: the query.
    ///   - arguments: its arguments in the order of `$1`, `$2`, …
    /// - Returns: the rows in the order of the database.
    /// - Throws: `EngineError`.
    package func all<Row, each Argument>(
        _ query: Query<Row, repeat each Argument>,
        _ arguments: repeat each Argument
    ) throws(EngineError) -> [Row] {
        try rows(query.statement, values(repeat each arguments), decode: query.decode)
    }

    /// The first row of a query, or nil when it has none.
    ///
    /// - Parameters:
    ///   - query: the query.
    ///   - arguments: its arguments in the order of `$1`, `$2`, …
    /// - Returns: the first row.
    /// - Throws: `EngineError`.
    package func first<Row, each Argument>(
        _ query: Query<Row, repeat each Argument>,
        _ arguments: repeat each Argument
    ) throws(EngineError) -> Row? {
        try rows(query.statement, values(repeat each arguments), decode: query.decode).first
    }

    /// Every row of some queries of which none needs what another returns, together.
    ///
    /// - Parameter questions: the queries with their arguments.
    /// - Returns: the rows of each, in the order of the database.
    /// - Throws: `EngineError`.
    package func allTogether<each Row>(
        _ questions: repeat Question<each Row>
    ) throws(EngineError) -> (repeat [each Row]) {
        let answers = (repeat Answer(to: each questions))
        var statements: [(statement: Statement, arguments: [SQLValue])] = []
        var readers: [any RowReader] = []
        for (question, answer) in repeat (each questions, each answers) {
            statements.append((question.statement, question.arguments))
            readers.append(answer)
        }
        try eachRow(of: statements) { place, columns throws(EngineError) in try readers[place].read(&columns) }
        return (repeat (each answers).rows)
    }

    /// Runs a command.
    ///
    /// - Parameters:
    ///   - command: the command.
    ///   - arguments: its arguments in the order of `$1`, `$2`, …
    /// - Returns: the number of rows changed.
    /// - Throws: `EngineError`.
    @discardableResult
    package func run<each Argument>(
        _ command: Command<repeat each Argument>,
        _ arguments: repeat each Argument
    ) throws(EngineError) -> Int {
        try run(command.statement, values(repeat each arguments))
    }

    /// Runs a command of whose outcome nothing is needed but that it does not fail, perhaps together with what comes next.
    ///
    /// - Parameters:
    ///   - command: the command.
    ///   - arguments: its arguments in the order of `$1`, `$2`, …
    /// - Throws: `EngineError`; also the next statement's or the commit's may be this one's.
    package func runLater<each Argument>(
        _ command: Command<repeat each Argument>,
        _ arguments: repeat each Argument
    ) throws(EngineError) {
        try runLater(command.statement, values(repeat each arguments))
    }

    /// Every row of a query over a list of any length, asked in a few fixed sizes so that prepared statements stay few.
    ///
    /// - Parameters:
    ///   - query: the query.
    ///   - elements: the list; an empty one asks nothing.
    ///   - arguments: the other arguments in the order of `$1`, `$2`, …
    /// - Returns: the rows of all the chunks, one chunk after the other.
    /// - Throws: `EngineError`.
    package func all<Row, Element, each Argument>(
        _ query: ListQuery<Row, Element, repeat each Argument>,
        in elements: [Element],
        _ arguments: repeat each Argument
    ) throws(EngineError) -> [Row] {
        let fixed = values(repeat each arguments)
        var found: [Row] = []
        let list = elements.map(\.sqlValue)
        let chunks =
            query.locksRows && dialect.locksOneKeyAtATime
            ? list.map { (size: ChunkSize.one, values: [$0]) } : ChunkSize.chunks(of: list, padded: true)
        for chunk in chunks {
            found += try rows(query.statement(for: chunk.size), fixed + chunk.values, decode: query.decode)
        }
        return found
    }

    /// Inserts rows, several a statement.
    ///
    /// - Parameters:
    ///   - insertion: what to insert into.
    ///   - rows: the rows, each one value a column.
    /// - Returns: the number of rows changed.
    /// - Throws: `EngineError`.
    @discardableResult
    package func insert<each Column>(
        _ insertion: Insertion<repeat each Column>,
        _ rows: [(repeat each Column)]
    ) throws(EngineError) -> Int {
        var changed = 0
        for (statement, arguments) in chunks(of: rows, for: insertion) {
            changed += try run(statement, arguments)
        }
        return changed
    }

    /// Inserts rows, several a statement, perhaps together with what comes next.
    ///
    /// - Parameters:
    ///   - insertion: what to insert into.
    ///   - rows: the rows, each one value a column.
    /// - Throws: `EngineError`; also the next statement's or the commit's may be this one's.
    package func insertLater<each Column>(
        _ insertion: Insertion<repeat each Column>,
        _ rows: [(repeat each Column)]
    ) throws(EngineError) {
        for (statement, arguments) in chunks(of: rows, for: insertion) {
            try runLater(statement, arguments)
        }
    }
}

/// Reads rows of a type of its own.
private protocol RowReader {
    func read(_ columns: inout Columns) throws(EngineError)
}

/// The rows of a question, as they come.
private final class Answer<Row: Sendable>: RowReader {
    private let decode: @Sendable (inout Columns) throws(EngineError) -> Row
    private(set) var rows: [Row] = []

    init(to question: Question<Row>) {
        decode = question.decode
    }

    func read(_ columns: inout Columns) throws(EngineError) {
        rows.append(try decode(&columns))
    }
}

/// The statements that insert rows, with their arguments.
private func chunks<each Column>(
    of rows: [(repeat each Column)],
    for insertion: Insertion<repeat each Column>
) -> [(Statement, [SQLValue])] {
    ChunkSize.chunks(of: rows, padded: false).map { chunk in
        var arguments: [SQLValue] = []
        for row in chunk.values {
            repeat arguments.append((each row).sqlValue)
        }
        return (insertion.statement(for: chunk.size), arguments)
    }
}

/// The arguments of a statement as the driver takes them.
func values<each Argument: SQLBindable>(_ arguments: repeat each Argument) -> [SQLValue] {
    var values: [SQLValue] = []
    repeat values.append((each arguments).sqlValue)
    return values
}
