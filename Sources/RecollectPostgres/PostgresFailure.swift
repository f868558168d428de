import CLibPQ
import RecollectEngine

/// What a server or libpq said went wrong.
struct PostgresFailure: Error {
    /// States after which the server closes the connection, and the one of a server that only reads.
    private static let closing: Set = ["57P01", "57P02", "57P03", "57P05", "25P03", "25006"]

    /// The SQLSTATE; nil when no server said it: the connection is lost.
    let state: String?
    /// The trouble in the engine's words.
    let error: EngineError
    /// Whether the connection is of no more use.
    ///
    /// Lost, about to be closed by its server, or to a server that takes no writes any more: after a failover the former
    /// primary is a standby, and a new connection finds the new primary.
    let endsConnection: Bool

    /// What is wrong with a result.
    init(_ raw: OpaquePointer?, _ connection: OpaquePointer?) {
        guard let field = PQresultErrorField(raw, Int32(UInt8(ascii: "C"))) else {
            self.init(lost: connection)
            return
        }
        let state = String(cString: field)
        let message = String(cString: PQresultErrorMessage(raw))
        self.init(
            state: state,
            error: EngineError(Self.kind(of: state), "\(state): \(message)"),
            endsConnection: Self.closing.contains(state) || state.hasPrefix("08")
        )
    }

    /// A connection that no longer answers.
    init(lost connection: OpaquePointer?) {
        let message = String(cString: PQerrorMessage(connection))
        self.init(
            state: nil,
            error: EngineError(.unavailable, message.isEmpty ? "the connection is lost" : message),
            endsConnection: true
        )
    }

    /// The same failure of a connection that is of no more use.
    func endingConnection() -> PostgresFailure {
        PostgresFailure(state: state, error: error, endsConnection: true)
    }

    private init(state: String?, error: EngineError, endsConnection: Bool) {
        self.state = state
        self.error = error
        self.endsConnection = endsConnection
    }

    /// The kind of an error by its SQLSTATE (PostgreSQL's documentation, appendix A).
    private static func kind(of state: String) -> EngineError.Kind {
        switch state {
        case "40001", "40P01", "55P03": .contention
        case "23505": .unique
        case "57P01", "57P02", "57P03", "57P05", "53300", "57014", "25P03", "25006": .unavailable
        case "53100": .storage
        default: state.hasPrefix("08") ? .unavailable : state.hasPrefix("XX") ? .corrupt : .statement
        }
    }
}

/// A connection was lost at a time when nothing can have been applied: the same may be done on another.
struct ConnectionLost: Error {
    /// What was seen of it.
    let error: EngineError
}
