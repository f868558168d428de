package import RecollectEngine
import RecollectPostgres
import Synchronization

/// A database that counts the statements run on it, for the budgets: one is cheap on SQLite and twenty times dearer on
/// PostgreSQL.
package final class StatementCounter: Database {
    private let database: any Database
    private let statements = Mutex(0)

    /// A counter in front of a database.
    ///
    /// - Parameter database: the database.
    package init(_ database: any Database) {
        self.database = database
    }

    package var dialect: Dialect { database.dialect }

    /// How many statements some work runs.
    ///
    /// - Parameter work: the work.
    /// - Returns: the count.
    /// - Throws: what `work` throws.
    package func count(_ work: () async throws -> Void) async throws -> Int {
        let before = statements.withLock(\.self)
        try await work()
        return statements.withLock(\.self) - before
    }

    /// How many round trips to PostgreSQL some work takes.
    ///
    /// - Parameter work: the work.
    /// - Returns: the count; nil on another engine.
    /// - Throws: what `work` throws.
    package func roundTrips(_ work: () async throws -> Void) async throws -> Int? {
        guard let postgres = database as? PostgresDatabase else { return nil }
        let before = postgres.figures.roundTrips
        try await work()
        return postgres.figures.roundTrips - before
    }

    package func read<Result: Sendable>(
        _ consistency: ReadConsistency,
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        try await database.read(consistency) { connection in try body(CountingConnection(connection, self)) }
    }

    package func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        try await database.write { connection in try body(CountingConnection(connection, self)) }
    }

    package func close() async {
        await database.close()
    }

    fileprivate func add() {
        statements.withLock { $0 += 1 }
    }
}

/// A connection that tells its counter of each statement.
private struct CountingConnection: Connection {
    private let connection: any Connection
    private let counter: StatementCounter

    init(_ connection: any Connection, _ counter: StatementCounter) {
        self.connection = connection
        self.counter = counter
    }

    var dialect: Dialect { connection.dialect }

    func rows<Row>(
        _ statement: Statement,
        _ arguments: [SQLValue],
        decode: (inout Columns) throws(EngineError) -> Row
    ) throws(EngineError) -> [Row] {
        counter.add()
        return try connection.rows(statement, arguments, decode: decode)
    }

    func eachRow(
        of statements: [(statement: Statement, arguments: [SQLValue])],
        read: (_ place: Int, inout Columns) throws(EngineError) -> Void
    ) throws(EngineError) {
        for _ in statements { counter.add() }
        try connection.eachRow(of: statements, read: read)
    }

    @discardableResult
    func run(_ statement: Statement, _ arguments: [SQLValue]) throws(EngineError) -> Int {
        counter.add()
        return try connection.run(statement, arguments)
    }

    func runLater(_ statement: Statement, _ arguments: [SQLValue]) throws(EngineError) {
        counter.add()
        try connection.runLater(statement, arguments)
    }

    func plan(of statement: Statement) throws(EngineError) -> [String] {
        try connection.plan(of: statement)
    }
}
