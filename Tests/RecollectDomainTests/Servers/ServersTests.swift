import Dispatch
import RecollectDomain
import RecollectEngine
import RecollectTestSupport
import RecollectVocabulary
import Synchronization
import Testing

@Suite struct `Servers of one database` {
    @Test(arguments: EngineKind.available)
    func `know each other while they beat, and forget who is silent`(on engine: EngineKind) async throws {
        try await withMemory(on: engine) { test in
            let (first, second) = (test.memory.servers, test.anotherServer().servers)
            let ids = (0..<2).map { ServerID(bits: UInt128($0) + 1) }
            #expect(first.count == 1)
            try await first.beat(ids[0], name: "a:1")
            try await second.beat(ids[1], name: "b:2")
            try await first.beat(ids[0], name: "a:1")
            #expect((first.count, second.count) == (2, 2))
            let expected = zip(ids, ["a:1", "b:2"]).map {
                RunningServer(id: $0, name: $1, seenAt: test.clock.now())
            }
            #expect(try await first.list() == expected)

            test.clock.advance(by: ServerLimits.silence - .seconds(1))
            try await first.beat(ids[0], name: "a:1")
            #expect(first.count == 2)
            test.clock.advance(by: .seconds(2))
            #expect(try await first.list().map(\.id) == [ids[0]])
            try await first.beat(ids[0], name: "a:1")
            #expect(first.count == 1)
            #expect(try await test.rowCount(of: "server") == 1)
            try await second.beat(ids[1], name: "b:2")
            #expect(second.count == 2)
        }
    }

    @Test(arguments: EngineKind.available)
    func `end no session that is at work`(on engine: EngineKind) async throws {
        try await withMemory(on: engine) { test in
            let (began, beginning) = AsyncStream.makeStream(of: Void.self)
            let mayEnd = DispatchSemaphore(value: 0)
            let runs = Atomic(0)
            async let work: Void = test.database.write { connection in
                _ = try connection.rows(Statement("SELECT 1"), []) { _ throws(EngineError) in 0 }
                beginning.finish()
                if runs.add(1, ordering: .relaxed).newValue == 1 { mayEnd.wait() }
            }
            for await _ in began {}
            let ending = await Task { try await test.anotherServer().servers.endStalledSessions() }.result
            mayEnd.signal()
            try await work
            try ending.get()
            // On a session that was ended it would have been done again on another.
            #expect(runs.load(ordering: .relaxed) == 1)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a job of a kind that a server does not know waits for one that does`(on engine: EngineKind) async throws {
        try await withMemory(on: engine) { test in
            let insert = Statement(
                "INSERT INTO job (job_id, kind, payload, due_at, attempts) VALUES ($1, 'new', '', 0, 0)",
                [JobID.self]
            )
            _ = try await test.database.write { connection in
                try connection.run(insert, [.bytes(JobID(bits: 1).bytes)])
            }
            await test.memory.jobs.runDueJobs()
            let untouched = try await test.database.read { connection in
                try connection.rows(Statement("SELECT attempts, due_at FROM job"), []) {
                    columns throws(EngineError) -> [Int] in [try columns.next(), try columns.next()]
                }
            }
            #expect(untouched == [[0, 0]])
        }
    }
}

@Suite struct `Request budgets` {
    private static let account = try? AccountSID("AC" + String(repeating: "0", count: 32))

    @Test(arguments: EngineKind.available)
    func `fill at the rate up to a second's worth, and go into debt by as much`(on engine: EngineKind) async throws {
        try await withMemory(on: engine) { test in
            let account = try #require(Self.account)
            let budgets = test.memory.requestBudgets
            func settle(_ admitted: Int) async throws -> Double? {
                try await budgets.settle([account: admitted], rate: 10)[account]
            }
            #expect(try await settle(4) == 6)
            #expect(try await settle(6) == 0)
            test.clock.advance(by: .milliseconds(500))
            #expect(try await settle(2) == 3)
            #expect(try await settle(8) == -5)
            #expect(try await settle(100) == -10)
            test.clock.advance(by: .seconds(60))
            #expect(try await settle(0) == 10)
            test.clock.advance(by: .seconds(-1))
            #expect(try await settle(0) == 0)
            test.clock.advance(by: .seconds(1))
            #expect(try await settle(0) == 10)
        }
    }
}
