import RecollectEngine
import RecollectPostgres
import RecollectSQL
import RecollectVocabulary

/// What only PostgreSQL has: a server of its own version, settings and clock.
struct PostgresChecks {
    /// What is found out about the server.
    struct Server: Sendable {
        /// What it says of itself.
        var state = PostgresServerState()
        /// The fastest of some round trips.
        var roundTrip = Duration.zero
        /// How far its clock is ahead of ours; negative when it is behind.
        var clockLead = Duration.zero
    }

    /// The oldest version that is supported.
    private static let oldestVersion = 150_000
    private static let roundTrips = 10
    /// A round trip from which on each request is felt.
    private static let slowRoundTrip = Duration.milliseconds(5)
    /// How far clocks may differ.
    private static let clockTolerance = Duration.seconds(1)

    private let database: any Database
    private let clock: any WallClock
    /// How many connections a server takes.
    private let connections: Int

    init(_ database: any Database, clock: any WallClock, connections: Int) {
        self.database = database
        self.clock = clock
        self.connections = connections
    }

    /// What was found, and how far the database's clock is ahead of ours.
    func check() async -> ([Finding], lead: Duration) {
        do {
            let server = try await server()
            return (Self.findings(server, connections: connections), server.clockLead)
        } catch {
            return ([Doctor.unreachable(.postgres(url: ""), error)], .zero)
        }
    }

    private func server() async throws -> Server {
        var server = Server()
        server.state = try await database.read { connection in try PostgresServerState(on: connection) }
        server.roundTrip = .seconds(60)
        let stopwatch = ContinuousClock()
        for _ in 0..<Self.roundTrips {
            let before = clock.now()
            let start = stopwatch.now
            let there = try await database.read { connection in try connection.first(ServerQueries.time) }
            let roundTrip = stopwatch.now - start
            guard roundTrip < server.roundTrip, let there else { continue }
            server.roundTrip = roundTrip
            // The server read its clock about half a round trip after we read ours.
            let lead = there.microseconds - (before + roundTrip / 2).microseconds
            server.clockLead = .microseconds(lead)
        }
        return server
    }

    /// What to say of a server.
    static func findings(_ server: Server, connections: Int) -> [Finding] {
        [version(server), room(server, connections), roundTrip(server), clock(server)] + durability(server)
    }

    private static func version(_ server: Server) -> Finding {
        let name =
            "PostgreSQL \(server.state.version / 10_000).\(server.state.version % 10_000), \(server.state.encoding)"
        if server.state.version < oldestVersion {
            return .bad("database", name, remedy: "upgrade it: version 15 is the oldest that is supported")
        }
        if server.state.encoding != "UTF8" {
            return .bad("database", name, remedy: "make the database anew with ENCODING 'UTF8'")
        }
        if server.state.isStandby {
            return .bad("database", "\(name), a standby that only reads", remedy: "name the primary in --database-url")
        }
        return .good("database", name)
    }

    private static func room(_ server: Server, _ connections: Int) -> Finding {
        let free = server.state.connectionsLimit - server.state.reservedConnections
        let text = "\(free) for everybody, a recollect server takes up to \(connections)"
        guard free >= connections * 2 else {
            return .warning("connections", text, remedy: "raise max_connections, or put a pooler in between")
        }
        return .good("connections", "\(text): enough for \(free / connections) servers")
    }

    private static func roundTrip(_ server: Server) -> Finding {
        let microseconds = Int(server.roundTrip / .microseconds(1))
        let text = "\(microseconds / 1000).\(String(1000 + microseconds % 1000).dropFirst()) ms a round trip"
        guard server.roundTrip < slowRoundTrip else {
            let remedy = "run the server nearer to its database: a recall waits for one round trip"
            return .warning("latency", text, remedy: remedy)
        }
        return .good("latency", text)
    }

    private static func clock(_ server: Server) -> Finding {
        let difference = server.clockLead < .zero ? .zero - server.clockLead : server.clockLead
        let side = server.clockLead < .zero ? "behind" : "ahead of"
        let text = "the database's is \(Int(difference / .milliseconds(1))) ms \(side) this machine's"
        let remedy = "set both by NTP: servers go by the database's, their logs and certificates by this one"
        if difference >= clockTolerance { return .warning("clock", text, remedy: remedy) }
        return .good("clock", text)
    }

    private static func durability(_ server: Server) -> [Finding] {
        guard server.state.fsync != "on" || server.state.synchronousCommit == "off" else { return [] }
        return [
            .warning(
                "durability",
                "fsync is \(server.state.fsync), synchronous_commit \(server.state.synchronousCommit)",
                remedy: "with either off, what was acknowledged can be lost in a crash"
            )
        ]
    }
}
