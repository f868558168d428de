import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Data mappings` {
    @Test(arguments: EngineKind.available)
    func `a mapping is read back as it was written`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let source = try ingress(["E-Mail", "näme \"x\"", "unused"])
            let id = try await store.map("People.v1", from: source, ["E-Mail > contact.Email"], description: "é")
            let mapping = try await store.mapping(id)
            #expect(mapping.displayName.text == "People.v1")
            #expect(mapping.description?.text == "é")
            #expect(mapping.isEnabled)
            #expect(mapping.source == source)
            #expect(try mapping.mappings == mappings(["E-Mail > Contact.email"]))
            #expect(mapping.version == 1)
            #expect(mapping.updatedAt == mapping.id.createdAt)
            let dataset = try await store.map("Rows", from: cloudApp(), ["anything > Contact.phone"])
            #expect(try await store.mapping(dataset).source == cloudApp())
        }
    }

    @Test(arguments: EngineKind.available)
    func `a name is taken without regard to case`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let id = try await store.map("People", from: cloudApp(), ["a > Contact.email"])
            let other = try await store.map("Other", from: cloudApp(), ["a > Contact.email"])
            #expect(
                await store.refusal { try await store.map("PEOPLE", from: cloudApp(), ["a > Contact.email"]) }
                    == .dataMappingNameTaken
            )
            let rename = DataMappingChange(displayName: try DataMappingName("peoplE"))
            #expect(await store.refusal { try await store.patchMapping(other, with: rename) } == .dataMappingNameTaken)
            // Its own name in another case is no other mapping's.
            try await store.patchMapping(id, with: rename)
            #expect(try await store.mapping(id).displayName.text == "peoplE")
            try await store.another().map("People", from: cloudApp(), ["a > Contact.email"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a mapping leads to traits of the store`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let call = { (item: String) in try await store.map("M", from: ingress(["a"]), ["a > Contact.email", item]) }
            #expect(await store.refusal { try await call("a > Plan.tier") } == .controlPlanePayload)
            #expect(await store.refusal { try await call("a > Contact.tier") } == .controlPlanePayload)
            #expect(await store.refusal { try await call("b > Contact.phone") } == .controlPlanePayload)
            #expect(await store.refusal { try await call("a > contact.EMAIL") } == .controlPlanePayload)
            #expect(try await store.mappingNames().isEmpty)
            try await store.create("Plan", [draft("tier", .string)])
            let id = try await call("a > plan.Tier")
            #expect(try await store.mapping(id).mappings.items.last?.traitGroup == "Plan")
        }
    }

    @Test(arguments: EngineKind.available)
    func `a patch changes what is given and counts real changes`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let id = try await store.map("M", from: ingress(["a", "b"]), ["a > Contact.email"], description: "d")
            store.test.clock.advance(by: .seconds(60))
            try await store.patchMapping(id, with: DataMappingChange())
            try await store.patchMapping(
                id,
                with: DataMappingChange(isEnabled: true, mappings: mappings(["a > CONTACT.Email"]))
            )
            let first = try await store.mapping(id)
            #expect(first.version == 1)
            #expect(first.updatedAt == first.id.createdAt)
            let change = DataMappingChange(isEnabled: false, mappings: try mappings(["b > Contact.phone"]))
            try await store.patchMapping(id, with: change, expecting: .oneOf([1]))
            let second = try await store.mapping(id)
            #expect(second.version == 2)
            #expect(second.updatedAt == store.test.clock.now())
            #expect(!second.isEnabled)
            #expect(second.description?.text == "d")
            #expect(try second.mappings == mappings(["b > Contact.phone"]))
            #expect(
                await store.refusal { try await store.patchMapping(id, with: change, expecting: .oneOf([1])) }
                    == .staleVersion
            )
            let wrong = DataMappingChange(mappings: try mappings(["c > Contact.phone"]))
            #expect(await store.refusal { try await store.patchMapping(id, with: wrong) } == .controlPlanePayload)
            #expect(try await store.mapping(id) == second)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a deleted mapping is gone and its name free`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let id = try await store.map("M", from: cloudApp(), ["a > Contact.email"])
            try await store.deleteMapping(id)
            #expect(await store.refusal { try await store.mapping(id) } == .dataMappingNotFound)
            #expect(await store.refusal { try await store.deleteMapping(id) } == .dataMappingNotFound)
            #expect(
                await store.refusal { try await store.patchMapping(id, with: DataMappingChange()) }
                    == .dataMappingNotFound
            )
            try await store.map("m", from: cloudApp(), ["a > Contact.email"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a list shows one kind of source or all, page by page`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            for number in 1...5 {
                let source = try number.isMultiple(of: 2) ? cloudApp(number) : ingress(["a"])
                try await store.map("M\(number)", from: source, ["a > Contact.email"])
            }
            #expect(try await store.mappingNames(pageSize: 2) == ["M1", "M2", "M3", "M4", "M5"])
            #expect(try await store.mappingNames(from: .ingress, pageSize: 1) == ["M1", "M3", "M5"])
            #expect(try await store.mappingNames(from: .cloudApp) == ["M2", "M4"])
            #expect(try await store.mappingNames(from: .warehouse).isEmpty)
            let page = PageQuery<DataMappingID>(order: .descending, cursor: nil, isBackward: false, limit: 2)
            let slice = try await store.memory.dataMappings.list(page, from: nil, of: store.id, in: store.scope)
            #expect(slice.rows.map(\.displayName.text) == ["M5", "M4"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `what a mapping uses cannot be removed`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            try await store.create("Plan", [draft("tier", .string), draft("points", .number)])
            let id = try await store.map("People", from: ingress(["a"]), ["a > plan.tier"])
            #expect(await store.refusal { try await store.delete("PLAN") } == .conflict)
            #expect(await store.refusal { try await store.patch("plan", [draft("TIER", nil)]) } == .conflict)
            let message = await #expect(throws: Rejection.self) { try await store.patch("Plan", [draft("tier", nil)]) }
            #expect(
                message?.message
                    == "traits.tier: the data mapping People uses the trait tier: change or delete the mapping first"
            )
            try await store.patch("Plan", [draft("points", nil)])
            try await store.patchMapping(id, with: DataMappingChange(mappings: mappings(["a > Contact.email"])))
            try await store.patch("Plan", [draft("tier", nil)])
            try await store.patchMapping(id, with: DataMappingChange(isEnabled: false))
            try await store.delete("Plan")
        }
    }

    @Test(arguments: EngineKind.available)
    func `a mapping deleted frees its traits`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            try await store.create("Plan", [draft("tier", .string)])
            let id = try await store.map("People", from: ingress(["a"]), ["a > Plan.tier"])
            try await store.deleteMapping(id)
            try await store.delete("Plan")
        }
    }

    @Test(arguments: EngineKind.available)
    func `another account or store sees nothing of a mapping`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let id = try await store.map("M", from: cloudApp(), ["a > Contact.email"])
            let suggestion = try await store.suggest(from: ingress(["a"]))
            let stranger = store.acting(for: try await store.test.otherAccount())
            #expect(await store.refusal { try await stranger.mapping(id) } == .storeNotFound)
            #expect(await store.refusal { try await stranger.deleteMapping(id) } == .storeNotFound)
            #expect(await store.refusal { try await stranger.suggestion(suggestion) } == .storeNotFound)
            #expect(await store.refusal { try await stranger.suggest(from: cloudApp()) } == .storeNotFound)
            let other = try await store.another()
            #expect(await store.refusal { try await other.mapping(id) } == .dataMappingNotFound)
            #expect(await store.refusal { try await other.deleteMapping(id) } == .dataMappingNotFound)
            #expect(await store.refusal { try await other.suggestion(suggestion) } == .suggestionNotFound)
            #expect(try await other.mappingNames().isEmpty)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a deleted store leaves no mapping behind`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            try await store.map("M", from: cloudApp(), ["a > Contact.email"])
            _ = try await store.suggest(from: ingress(["a"]))
            _ = try await store.memory.stores.delete(store.id, in: store.scope)
            await store.memory.jobs.runDueJobs()
            for table in ["data_mapping", "data_mapping_trait", "data_mapping_suggestion"] {
                #expect(try await store.test.rowCount(of: table) == 0, "\(table)")
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `of 16 creators of one name one succeeds`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let refusals = await withTaskGroup { tasks in
                for _ in 0..<16 {
                    tasks.addTask {
                        await store.refusal { try await store.map("M", from: cloudApp(), ["a > Contact.email"]) }
                    }
                }
                return await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(refusals.filter { $0 == nil }.count == 1)
            #expect(refusals.filter { $0 == .dataMappingNameTaken }.count == 15)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a mapping and the removal of its trait never both succeed`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            for round in 0..<8 {
                try await store.create("Plan\(round)", [draft("tier", .string)])
                async let mapped = store.refusal {
                    try await store.map("M\(round)", from: cloudApp(), ["a > Plan\(round).tier"])
                }
                async let removed = store.refusal { try await store.delete("Plan\(round)") }
                let outcome = await (mapped, removed)
                #expect((outcome.0 == nil) != (outcome.1 == nil), "\(outcome)")
            }
        }
    }
}
