import Logging
import RecollectEngine
import RecollectSQL
package import RecollectVocabulary
package import ServiceLifecycle
import Synchronization

/// The servers that share a database, each known to the others by a row that it keeps fresh.
///
/// What a server does for the others it does through the database, never by a call, so nobody needs to reach anybody. The rows
/// tell how many there are, and who: what depends on them may be wrong for as long as a dead server is not forgotten.
package struct Servers: Sendable {
    private let transactions: Transactions
    private let clock: any WallClock
    private let followed: FollowingClock?
    private let ids: any IDSource
    private let logger: Logger
    private let alive = Count()

    /// The servers of a database.
    ///
    /// - Parameters:
    ///   - transactions: how the database is reached.
    ///   - clock: where the time comes from.
    ///   - ids: where ids come from.
    ///   - logger: where trouble is told.
    init(transactions: Transactions, clock: any WallClock, ids: any IDSource, logger: Logger) {
        self.transactions = transactions
        self.clock = clock
        followed = clock as? FollowingClock
        self.ids = ids
        self.logger = logger
    }

    /// How many servers were alive at the last look, this one included.
    package var count: Int { alive.value.load(ordering: .relaxed) }

    /// Every server that has been heard of lately, the one started first first.
    ///
    /// - Returns: the servers.
    /// - Throws: `Rejection` when the database cannot be read.
    package func list() async throws -> [RunningServer] {
        let silent = clock.now() - ServerLimits.silence
        return try await transactions.read { connection in
            try connection.all(ServerQueries.list)
        }.filter { $0.seenAt > silent }
    }

    /// Has the clock follow the database's, if it is one that follows.
    ///
    /// - Throws: `Rejection` when the database cannot be asked.
    package func setClock() async throws {
        guard let followed else { return }
        let ahead = try await followed.follow { () async throws -> Timestamp in
            let time = try await transactions.read { connection in try connection.first(ServerQueries.time) }
            guard let time else { preconditionFailure("a SELECT without a table has one row") }
            return time
        }
        guard ahead > ServerLimits.clockTolerance || ahead < .zero - ServerLimits.clockTolerance else { return }
        logger.warning(
            "this machine's clock is not the database's, which is followed from here",
            metadata: ["ahead": "\(ahead)"]
        )
    }

    /// Says that a server is alive, and looks who else is; forgets those that have been silent for long.
    ///
    /// - Parameters:
    ///   - server: its id.
    ///   - name: what people know it by.
    /// - Throws: `Rejection` when the database cannot be written.
    package func beat(_ server: ServerID, name: String) async throws {
        let now = clock.now()
        let known = try await transactions.write { connection in
            try connection.run(ServerQueries.beat, server, name, now)
            return try connection.all(ServerQueries.list)
        }
        let silent = now - ServerLimits.silence
        alive.value.store(known.count { $0.seenAt > silent }, ordering: .relaxed)
        let forgotten = known.filter { $0.seenAt <= silent }
        guard !forgotten.isEmpty else { return }
        try await transactions.write { connection in
            for server in forgotten { try connection.run(ServerQueries.forget, server.id, silent) }
        }
    }

    /// Ends the sessions of servers that hang in the middle of sending, as the database does with those that hang otherwise.
    ///
    /// - Throws: `Rejection` when the database cannot be asked.
    package func endStalledSessions() async throws {
        let ended = try await transactions.read { connection in try connection.first(ServerQueries.endStalledSessions) }
        guard let ended, ended > 0 else { return }
        logger.warning("a server hung with a transaction open, which was ended", metadata: ["sessions": "\(ended)"])
    }

    /// A service that tells the other servers of this one until it stops.
    ///
    /// - Parameter name: what people know the server by.
    /// - Returns: the service.
    package func beating(as name: String) -> some Service {
        Heart(servers: self, name: name)
    }

    /// Beats under a name until the server shuts down gracefully or is cancelled, then leaves.
    fileprivate func run(named name: String) async {
        let server: ServerID = ids.next(at: clock.now())
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await setClock()
                    try await beat(server, name: name)
                    try await endStalledSessions()
                } catch {
                    logger.warning("cannot tell the other servers of this one", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: ServerLimits.beatInterval)
            }
        }
        do {
            try await transactions.write { connection in _ = try connection.run(ServerQueries.leave, server) }
        } catch {
            // The others forget it when it has been silent for long.
            logger.warning("cannot leave the other servers", metadata: ["error": "\(error)"])
        }
    }

    /// A number shared by copies of the same value.
    private final class Count: Sendable {
        let value = Atomic(1)
    }
}

/// Beats for one server.
private struct Heart: Service {
    let servers: Servers
    let name: String

    func run() async throws {
        await servers.run(named: name)
    }
}

/// The limits of what servers know of each other.
package enum ServerLimits {
    /// How often a server says that it is alive, and looks at the database's clock.
    package static let beatInterval = Duration.seconds(3)
    /// How long a server may be silent before it counts as dead.
    package static let silence = Duration.seconds(15)
    /// How far two clocks may be apart before it is told.
    package static let clockTolerance = Duration.seconds(1)
}
