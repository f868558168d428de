import Foundation
import RecollectEngine
import RecollectPostgres
import RecollectTestSupport
import Testing

private let create = Statement("CREATE TABLE word (word {text} NOT NULL)")
private let insert = Statement("INSERT INTO word VALUES ('x')")

extension Database {
    /// A value of a query that has one.
    fileprivate func value<Value: SQLReadable & Sendable>(_ text: String, as type: Value.Type) async throws -> Value? {
        try await read { connection in
            try connection.rows(Statement(text), []) { columns throws(EngineError) -> Value in try columns.next() }
                .first
        }
    }
}

private func withDatabase(_ url: String, _ body: (PostgresDatabase) async throws -> Void) async throws {
    let database = try await PostgresDatabase(url: url, connections: 2)
    do {
        try await body(database)
    } catch {
        await database.close()
        throw error
    }
    await database.close()
}

/// What a URL may say, on PostgreSQL servers of the tests' own.
@Suite(.enabled(if: PostgresCluster.programs != nil), .serialized, .timeLimit(.minutes(10)))
struct `Servers that a URL names` {
    @Test func `of a primary and its standby the primary is used, whichever is named first`() async throws {
        try await PostgresCluster.withFolder { folder in
            try await PostgresCluster.withPrimary(in: folder) { primary in
                try await primary.withStandby { standby in
                    for ports in [(primary.port, standby.port), (standby.port, primary.port)] {
                        let hosts = "127.0.0.1:\(ports.0),127.0.0.1:\(ports.1)"
                        try await withDatabase("postgres://postgres@\(hosts)/postgres") { database in
                            let isStandby = try await database.value(
                                "SELECT pg_is_in_recovery()",
                                as: Bool.self
                            )
                            #expect(isStandby == false)
                        }
                    }
                    try await useReplica(standby, of: primary)
                    try await failOver(from: primary, to: standby)
                }
            }
        }
    }

