import Logging
import RecollectTestSupport
import RecollectVocabulary
import Testing

@testable import RecollectDomain
@testable import RecollectHTTP

/// Servers that share a limit on one database, at a standing clock.
private struct SharingServers {
    let test: TestMemory
    let limits: [SharedRateLimit]
    let account: AccountSID

    init(_ test: TestMemory, count: Int, rate: Double) {
        self.test = test
        account = test.scope.account
        limits = (0..<count).map { _ in
            SharedRateLimit(
                rate: rate,
                budget: SharedBudget(
                    servers: { count },
                    settle: { try await test.memory.requestBudgets.settle($0, rate: rate) }
                ),
                clock: test.clock,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
        }
    }

    /// How many of a server's requests are admitted.
    func admit(_ requests: Int, at server: Int) -> Int {
        (0..<requests).count { _ in (try? limits[server].admit(account)) != nil }
    }

    /// Lets some time pass, in which each server sends so many requests every tenth of a second; how many were admitted.
    func admitted(seconds: Int, requests: [Int]) async -> Int {
        var admitted = 0
        for _ in 0..<(10 * seconds) {
            for (server, count) in requests.enumerated() {
                admitted += admit(count, at: server)
                await limits[server].settle()
            }
            test.clock.advance(by: .milliseconds(100))
        }
        return admitted
    }
}

@Suite struct `A rate limit shared by servers` {
    /// Requests that each of three servers gets every tenth of a second; 10 a tenth are allowed.
    private static let spreads = [[20, 20, 20], [60, 0, 0], [50, 5, 1], [0, 30, 30]]

    @Test(arguments: EngineKind.available, spreads)
    func `admits what one server would, however requests are spread`(on engine: EngineKind, _ requests: [Int])
        async throws
    {
        try await withMemory(on: engine) { test in
            let servers = SharingServers(test, count: 3, rate: 100)
            let admitted = await servers.admitted(seconds: 10, requests: requests)
            #expect((950...1150).contains(admitted), "\(admitted)")
        }
    }

    @Test func `refuses nobody who keeps to it`() async throws {
        try await withMemory(on: .sqlite) { test in
            let servers = SharingServers(test, count: 3, rate: 100)
            #expect(await servers.admitted(seconds: 10, requests: [8, 0, 1]) == 900)
            #expect(await servers.admitted(seconds: 10, requests: [0, 9, 0]) == 900)
        }
    }

    @Test func `lets a burst at all servers pass once, and has it waited out`() async throws {
        try await withMemory(on: .sqlite) { test in
            let servers = SharingServers(test, count: 2, rate: 100)
            #expect((servers.admit(300, at: 0), servers.admit(300, at: 1)) == (50, 50))
            for limit in servers.limits { await limit.settle() }
            #expect(servers.admit(300, at: 0) + servers.admit(300, at: 1) <= 50)
            for limit in servers.limits { await limit.settle() }
            #expect((servers.admit(1, at: 0), servers.admit(1, at: 1)) == (0, 0))
        }
    }

    @Test func `asks nothing of the database for an account that sends little`() async throws {
        try await withMemory(on: .sqlite) { test in
            let servers = SharingServers(test, count: 2, rate: 100)
            for _ in 0..<10 { #expect(await servers.admitted(seconds: 1, requests: [0, 0]) == 0) }
            for _ in 0..<10 {
                #expect(servers.admit(4, at: 0) == 4)
                #expect(await servers.admitted(seconds: 2, requests: [0, 0]) == 0)
            }
            let rows = try await test.rowCount(of: "request_budget")
            #expect(rows == 0)
        }
    }

    @Test func `admits a server's part while the database cannot be asked`() async throws {
        try await withMemory(on: .sqlite) { test in
            let limit = SharedRateLimit(
                rate: 100,
                budget: SharedBudget(servers: { 2 }, settle: { _ in throw Rejection(.unavailable, "gone") }),
                clock: test.clock,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            var admitted = 0
            for _ in 0..<100 {
                admitted += (0..<20).count { _ in (try? limit.admit(test.scope.account)) != nil }
                await limit.settle()
                test.clock.advance(by: .milliseconds(100))
            }
            #expect((480...560).contains(admitted), "\(admitted)")
        }
    }
}
