import RecollectEngine

/// A session as the rooms above see it.
struct PostgresConnection: Connection {
    private let session: PostgresSession

    init(_ session: PostgresSession) {
        self.session = session
    }

    var dialect: Dialect { session.dialect }

    func rows<Row>(
        _ statement: Statement,
        _ arguments: [SQLValue],
        decode: (inout Columns) throws(EngineError) -> Row
    ) throws(EngineError) -> [Row] {
        let result = try session.run(statement, arguments)
        var rows: [Row] = []
        rows.reserveCapacity(result.count)
        try result.eachRow { columns throws(EngineError) in rows.append(try decode(&columns)) }
        return rows
    }

    func eachRow(
        of statements: [(statement: Statement, arguments: [SQLValue])],
        read: (_ place: Int, inout Columns) throws(EngineError) -> Void
    ) throws(EngineError) {
        for (place, result) in try session.run(statements).enumerated() {
            try result.eachRow { columns throws(EngineError) in try read(place, &columns) }
        }
    }

    @discardableResult
    func run(_ statement: Statement, _ arguments: [SQLValue]) throws(EngineError) -> Int {
        try session.run(statement, arguments).changes
    }

    func runLater(_ statement: Statement, _ arguments: [SQLValue]) throws(EngineError) {
        try session.runLater(statement, arguments)
    }

    func plan(of statement: Statement) throws(EngineError) -> [String] {
        let nulls = statement.argumentTypes.map { SQLValue.null($0.sqlType) }
        return try rows(Statement("EXPLAIN " + statement.text, statement.argumentTypes), nulls) {
            columns throws(EngineError) -> String in try columns.next()
        }
    }
}
