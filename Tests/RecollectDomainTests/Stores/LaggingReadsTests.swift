import RecollectDomain
import RecollectEngine
import RecollectTestSupport
import RecollectVocabulary
import Testing

/// A replica that is away.
private struct AbsentDatabase: Database {
    var dialect: Dialect { .sqlite }

    func read<Result: Sendable>(
        _ consistency: ReadConsistency,
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        throw EngineError(.unavailable, "away")
    }

    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        throw EngineError(.unavailable, "away")
    }

    func close() async {}
}

@Suite struct `Reads that may lag` {
    @Test(arguments: EngineKind.available)
    func `a replica answers those who are content with it, and nobody else`(on engine: EngineKind) async throws {
        try await withMemory(on: engine) { test in
            // Another way to the same data, so that it shows which way was taken.
            let replica = StatementCounter(test.database)
            let server = test.anotherServer(replica: replica)
            let store = try await test.createStore("store", in: test.scope)
            let unasked = try await replica.count { _ = try await server.stores.fetch(store, in: test.scope) }
            #expect(unasked == 0)
            let reads = LaggingReads()
            #expect(!reads.areFromReplica)
            let asked = try await replica.count {
                _ = try await server.stores.fetch(store, in: test.scope.allowing(reads))
            }
            #expect(asked == 1)
            #expect(reads.areFromReplica)
        }
    }

    @Test(arguments: EngineKind.available)
    func `the primary answers while the replica is away, and where there is none`(on engine: EngineKind) async throws {
        try await withMemory(on: engine) { test in
            let store = try await test.createStore("store", in: test.scope)
            for server in [test.anotherServer(replica: AbsentDatabase()), test.memory] {
                let reads = LaggingReads()
                let found = try await server.stores.fetch(store, in: test.scope.allowing(reads))
                #expect(found.id == store)
                #expect(!reads.areFromReplica)
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `what a replica does not have is not looked for elsewhere`(on engine: EngineKind) async throws {
        try await withMemory(on: engine) { empty in
            try await withMemory(on: engine) { test in
                let store = try await test.createStore("store", in: test.scope)
                let server = test.anotherServer(replica: empty.database)
                let reads = LaggingReads()
                await #expect(throws: Rejection.self) {
                    try await server.stores.fetch(store, in: test.scope.allowing(reads))
                }
                #expect(reads.areFromReplica)
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `writes go to the primary`(on engine: EngineKind) async throws {
        try await withMemory(on: engine) { test in
            let server = test.anotherServer(replica: AbsentDatabase())
            let scope = test.scope.allowing(LaggingReads())
            _ = try await server.stores.create(StoreName("store"), description: nil, in: scope)
        }
    }
}
