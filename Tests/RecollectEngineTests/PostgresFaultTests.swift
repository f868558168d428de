import Foundation
import RecollectEngine
import RecollectPostgres
import RecollectTestSupport
import Synchronization
import Testing

/// A table of one row, on a database that is reached through a proxy.
private struct Counter: Sendable {
    let proxy: FaultyProxy
    /// The URL that leads through the proxy.
    let url: String
    let database: PostgresDatabase
    let name: String

    /// Adds one to the row.
    func increment() async throws {
        _ = try await database.write { connection in try connection.run(incrementing, []) }
    }

    var incrementing: Statement { Statement("UPDATE \(name) SET value = value + 1") }

    func expect(_ expected: Int, _ location: SourceLocation = #_sourceLocation) async throws {
        let found = try await value()
        #expect(found == expected, sourceLocation: location)
    }

    func value() async throws -> Int? {
        try await database.read { connection in try value(on: connection) }
    }

    func value(on connection: any Connection) throws(EngineError) -> Int? {
        try connection.rows(Statement("SELECT value FROM \(name)"), []) { columns throws(EngineError) -> Int in
            try columns.next()
        }.first
    }
}

/// Runs a test with a database whose requests wait for it longer than a busy machine takes, unless it is about that.
private func withCounter(
    connections: Int = 2,
    patience: Duration = .seconds(60),
    _ body: (Counter) async throws -> Void
) async throws {
    try await FaultyProxy.with { proxy, url in
        let database = try await PostgresDatabase(
            url: url,
            connections: connections,
            pooler: EngineKind.pooler,
            patience: patience
        )
        let name = "counter_\(ProcessInfo.processInfo.globallyUniqueString.filter(\.isHexDigit))"
        _ = try await database.write { connection in
            try connection.run(Statement("CREATE TABLE \(name) (value BIGINT NOT NULL)"), [])
            try connection.run(Statement("INSERT INTO \(name) VALUES (0)"), [])
        }
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(Counter(proxy: proxy, url: url, database: database, name: name)))
        } catch {
            outcome = .failure(error)
        }
        _ = try? await database.write { connection in try connection.run(Statement("DROP TABLE \(name)"), []) }
        await database.close()
        try outcome.get()
    }
}

/// What holds when the connection to PostgreSQL, or PostgreSQL itself, goes away and comes back.
@Suite(.enabled(if: EngineKind.available.contains(.postgres)), .timeLimit(.minutes(10)))
struct `A database that goes away` {
    /// Until when all requests are refused that wait for a database that is away: their patience, and much for a busy machine,
    /// but less than if one waited after the other.
    private static let bound = Duration.seconds(30)

    @Test func `a transaction cut before its commit is repeated, and applied once`() async throws {
        try await withCounter { counter in
            let runs = Mutex(0)
            let value = try await counter.database.write { connection in
                _ = try connection.run(counter.incrementing, [])
                let run = runs.withLock { runs in
                    runs += 1
                    return runs
                }
                if run < 3 { counter.proxy.cut() }
                return try counter.value(on: connection)
            }
            #expect(value == 1)
            #expect(runs.withLock(\.self) == 3)
            try await counter.expect(1)
        }
    }

    @Test func `a commit that was applied unheard is not repeated`() async throws {
        try await withCounter { counter in
            counter.proxy.prepare(.afterCommit)
            let error = await #expect(throws: EngineError.self) { try await counter.increment() }
            #expect(error?.kind == .unavailable)
            try await counter.expect(1)
        }
    }

    @Test func `a commit that the database never saw is not repeated either`() async throws {
        try await withCounter { counter in
            counter.proxy.prepare(.beforeCommit)
            let error = await #expect(throws: EngineError.self) { try await counter.increment() }
            #expect(error?.kind == .unavailable)
            try await counter.expect(0)
        }
    }

    @Test func `what nobody waits for is lost with its commit, or applied with it`() async throws {
        try await withCounter { counter in
            _ = try await counter.database.write { connection in
                for _ in 0..<200 { try connection.runLater(counter.incrementing, []) }
            }
            try await counter.expect(200)
            counter.proxy.prepare(.beforeCommit)
            await #expect(throws: EngineError.self) {
                try await counter.database.write { connection in try connection.runLater(counter.incrementing, []) }
            }
            try await counter.expect(200)
        }
    }

    @Test func `a failure of what nobody waits for fails the transaction`() async throws {
        try await withCounter { counter in
            let error = await #expect(throws: EngineError.self) {
                try await counter.database.write { connection in
                    try connection.runLater(counter.incrementing, [])
                    try connection.runLater(Statement("UPDATE no_such_table SET value = 1"), [])
                }
            }
            #expect(error?.kind == .statement)
            try await counter.expect(0)
            try await counter.increment()
            try await counter.expect(1)
        }
    }

    @Test func `a read cut halfway is repeated`() async throws {
        try await withCounter { counter in
            for consistency in [ReadConsistency.statement, .snapshot] {
                let runs = Mutex(0)
                let value = try await counter.database.read(consistency) { connection in
                    let first = try counter.value(on: connection)
                    let run = runs.withLock { runs in
                        runs += 1
                        return runs
                    }
                    if run == 1 { counter.proxy.cut() }
                    return try counter.value(on: connection) == first
                }
                #expect(value)
                #expect(runs.withLock(\.self) == 2)
            }
        }
    }

    @Test func `connections cut while nobody uses them are made again unnoticed`() async throws {
        try await withCounter(connections: 4) { counter in
            for _ in 0..<5 {
                try await withThrowingTaskGroup { group in
                    for _ in 0..<8 { group.addTask { try await counter.increment() } }
                    try await group.waitForAll()
                }
                counter.proxy.cut()
            }
            try await counter.expect(40)
            #expect(counter.database.figures.reconnects >= 5)
        }
    }

    @Test func `a database that is away is waited for, and then refused`() async throws {
        try await withCounter(patience: PostgresDatabase.defaultPatience) { counter in
            counter.proxy.leave()
            let start = ContinuousClock.now
            await withTaskGroup { group in
                for _ in 0..<20 {
                    group.addTask {
                        let error = await #expect(throws: EngineError.self) { try await counter.increment() }
                        #expect(error?.kind == .unavailable)
                    }
                    group.addTask {
                        _ = await #expect(throws: EngineError.self) { try await counter.value() }
                    }
                }
            }
            #expect(start.duration(to: .now) < Self.bound)
            #expect(counter.database.figures.refused == 40)
            try counter.proxy.comeBack()
            try await counter.increment()
            try await counter.expect(1)
        }
    }

    @Test func `requests under way while the database is away for a moment notice nothing`() async throws {
        try await withCounter(connections: 4) { counter in
            counter.proxy.leave()
            try await withThrowingTaskGroup { group in
                for _ in 0..<20 { group.addTask { try await counter.increment() } }
                group.addTask {
                    try await Task.sleep(for: .milliseconds(500))
                    try counter.proxy.comeBack()
                }
                try await group.waitForAll()
            }
            try await counter.expect(20)
        }
    }

    @Test func `a pool that is closed while its database is away ends`() async throws {
        try await withCounter { counter in
            let other = try await PostgresDatabase(url: counter.url, connections: 2, pooler: EngineKind.pooler)
            counter.proxy.leave()
            await withTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask {
                        _ = await #expect(throws: EngineError.self) {
                            try await other.read { connection in try counter.value(on: connection) }
                        }
                    }
                }
                group.addTask { await other.close() }
            }
            await other.close()
            try counter.proxy.comeBack()
        }
    }
}
