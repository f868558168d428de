import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Syncs of data mappings` {
    @Test(arguments: EngineKind.available)
    func `rows become profiles, and each run reads what is new`(on engine: EngineKind) async throws {
        try await withSync(on: engine, pageLimit: 2) { people in
            #expect(try await people.sync.status == .pending)
            people.dataset.append(people: 0..<5)
            await people.run()
            var sync = try await people.sync
            #expect(sync.status == .completed && sync.failure == nil)
            #expect(sync.rowsApplied == 5 && sync.counts == OperationCounts(created: 5))
            #expect(sync.cursor?.text == "row 5")
            #expect(sync.startedAt == people.test.clock.now() && sync.finishedAt == people.test.clock.now())
            #expect(sync.nextDueAt == people.test.clock.now() + SyncStore.interval)
            #expect(try await people.names(of: "p4@example.com") == ["P4"])

            people.dataset.append(["p1@example.com", "New"], ["p9@example.com", "P9"])
            await people.run()
            #expect(try await people.sync.rowsApplied == 5)
            await people.runNext()
            sync = try await people.sync
            #expect(sync.rowsApplied == 7 && sync.counts == OperationCounts(created: 1, updated: 1))
            #expect(try await people.names(of: "p1@example.com") == ["New"])
            await people.runNext()
            #expect(try await people.sync.counts == OperationCounts())
            #expect(try await people.profileCount == 6)
        }
    }

    @Test(arguments: EngineKind.available)
    func `the same customer by dataset and by API is one profile`(on engine: EngineKind) async throws {
        try await withSync(on: engine) { people in
            let known = try await people.test.profile(
                ["email": "P0@example.com", "lastName": "X"],
                in: people.store.id
            )
            people.dataset.append(people: 0..<2)
            await people.run()
            _ = try await people.test.profile(["email": "p1@example.com", "firstName": "By API"], in: people.store.id)
            #expect(try await people.profileCount == 2)
            #expect(try await people.sync.counts == OperationCounts(created: 1, updated: 1))
            #expect(try await people.names(of: "p0@example.com") == ["P0"])
            #expect(try await people.names(of: "p1@example.com") == ["By API"])
            let email = try IdentifierType("email")
            let found = try await people.test.memory.identifiers
                .lookup("p0@example.com", ofType: email, in: people.store.id, people.store.scope)
            #expect(found.profiles == [known.profile])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a row that is wrong is recorded, and the rest applied`(on engine: EngineKind) async throws {
        try await withSync(on: engine) { people in
            try await people.store.create("Plan", [draft("seats", .number)])
            let change = DataMappingChange(
                mappings: try mappings(["E-Mail > Contact.email", "First > Plan.seats"])
            )
            try await people.store.patchMapping(people.mapping, with: change)
            people.dataset.append(
                ["a@example.com", "3"],
                ["b@example.com", "many"],
                ["", "4"],
                ["c@example.com", "5"]
            )
            people.dataset.append(["short"], ["nul\0@example.com", "1"], [String(repeating: "x", count: 70_000), "1"])
            await people.run()
            let sync = try await people.sync
            #expect(sync.status == .completed)
            #expect(sync.rowsApplied == 2 && sync.rowsRefused == 5)
            #expect(sync.counts == OperationCounts(created: 2, failed: 5))
            let refused = try await people.refused
            #expect(refused.map(\.place) == ["row 7", "row 6", "row 5", "row 3", "row 2"])
            #expect(refused.map(\.column) == ["E-Mail", "E-Mail", nil, nil, "First"])
            #expect(refused.last?.message == "must be a number")
            #expect(refused[2].message == "has 1 fields, the header 2")
        }
    }

    @Test(arguments: EngineKind.available)
    func `the latest 100 rows refused are kept`(on engine: EngineKind) async throws {
        try await withSync(on: engine, pageLimit: 150) { people in
            for number in 0..<160 { people.dataset.append(["", "nobody \(number)"]) }
            await people.run()
            #expect(try await people.sync.rowsRefused == 160)
            let refused = try await people.refused
            #expect(refused.count == 100)
            #expect(refused.first?.place == "row 160" && refused.last?.place == "row 61")
            #expect(try await people.test.rowCount(of: "data_mapping_sync_error") == 100)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a disabled mapping reads nothing, and goes on where it was when enabled`(on engine: EngineKind) async throws {
        try await withSync(on: engine, pageLimit: 2) { people in
            people.dataset.append(people: 0..<6)
            let operation = try await people.start()
            // Disabled in the middle: the page that is read then is not applied, nor any after it.
            people.dataset.afterPage { page in
                if page == 2 { try? await people.enable(false) }
            }
            await people.run()
            people.dataset.afterPage(nil)
            var sync = try await people.sync
            #expect(sync.status == .disabled && sync.rowsApplied == 2)
            #expect(try await people.operation(operation).failure == "the data mapping is disabled")
            await people.runNext()
            #expect(people.dataset.pages == 2)
            #expect(await people.store.refusal { try await people.start() } == .conflict)

            try await people.enable(true)
            await people.run()
            sync = try await people.sync
            #expect(sync.status == .completed && sync.rowsApplied == 6)
            #expect(try await people.profileCount == 6)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a mapping whose dataset is not registered says so`(on engine: EngineKind) async throws {
        try await withSync(on: engine, isRegistered: false) { people in
            await people.run()
            let sync = try await people.sync
            #expect(sync.status == .unregistered)
            #expect(
                sync.failure
                    == "no dataset tdi_dataset_\(String(repeating: "0", count: 26)) is registered for the account"
            )
            #expect(await people.store.refusal { try await people.start() } == .conflict)

            // A server with another configuration finds it.
            people.dataset.append(people: 0..<1)
            let datasets = try SyncStore.datasets(people.dataset, account: people.store.scope.account)
            people.test.clock.advance(by: .seconds(60))
            await people.test.anotherServer(datasets: datasets).jobs.runDueJobs()
            #expect(try await people.sync.status == .completed)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a dataset registered for an account is no other's`(on engine: EngineKind) async throws {
        try await withSync(on: engine, isRegistered: false) { people in
            people.dataset.append(people: 0..<1)
            let other = try await people.test.otherAccount().account
            let datasets = try SyncStore.datasets(people.dataset, account: other)
            await people.test.anotherServer(datasets: datasets).jobs.runDueJobs()
            #expect(try await people.sync.status == .unregistered)
            #expect(people.dataset.pages == 0)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a dataset that cannot be read is tried again, later each time, and says why`(
        on engine: EngineKind
    ) async throws {
        try await withSync(on: engine) { people in
            people.dataset.append(people: 0..<2)
            people.dataset.fail("the disk is away")
            let operation = try await people.start()
            await people.run()
            #expect(try await people.sync.status == .failed)
            #expect(try await people.sync.failure == "the disk is away")
            #expect(try await people.operation(operation).status == .failed)
            #expect(try await people.operation(operation).failure == "the disk is away")
            for pause in [1, 2, 4, 8] {
                let (now, pages) = (people.test.clock.now(), people.dataset.pages)
                #expect(try await people.sync.nextDueAt == now + .seconds(pause))
                await people.run()
                #expect(people.dataset.pages == pages)
                people.test.clock.advance(by: .seconds(pause))
                await people.run()
                #expect(people.dataset.pages == pages + 1)
            }
            people.dataset.fail(nil)
            await people.runNext()
            let sync = try await people.sync
            #expect(sync.status == .completed && sync.failure == nil && sync.failures == 0)
            #expect(sync.rowsApplied == 2)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a mapping that does not fit its dataset says which column is not there`(on engine: EngineKind) async throws {
        try await withSync(on: engine) { people in
            people.dataset.append(people: 0..<1)
            people.dataset.rename(["mail", "First"])
            await people.run()
            #expect(try await people.sync.failure == "E-Mail: is no column of the dataset")
            let change = DataMappingChange(mappings: try mappings(["mail > Contact.email"]))
            try await people.store.patchMapping(people.mapping, with: change)
            await people.run()
            #expect(try await people.sync.status == .completed)
            #expect(try await people.profileCount == 1)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a mapping to nothing that identifies a customer fails as a whole`(on engine: EngineKind) async throws {
        try await withSync(on: engine) { people in
            let change = DataMappingChange(mappings: try mappings(["First > Contact.firstName"]))
            try await people.store.patchMapping(people.mapping, with: change)
            people.dataset.append(people: 0..<1)
            await people.run()
            #expect(try await people.sync.failure?.hasPrefix("mappingTo: no column becomes a trait") == true)
            #expect(try await people.sync.rowsRefused == 0)
        }
    }
}
