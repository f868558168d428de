import CLibPQ
import Foundation
import RecollectEngine

/// One connection to PostgreSQL, owned by one thread: made when needed, made anew when lost.
final class PostgresSession {
    /// Settings of every connection.
    ///
    /// A statement or a lock that takes longer than this is stuck; a transaction that idles is ours and broken.
    private static let settings = """
        SET statement_timeout = '30s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '30s'; \
        SET client_min_messages = warning; SET application_name = 'recollect'
        """
    /// The most prepared statements kept.
    ///
    /// The program has fewer; a bound keeps a mistake from growing the server's memory.
    private static let preparedLimit = 1024

    private struct PreparedKey: Hashable {
        let text: String
        let types: [SQLType]
    }

    private let url: String
    private let settings: String
    private var connection: OpaquePointer?
    private var prepared: [PreparedKey: String] = [:]

    init(url: String, settings: String = PostgresSession.settings) {
        self.url = url
        self.settings = settings
    }

    /// Connects unless a connection stands.
    func connectIfNeeded() throws(EngineError) {
        if let connection, PQstatus(connection) == CONNECTION_OK { return }
        disconnect()
        guard let made = PQconnectdb(url) else { throw EngineError(.unavailable, "out of memory") }
        connection = made
        guard PQstatus(made) == CONNECTION_OK else {
            let message = String(cString: PQerrorMessage(made))
            disconnect()
            throw EngineError(.unavailable, message)
        }
        // Notices go to the server's log, not to our standard error.
        PQsetNoticeProcessor(made, { _, _ in }, nil)
        try execute(settings)
    }

    /// Closes the connection.
    func disconnect() {
        if let connection { PQfinish(connection) }
        connection = nil
        prepared.removeAll()
    }

    /// Runs a transaction.
    ///
    /// A connection lost before COMMIT was sent is contention, as nothing can have been applied; one lost while it was
    /// under way is unavailability, as nobody knows.
    func inTransaction<Result>(_ begin: String, _ body: (any Connection) throws -> Result) throws -> Result {
        try connectIfNeeded()
        let result: Result
        do {
            try execute(begin)
            result = try body(PostgresConnection(self))
        } catch {
            if isLost { throw EngineError(.contention, "the connection was lost before the commit: \(error)") }
            rollBack()
            throw error
        }
        do {
            try execute("COMMIT")
        } catch {
            rollBack()
            throw error
        }
        return result
    }

    /// Runs a prepared statement.
    func run(_ statement: Statement, _ arguments: [SQLValue]) throws(EngineError) -> PostgresResult {
        let name = try prepare(statement)
        let parameters = BinaryParameters(arguments)
        let raw = parameters.withPointers { values, lengths, formats in
            PQexecPrepared(connection, name, Int32(arguments.count), values, lengths, formats, 1)
        }
        do {
            return try PostgresResult(raw, connection)
        } catch {
            // The plan outlived a change of its tables: forget every plan and let the transaction be repeated.
            guard error.message.contains("0A000") else { throw error }
            disconnect()
            throw EngineError(.contention, error.message)
        }
    }

    /// Runs text once, its arguments and its values in text form, their types as the server infers them.
    func texts(_ text: String, _ arguments: [String]) throws(EngineError) -> PostgresResult {
        let copies = arguments.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        let values = copies.map { $0.map { UnsafePointer($0) } }
        let raw = PQexecParams(connection, text, Int32(values.count), nil, values, nil, nil, 0)
        return try PostgresResult(raw, connection)
    }

    /// Runs text that takes no arguments and returns no rows, or several such statements.
    func execute(_ text: String) throws(EngineError) {
        _ = try PostgresResult(PQexec(connection, text), connection)
    }

    private var isLost: Bool { PQstatus(connection) != CONNECTION_OK }

    private func rollBack() {
        do {
            try execute("ROLLBACK")
        } catch {
            // A connection that cannot even roll back is of no use; the server rolls back what it drops.
            disconnect()
        }
    }

    private func prepare(_ statement: Statement) throws(EngineError) -> String {
        let key = PreparedKey(text: statement.text, types: statement.argumentTypes.map { $0.sqlType })
        if let name = prepared[key] { return name }
        if prepared.count >= Self.preparedLimit {
            try execute("DEALLOCATE ALL")
            prepared.removeAll()
        }
        let name = "statement_\(prepared.count)"
        let types = key.types.map(\.objectID)
        _ = try PostgresResult(
            PQprepare(connection, name, Dialect.postgres.render(statement.text), Int32(types.count), types),
            connection
        )
        prepared[key] = name
        return name
    }
}

extension SQLType {
    /// The type's object id in PostgreSQL's catalogue (pg_type.dat).
    fileprivate var objectID: Oid {
        switch self {
        case .integer: 20
        case .real: 701
        case .text: 25
        case .bytes: 17
        }
    }
}

/// Arguments as libpq takes them: one buffer, and a pointer into it for each.
private struct BinaryParameters {
    private var buffer: [UInt8] = []
    private var offsets: [Int?] = []
    private var lengths: [Int32] = []

    init(_ arguments: [SQLValue]) {
        for argument in arguments {
            let start = buffer.count
            switch argument {
            case .integer(let value): append(UInt64(bitPattern: value))
            case .real(let value): append(value.bitPattern)
            case .text(let value): buffer.append(contentsOf: value.utf8)
            case .bytes(let value): buffer.append(contentsOf: value)
            case .null: break
            }
            if case .null = argument { offsets.append(nil) } else { offsets.append(start) }
            lengths.append(Int32(buffer.count - start))
        }
        // An empty value at the end must still have an address, or it would be NULL.
        buffer.append(0)
    }

    func withPointers<Result>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Result
    ) -> Result {
        buffer.withUnsafeBytes { bytes in
            let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            let pointers = offsets.map { offset in offset.flatMap { base?.advanced(by: $0) } }
            let formats = [Int32](repeating: 1, count: offsets.count)
            return body(pointers, lengths, formats)
        }
    }

    private mutating func append(_ value: UInt64) {
        for shift in stride(from: 56, through: 0, by: -8) {
            buffer.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }
}
