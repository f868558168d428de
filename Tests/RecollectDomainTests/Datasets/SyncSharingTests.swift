import Foundation
import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Syncs among servers and callers` {
    @Test(arguments: EngineKind.available)
    func `two servers share one sync`(on engine: EngineKind) async throws {
        try await withSync(on: engine, pageLimit: 10) { people in
            people.dataset.append(people: 0..<100)
            let other = people.test.anotherServer(datasets: people.datasets)
            async let one: Void = people.run()
            async let two: Void = other.jobs.runDueJobs()
            _ = await (one, two)
            let sync = try await people.sync
            #expect(sync.status == .completed && sync.rowsApplied == 100)
            #expect(people.dataset.pages == 10)
        }
    }

    @Test(arguments: EngineKind.available, [1, 3])
    func `a server that has lost its lease applies nothing`(on engine: EngineKind, _ lostAt: Int) async throws {
        try await withSync(on: engine, pageLimit: 2) { people in
            people.dataset.append(people: 0..<7)
            let other = people.test.anotherServer(datasets: people.datasets)
            people.dataset.afterPage { page in
                guard page == lostAt else { return }
                // While this page is on its way, the lease runs out and another server does it all.
                people.test.clock.advance(by: .seconds(11))
                await other.jobs.runDueJobs()
                people.dataset.append(["p0@example.com", "Later"])
                people.test.clock.advance(by: SyncStore.interval)
                await other.jobs.runDueJobs()
            }
            await people.run()
            let sync = try await people.sync
            #expect(sync.status == .completed && sync.rowsApplied == 8)
            #expect(try await people.names(of: "p0@example.com") == ["Later"])
            #expect(try await people.profileCount == 7)
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `the lease is prolonged while a page is on its way`() async throws {
        try await withSync(on: .sqlite) { people in
            people.dataset.append(people: 0..<3)
            let other = people.test.anotherServer(datasets: people.datasets)
            people.dataset.afterPage { page in
                guard page == 1 else { return }
                people.test.clock.advance(by: .seconds(9))
                await people.jobIsDue(at: people.test.clock.now() + .seconds(10))
                people.test.clock.advance(by: .seconds(9))
                await other.jobs.runDueJobs()
            }
            await people.run()
            let sync = try await people.sync
            #expect(people.dataset.pages == 1 && sync.rowsApplied == 3)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a program that reads no datasets leaves syncs to the servers`(on engine: EngineKind) async throws {
        try await withSync(on: engine) { people in
            people.dataset.append(people: 0..<1)
            let operation = try await people.start()
            await people.test.memory.jobs.runDueJobs()
            #expect(try await people.sync.status == .pending)
            #expect(try await people.operation(operation).status == .running)
            people.test.clock.advance(by: .seconds(2))
            await people.run()
            #expect(try await people.sync.status == .completed)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a run that a server left behind is ended by another`(on engine: EngineKind) async throws {
        try await withSync(on: engine, pageLimit: 2) { people in
            people.dataset.append(people: 0..<5)
            let operation = try await people.start()
            let run = Task { await people.run() }
            people.dataset.afterPage { page in
                if page == 2 { run.cancel() }
            }
            await run.value
            people.dataset.afterPage(nil)
            #expect(try await people.sync.rowsApplied <= 4)
            people.test.clock.advance(by: .seconds(11))
            await people.test.anotherServer(datasets: people.datasets).jobs.runDueJobs()
            #expect(try await people.sync.rowsApplied == 5)
            #expect(try await people.operation(operation).counts == OperationCounts(created: 5))
        }
    }

    @Test(arguments: EngineKind.available)
    func `a sync asked for runs at once, and its operation ends with it`(on engine: EngineKind) async throws {
        try await withSync(on: engine) { people in
            await people.run()
            people.dataset.append(people: 0..<3)
            people.dataset.append(["", "nobody"])
            let operation = try await people.start()
            #expect(try await people.operation(operation).status == .running)
            // What is asked for twice is one run.
            #expect(try await people.start() == operation)
            #expect(try await people.sync.operation == operation)
            await people.run()
            let ended = try await people.operation(operation)
            #expect(ended.status == .completed && ended.counts == OperationCounts(created: 3, failed: 1))
            #expect(ended.resourceID == "\(people.mapping)")
            #expect(try await people.sync.operation == nil)
            #expect(try await people.start() != operation)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a mapping of columns has nothing to sync`(on engine: EngineKind) async throws {
        try await withSync(on: engine) { people in
            let mapping = try await people.store.map("Columns", from: ingress(["a"]), ["a > Contact.email"])
            let mappings = people.memory.dataMappings
            let (id, scope) = (people.store.id, people.store.scope)
            #expect(await people.store.refusal { try await mappings.sync(mapping, of: id, in: scope) } == .notFound)
            #expect(
                await people.store.refusal { try await mappings.syncState(mapping, of: id, in: scope) } == .notFound
            )
            let stranger = try await people.test.otherAccount()
            #expect(
                await people.store.refusal { try await mappings.sync(people.mapping, of: id, in: stranger) }
                    == .storeNotFound
            )
        }
    }

    @Test(arguments: EngineKind.available)
    func `a deleted mapping leaves nothing of its sync, and its operation fails`(on engine: EngineKind) async throws {
        try await withSync(on: engine) { people in
            people.dataset.append(["", "nobody"])
            await people.run()
            let operation = try await people.start()
            try await people.store.deleteMapping(people.mapping)
            #expect(try await people.operation(operation).failure == "the data mapping was deleted")
            await people.run()
            for table in ["data_mapping_sync", "data_mapping_sync_error", "job"] {
                #expect(try await people.test.rowCount(of: table) == 0, "\(table)")
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `a deleted store takes its syncs along`(on engine: EngineKind) async throws {
        try await withSync(on: engine) { people in
            people.dataset.append(["", "nobody"])
            await people.run()
            let operation = try await people.start()
            _ = try await people.test.memory.stores.delete(people.store.id, in: people.store.scope)
            await people.run()
            for table in ["data_mapping_sync", "data_mapping_sync_error", "job"] {
                #expect(try await people.test.rowCount(of: table) == 0, "\(table)")
            }
            #expect(try await people.operation(operation).status == .failed)
        }
    }

    @Test(arguments: EngineKind.available)
    func `files of a folder become profiles`(on engine: EngineKind) async throws {
        try await withFolder { folder in
            let files = CSVFolder(path: folder.path, clock: ManualClock())
            try await withMemory(on: engine) { test in
                try "E-Mail,First\nann@example.com,Ann\n,Nobody\n"
                    .write(to: folder.appending(path: "1.csv"), atomically: true, encoding: .utf8)
                let id = try await test.createStore("support", in: test.scope)
                let store = TestStore(test: test, id: id, scope: test.scope)
                let mapping = try await store.map("People", from: cloudApp(), ["E-Mail > Contact.email"])
                try await test.anotherServer(datasets: SyncStore.datasets(files)).jobs.runDueJobs()
                let (sync, refused) = try await test.memory.dataMappings.syncState(mapping, of: id, in: test.scope)
                #expect(sync.status == .completed && sync.rowsApplied == 1)
                #expect(refused.map(\.place) == ["1.csv, line 3"])
                #expect(try await test.rowCount(of: "profile") == 1)
            }
        }
    }
}
