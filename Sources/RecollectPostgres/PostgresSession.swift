// One connection, and the conversation on it. libpq is always in pipeline mode: what is sent is only queued, and a round trip
// is made where an answer is needed. So BEGIN travels with a transaction's first statement, a preparation with its first
// execution, and commands whose outcome nobody waits for with the next statement or with COMMIT.
//
// What may be repeated when a connection is lost: everything up to the moment at which COMMIT was sent. From then on nobody
// knows, and nothing is repeated.

import CLibPQ
import Foundation
import RecollectEngine

/// One connection to PostgreSQL, owned by one thread.
final class PostgresSession {
    /// The most prepared statements kept.
    ///
    /// The program has fewer; a bound keeps a mistake from growing the server's memory.
    private static let preparedLimit = 1024
    /// The most commands sent without waiting for their answers.
    private static let unansweredLimit = 64

    private struct PreparedKey: Hashable {
        let text: String
        let types: [SQLType]
    }

    /// What was sent and has yet to be answered.
    private enum Sent {
        case command
        case preparation(PreparedKey)
        /// A statement whose plan is from earlier.
        case preparedStatement
    }

    private let target: PostgresTarget
    private let roundTrips: RoundTrips
    private var connection: OpaquePointer?
    /// What the server is, as it said when the connection was made.
    private(set) var dialect = Dialect.postgres
    private var prepared: [PreparedKey: String] = [:]
    private var preparations = 0
    private var unanswered: [Sent] = []
    private var isInTransaction = false
    /// Why the connection is of no more use; nil while it is.
    private var trouble: EngineError?

    init(_ target: PostgresTarget, roundTrips: RoundTrips) {
        self.target = target
        self.roundTrips = roundTrips
    }

    // MARK: The connection

    /// Whether a connection stands, as far as is known without asking.
    var isConnected: Bool { connection != nil && trouble == nil }

    /// Whether the server has not closed the connection in the meantime: no round trip, but a look at the socket.
    var isAlive: Bool {
        guard isConnected, PQstatus(connection) == CONNECTION_OK else { return false }
        // What a server says unasked before it closes is read first.
        for _ in 0..<8 {
            var descriptor = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
            guard poll(&descriptor, 1, 0) > 0 else { return true }
            guard PQconsumeInput(connection) == 1, PQstatus(connection) == CONNECTION_OK else { return false }
        }
        return true
    }

    /// Connects.
    func connect() throws(EngineError) {
        disconnect()
        guard let made = target.address.connect() else { throw EngineError(.unavailable, "out of memory") }
        connection = made
        guard PQstatus(made) == CONNECTION_OK, PQenterPipelineMode(made) == 1 else {
            let message = String(cString: PQerrorMessage(made))
            disconnect()
            throw EngineError(.unavailable, message)
        }
        // Notices go to the server's log, not to our standard error.
        PQsetNoticeProcessor(made, { _, _ in }, nil)
        // Details of an error hold the values of rows, which have no place in a log.
        PQsetErrorVerbosity(made, PQERRORS_TERSE)
        do {
            if !target.isPooled { try send(target.settings.statement(ofTransaction: false)) }
            try send(Dialect.postgres.render(Dialect.citusVersion.text))
            // Not counted, as the other round trips of connecting are not: the pool connects beside the work of callers, who
            // would find it among theirs.
            dialect = try exchanged().last.map { $0.count > 0 } == true ? .citus : .postgres
        } catch {
            disconnect()
            throw error
        }
    }

    /// Closes the connection.
    func disconnect() {
        if let connection { PQfinish(connection) }
        connection = nil
        trouble = nil
        isInTransaction = false
        prepared.removeAll()
        unanswered.removeAll()
    }

    // MARK: Transactions

    /// Runs statements that need not agree with each other.
    func read<Result>(_ body: (any Connection) throws -> Result) throws -> Result {
        try repeatable { try body(PostgresConnection(self)) }
    }

    /// Runs statements that all see one moment.
    ///
    /// Its end is left to `settle`, as no one needs to wait for it.
    func snapshot<Result>(_ body: (any Connection) throws -> Result) throws -> Result {
        try repeatable {
            try begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return try body(PostgresConnection(self))
        }
    }