    /// A standby answers reads, refuses writes, and is no longer asked once it is away.
    private func useReplica(_ standby: PostgresCluster, of primary: PostgresCluster) async throws {
        let hosts = "127.0.0.1:\(primary.port),127.0.0.1:\(standby.port)"
        let replica = try PostgresDatabase(replicaURL: "postgres://postgres@\(hosts)/postgres", connections: 1)
        let isStandby = try await replica.value("SELECT pg_is_in_recovery()", as: Bool.self)
        #expect(isStandby == true)
        let error = await #expect(throws: EngineError.self) {
            try await replica.write { connection in try connection.run(create, []) }
        }
        #expect(error?.kind == .unavailable)
        await replica.close()
        let away = try PostgresDatabase(replicaURL: "postgres://postgres@127.0.0.1:1/postgres", connections: 1)
        for _ in 0..<3 {
            await #expect(throws: EngineError.self) { try await away.value("SELECT 1", as: Int.self) }
        }
        await away.close()
    }

    /// What was connected to a primary that is gone finds the standby that was promoted.
    private func failOver(from primary: PostgresCluster, to standby: PostgresCluster) async throws {
        let hosts = "127.0.0.1:\(primary.port),127.0.0.1:\(standby.port)"
        try await withDatabase("postgres://postgres@\(hosts)/postgres") { database in
            _ = try await database.write { connection in try connection.run(create, []) }
            primary.stop()
            try await withDatabase(standby.url) { promoting in
                let promoted = try await promoting.value("SELECT pg_promote()", as: Bool.self)
                #expect(promoted == true)
            }
            let written = try await database.write { connection in
                try connection.run(Statement("CREATE TABLE IF NOT EXISTS word (word {text} NOT NULL)"), [])
                return try connection.run(insert, [])
            }
            #expect(written == 1)
        }
    }

    @Test func `a server is believed by its certificate`() async throws {
        try await PostgresCluster.withFolder { folder in
            let (certificate, key) = try PostgresCluster.certify("localhost", as: "server", in: folder)
            let (stranger, _) = try PostgresCluster.certify("localhost", as: "stranger", in: folder)
            let options = "-c ssl=on -c ssl_cert_file=\(certificate) -c ssl_key_file=\(key)"
            try await PostgresCluster.withPrimary(in: folder, options: options) { cluster in
                let url = "postgres://postgres@localhost:\(cluster.port)/postgres?sslmode=verify-full&sslrootcert="
                try await withDatabase(url + certificate) { database in
                    let isEncrypted = try await database.value(
                        "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
                        as: Bool.self
                    )
                    #expect(isEncrypted == true)
                    // The socket of an encrypted connection is looked at like any other.
                    for _ in 0..<3 {
                        let one = try await database.write { connection in
                            try connection.rows(Statement("SELECT CAST(1 AS BIGINT)"), []) {
                                columns throws(EngineError) -> Int in try columns.next()
                            }
                        }
                        #expect(one == [1])
                    }
                }
                // Another's certificate, and another's name.
                await #expect(throws: EngineError.self) {
                    try await PostgresDatabase(url: url + stranger, connections: 1)
                }
                let byAddress = url.replacing("localhost", with: "127.0.0.1") + certificate
                await #expect(throws: EngineError.self) { try await PostgresDatabase(url: byAddress, connections: 1) }
            }
        }
    }

    @Test func `a server that restarts is used again by the next request`() async throws {
        try await PostgresCluster.withFolder { folder in
            try await PostgresCluster.withPrimary(in: folder) { cluster in
                try await withDatabase(cluster.url) { database in
                    _ = try await database.write { connection in try connection.run(create, []) }
                    for _ in 0..<2 {
                        cluster.stop()
                        try cluster.start("")
                        _ = try await database.write { connection in try connection.run(insert, []) }
                    }
                    let count = try await database.value("SELECT COUNT(*) FROM word", as: Int.self)
                    #expect(count == 2)
                }
            }
        }
    }

    @Test func `a server that takes few connections is used with those`() async throws {
        try await PostgresCluster.withFolder { folder in
            try await PostgresCluster.withPrimary(in: folder) { cluster in
                try await withDatabase(cluster.url) { database in
                    _ = try await database.write { connection in
                        try connection.run(Statement("CREATE ROLE few LOGIN CONNECTION LIMIT 2"), [])
                    }
                }
                let url = cluster.url.replacing("postgres@", with: "few@")
                let database = try await PostgresDatabase(url: url, connections: 8)
                try await withThrowingTaskGroup { group in
                    for _ in 0..<64 {
                        group.addTask {
                            let one = try await database.value(
                                "SELECT CAST(1 AS BIGINT) FROM pg_sleep(0.02)",
                                as: Int.self
                            )
                            #expect(one == 1)
                        }
                    }
                    try await group.waitForAll()
                }
                let figures = database.figures
                #expect(figures.open <= 2 && figures.failedConnects > 0)
                await database.close()
            }
        }
    }
}

/// How a URL is understood.
@Suite struct `Addresses of PostgreSQL` {
    @Test func `an address is shown without its password`() throws {
        let address = try PostgresAddress(url: "postgres://me:secret@a:1,b:2/memory?sslmode=require&password=secret")
        #expect(address.description == "postgres://me@a:1,b:2/memory")
    }

    @Test func `a URL that is none is refused`() {
        #expect(throws: EngineError.self) { try PostgresAddress(url: "postgres://a/b?no_such_parameter=1") }
    }

    @Test func `settings that a pooler cannot keep are refused`() async {
        let url = "postgres://127.0.0.1:1/x?options=-B%2010"
        let error = await #expect(throws: EngineError.self) {
            try await PostgresDatabase(url: url, connections: 1, pooler: .transaction)
        }
        #expect(error?.message.contains("pooler") == true)
    }
}
