import Synchronization

/// What connections are made to, and how they are set.
struct PostgresTarget: Sendable {
    /// Where it is.
    let address: PostgresAddress
    /// What is set for each session, or behind a pooler for each transaction.
    let settings: SessionSettings
    /// Whether a pooler lends its connections for a transaction each, so that a session keeps nothing.
    let isPooled: Bool
}

/// How often answers have been waited for.
final class RoundTrips: Sendable {
    private let total = Atomic(0)

    var count: Int { total.load(ordering: .relaxed) }

    func add() {
        total.add(1, ordering: .relaxed)
    }
}

/// What stands between the server and PostgreSQL.
package enum PostgresPooler: String, Sendable, CaseIterable {
    /// Nothing, or a pooler that lends a connection for as long as a session.
    case none
    /// A pooler that lends a connection for a transaction, such as pgbouncer with `pool_mode = transaction`.
    ///
    /// Nothing is set for a session and nothing is prepared for longer than a transaction.
    case transaction
}

/// What a pool is doing, and what it has done since it was made.
package struct PostgresFigures: Sendable, Equatable {
    /// The most connections.
    package var limit = 0
    /// Connections that stand.
    package var open = 0
    /// Connections at work.
    package var inUse = 0
    /// Requests that wait for a connection.
    package var waiting = 0
    /// Requests refused so far: the queue was full, they waited too long, or the database was away.
    package var refused = 0
    /// Connections made in place of lost ones so far.
    package var reconnects = 0
    /// Attempts to connect that failed so far.
    package var failedConnects = 0
    /// Round trips to the database so far that somebody's work waited for; those that connecting takes are not among them.
    package var roundTrips = 0
}