    /// Runs a transaction and commits it.
    ///
    /// - Throws: `ConnectionLost` when the connection was lost before COMMIT was sent; an `EngineError` of kind
    ///   `.unavailable` when it was lost while that was under way, as nobody knows then. What `body` throws leaves the
    ///   transaction to `settle`.
    func transaction<Result>(_ body: (any Connection) throws -> Result) throws -> Result {
        let result = try repeatable {
            try begin("BEGIN")
            let result = try body(PostgresConnection(self))
            guard isAlive else { throw lost(PostgresFailure(lost: connection)) }
            return result
        }
        try commit()
        return result
    }

    /// Ends what a transaction left open, once its outcome is told.
    func settle() {
        guard isInTransaction, isConnected else { return }
        isInTransaction = false
        do {
            // What is still to be answered matters to nobody, but a failure in it would keep ROLLBACK from being run.
            if !unanswered.isEmpty { _ = exchange() }
            try send("ROLLBACK")
            guard case .answered = exchange() else { return disconnect() }
        } catch {
            // A connection that cannot even roll back is of no use; the server rolls back what it drops.
            disconnect()
        }
    }

    private func begin(_ text: String) throws(EngineError) {
        isInTransaction = true
        try send(text)
        if target.isPooled { try send(target.settings.statement(ofTransaction: true)) }
    }

    private func commit() throws {
        try send("COMMIT")
        roundTrips.add()
        let position = unanswered.count - 1
        switch exchange() {
        case .answered(let results):
            isInTransaction = false
            // A transaction that failed unnoticed is rolled back by COMMIT, which is no failure to PostgreSQL.
            guard results.last?.command == "COMMIT" else {
                throw EngineError(.statement, "the transaction had failed when it was committed")
            }
        case .failed(let failure, let index):
            if failure.endsConnection, failure.state == nil || index == position {
                throw lost(failure, as: "the connection was lost while the commit was under way")
            }
            if index == position { isInTransaction = false }
            if failure.endsConnection { throw ConnectionLost(error: lost(failure)) }
            throw failure.error
        }
    }

