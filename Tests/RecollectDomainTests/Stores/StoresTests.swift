import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Stores` {
    @Test(arguments: EngineKind.available)
    func `a name is unique in its account without regard to case`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            #expect(
                await store.refusal { try await store.test.createStore("SUPPORT", in: store.scope) } == .storeNameTaken
            )
            _ = try await store.test.createStore("support", in: store.test.otherAccount())
            let other = try await store.another()
            let change = StoreChange(displayName: try StoreName("Support"), description: nil)
            let refusal = await store.refusal {
                try await store.memory.stores.patch(other.id, with: change, expecting: nil, in: store.scope)
            }
            #expect(refusal == .storeNameTaken)
            // Its own name in another case is no other store's.
            _ = try await store.memory.stores.patch(store.id, with: change, expecting: nil, in: store.scope)
            let renamed = try await store.memory.stores.fetch(store.id, in: store.scope)
            #expect(renamed.displayName.text == "Support")
            #expect(renamed.version == 2)
        }
    }

    @Test(arguments: EngineKind.available)
    func `the limit of stores can be configured`(on engine: EngineKind) async throws {
        var limits = Memory.Limits()
        limits.stores.storesPerAccount = 1
        try await withMemory(on: engine, limits: limits) { test in
            let first = try await test.createStore("first", in: test.scope)
            await #expect(throws: Rejection.self) { try await test.createStore("second", in: test.scope) }
            _ = try await test.memory.stores.delete(first, in: test.scope)
            _ = try await test.createStore("second", in: test.scope)
        }
    }

    @Test(arguments: EngineKind.available)
    func `of 32 creators of one name one succeeds`(on engine: EngineKind) async throws {
        try await withMemory(on: engine) { test in
            let created = await withTaskGroup { tasks in
                for _ in 0..<32 {
                    tasks.addTask { try? await test.createStore("one", in: test.scope) }
                }
                return await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(created.compactMap(\.self).count == 1)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a deleted store leaves nothing behind`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            try await store.create("Plan", [draft("a", .string)])
            let operation = try await store.memory.stores.delete(store.id, in: store.scope)
            #expect(try await store.memory.operations.fetch(operation, in: store.scope).status == .running)
            #expect(await store.refusal { try await store.group("Plan") } == .storeNotFound)
            await store.memory.jobs.runDueJobs()
            #expect(try await store.memory.operations.fetch(operation, in: store.scope).status == .completed)
            for table in ["store", "trait_group", "trait_definition", "identity_settings", "identifier_config", "job"] {
                #expect(try await store.test.rowCount(of: table) == 0, "\(table)")
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `an operation is kept for seven days and is its account's alone`(on engine: EngineKind) async throws {
        try await withMemory(on: engine) { test in
            let operation = try await test.memory.stores.create(StoreName("s"), description: nil, in: test.scope)
            let stranger = try await test.otherAccount()
            await #expect(throws: Rejection.self) { try await test.memory.operations.fetch(operation, in: stranger) }
            test.clock.advance(by: Operation.lifetime)
            _ = try await test.memory.operations.fetch(operation, in: test.scope)
            test.clock.advance(by: .seconds(1))
            await #expect(throws: Rejection.self) { try await test.memory.operations.fetch(operation, in: test.scope) }
        }
    }
}