    /// Tells apart what the lost connection is to blame for.
    private func repeatable<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            if let trouble { throw ConnectionLost(error: trouble) }
            throw error
        }
    }

    // MARK: Statements

    /// Runs a statement and waits for what it returns.
    func run(_ statement: Statement, _ arguments: [SQLValue]) throws(EngineError) -> PostgresResult {
        if !isInTransaction, target.isPooled { try send(target.settings.statement(ofTransaction: true)) }
        try send(statement, arguments)
        return try answer()
    }

    /// Runs statements in one round trip and gives what each returned.
    func run(
        _ statements: [(statement: Statement, arguments: [SQLValue])]
    ) throws(EngineError) -> [PostgresResult] {
        guard !statements.isEmpty else { return [] }
        if !isInTransaction, target.isPooled { try send(target.settings.statement(ofTransaction: true)) }
        var places: [Int] = []
        for (statement, arguments) in statements {
            try send(statement, arguments)
            places.append(unanswered.count - 1)
        }
        let results = try answers()
        return places.map { results[$0] }
    }

    /// Runs a statement inside a transaction whose outcome nobody waits for.
    ///
    /// If it fails, so does the next statement or the commit.
    func runLater(_ statement: Statement, _ arguments: [SQLValue]) throws(EngineError) {
        guard isInTransaction else { return _ = try run(statement, arguments) }
        try send(statement, arguments)
        if unanswered.count >= Self.unansweredLimit { _ = try answer() }
    }

    /// Runs text once, its arguments and its values in text form, their types as the server infers them.
    func texts(_ text: String, _ arguments: [String]) throws(EngineError) -> PostgresResult {
        let copies = arguments.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        let values = copies.map { $0.map { UnsafePointer($0) } }
        try queued(PQsendQueryParams(connection, text, Int32(values.count), nil, values, nil, nil, 0), .command)
        return try answer()
    }

    /// Queues text that takes no arguments.
    private func send(_ text: String) throws(EngineError) {
        try queued(PQsendQueryParams(connection, text, 0, nil, nil, nil, nil, 1), .command)
    }

    /// Queues a statement, and its preparation where it has none yet.
    private func send(_ statement: Statement, _ arguments: [SQLValue]) throws(EngineError) {
        let key = PreparedKey(text: statement.text, types: statement.argumentTypes.map { $0.sqlType })
        let parameters = BinaryParameters(arguments)
        let count = Int32(arguments.count)
        guard !target.isPooled else {
            let accepted = parameters.withPointers { values, lengths, formats in
                let text = dialect.render(statement.text)
                let types = key.types.map(\.objectID)
                return PQsendQueryParams(connection, text, count, types, values, lengths, formats, 1)
            }
            return try queued(accepted, .command)
        }
        let known = prepared[key]
        let name: String
        if let known { name = known } else { name = try prepare(key) }
        let accepted = parameters.withPointers { values, lengths, formats in
            PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1)
        }
        try queued(accepted, known == nil ? .command : .preparedStatement)
    }

    private func prepare(_ key: PreparedKey) throws(EngineError) -> String {
        if prepared.count >= Self.preparedLimit {
            try send("DEALLOCATE ALL")
            prepared.removeAll()
        }
        // No name is given twice, so that it does not matter what a failure kept from being deallocated.
        preparations += 1
        let name = "statement_\(preparations)"
        let text = dialect.render(key.text)
        let types = key.types.map(\.objectID)
        try queued(PQsendPrepare(connection, name, text, Int32(types.count), types), .preparation(key))
        prepared[key] = name
        return name
    }

    // MARK: Round trips

    private enum Exchange {
        /// Everything passed; the result of each that had been sent.
        case answered([PostgresResult])
        /// The first failure, and the place in what was sent of what failed.
        case failed(PostgresFailure, index: Int)
    }

    private func queued(_ accepted: Int32, _ sent: Sent) throws(EngineError) {
        guard accepted == 1 else { throw lost(PostgresFailure(lost: connection)) }
        unanswered.append(sent)
    }

    /// Sends what is queued, waits for the answers, and returns the last.
    private func answer() throws(EngineError) -> PostgresResult {
        guard let last = try answers().last else { preconditionFailure("something was sent") }
        return last
    }

    /// Sends what is queued, waits for the answers, and returns them.
    private func answers() throws(EngineError) -> [PostgresResult] {
        roundTrips.add()
        return try exchanged()
    }

    /// The same, for what is not counted.
    private func exchanged() throws(EngineError) -> [PostgresResult] {
        switch exchange() {
        case .answered(let results):
            return results
        case .failed(let failure, _) where failure.endsConnection:
            throw lost(failure)
        case .failed(let failure, _):
            throw failure.error
        }
    }

    private func exchange() -> Exchange {
        guard PQpipelineSync(connection) == 1 else { return .failed(PostgresFailure(lost: connection), index: 0) }
        var results: [PostgresResult] = []
        results.reserveCapacity(unanswered.count)
        var failure: (PostgresFailure, index: Int)?
        for (index, sent) in unanswered.enumerated() {
            guard let raw = PQgetResult(connection) else {
                return .failed(failure?.0 ?? PostgresFailure(lost: connection), index: failure?.index ?? index)
            }
            switch PQresultStatus(raw) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
                results.append(PostgresResult(raw))
            default:
                if failure == nil { failure = (self.failure(raw, of: sent), index) }
                // What is not prepared after all must be prepared again.
                if case .preparation(let key) = sent { prepared[key] = nil }
                PQclear(raw)
            }
            while let more = PQgetResult(connection) { PQclear(more) }
        }
        unanswered.removeAll(keepingCapacity: true)
        let end = PQgetResult(connection)
        defer { PQclear(end) }
        if let failure { return .failed(failure.0, index: failure.index) }
        // Everything passed, and the connection was lost after that.
        if PQresultStatus(end) != PGRES_PIPELINE_SYNC { _ = lost(PostgresFailure(lost: connection)) }
        return .answered(results)
    }

    /// A failure; one of a plan that outlived a change of its tables is mended by a connection without plans.
    private func failure(_ raw: OpaquePointer?, of sent: Sent) -> PostgresFailure {
        let failure = PostgresFailure(raw, connection)
        guard case .preparedStatement = sent, failure.state == "0A000" else { return failure }
        return failure.endingConnection()
    }

    /// Gives the connection up.
    private func lost(_ failure: PostgresFailure, as summary: String? = nil) -> EngineError {
        let error = summary.map { EngineError(.unavailable, "\($0): \(failure.error.message)") } ?? failure.error
        trouble = error
        return error
    }
}
