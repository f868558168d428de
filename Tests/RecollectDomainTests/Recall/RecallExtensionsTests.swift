import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Recall beyond the contract` {
    @Test(arguments: EngineKind.available)
    func `a score is explained when that is asked for`(on engine: EngineKind) async throws {
        try await withRecall(on: engine) { recall in
            try await recall.observe("likes teas and cakes", day: -2)
            let request = try RecallRequest(query: "Tea or a cake or pie?", explains: true)
            let explanation = try #require(try await recall.recall(request).observations[0].explanation)
            #expect(explanation.matchedTerms == ["cake", "tea"])
            #expect(explanation.cosine == nil && explanation.lexical > 0)
            #expect(explanation.age == .seconds(2 * 86400))
            let plain = try await recall.recall(RecallRequest(query: "tea")).observations
            #expect(plain[0].explanation == nil)
        }
    }

    @Test(arguments: EngineKind.available)
    func `evidence is found, kept through changes, and read back`(on engine: EngineKind) async throws {
        try await withRecall(on: engine) { recall in
            let profile = recall.profile
            let provenance = Provenance(
                communicationIDs: [try CommunicationID("SM-1", field: ""), try CommunicationID("SM-2", field: "")],
                evidence: [
                    try EvidenceSnippet("Ada: my 12:30 train, 5:yes, is late — é 🚆", field: ""),
                    try EvidenceSnippet("3:you", field: ""),
                ]
            )
            let draft = ObservationDraft(
                content: try MemoryContent("Commutes", field: ""),
                source: .api,
                occurredAt: ProfileRecall.time(0),
                conversationIDs: [],
                provenance: provenance
            )
            try await profile.memory.observations.create([draft], in: profile.place, profile.scope)
            try await recall.observe("likes tea", day: 1)
            let found = try await recall.recall(RecallRequest(query: "late trains")).observations[0].memory
            #expect(found.draft == draft)
            let observations = ProfileObservations(profile)
            try await observations.patch(found.id, content: "Commutes by train")
            #expect(try await observations.fetch(found.id).draft.provenance == provenance)
            try await observations.patch(found.id, ObservationChange(communicationIDs: [], evidence: []))
            #expect(try await observations.fetch(found.id).draft.provenance == Provenance())
            let states = try await observations.revisions(of: found.id).rows.map(\.draft.provenance)
            #expect(states == [Provenance(), provenance, provenance])
        }
    }

    @Test(arguments: EngineKind.available)
    func `the best are packed into a budget of tokens`(on engine: EngineKind) async throws {
        try await withRecall(on: engine) { recall in
            try await recall.observe("tea tea", day: 1)
            try await recall.observe("tea " + String(repeating: "and cake ", count: 100), day: 2)
            try await recall.observe("milk", day: 3)
            try await recall.summarise("tea", day: 1)
            func packed(_ limit: Int, _ query: String?) async throws -> (texts: [String], tokens: Int?) {
                let found = try await recall.recall(RecallRequest(query: query, tokensLimit: limit))
                return (
                    found.observations.map(\.memory.text) + found.summaries.map(\.memory.draft.content.text),
                    found.tokens
                )
            }
            #expect(try await packed(0, "tea") == ([], 0))
            #expect(try await packed(4, "tea").texts == ["tea tea"])
            let few = try await packed(10, "tea")
            #expect(few.texts == ["tea tea", "milk", "tea"] && few.tokens == 10)
            #expect(try await packed(1000, "tea").texts.count == 4)
            #expect(try await packed(3, nil).texts == ["milk"])
            #expect(try await recall.recall(RecallRequest(query: "tea")).tokens == nil)
        }
    }

    @Test(arguments: EngineKind.available)
    func `words of a store's language are compared by its stems`(on engine: EngineKind) async throws {
        try await withRecall(on: engine) { recall in
            try await recall.observe("Fährt gern mit den Zügen", day: 1)
            try await recall.observe("Mag Kuchen", day: 2)
            let request = try RecallRequest(query: "Züge", relevanceThreshold: 0.001)
            #expect(try await recall.observations(request) == [])
            let profile = recall.profile
            _ = try await profile.memory.stores.patch(
                profile.place.store,
                with: StoreChange(displayName: nil, description: nil, language: .german),
                expecting: nil,
                in: profile.scope
            )
            #expect(try await recall.observations(request) == ["Fährt gern mit den Zügen"])
        }
    }
}

@Suite struct `Languages of stores` {
    @Test func `every language has its stems`() async throws {
        try await withRecall(on: .sqlite) { recall in
            try await recall.observe("tea")
            for language in MemoryLanguage.allCases {
                _ = try await recall.profile.memory.stores.patch(
                    recall.profile.place.store,
                    with: StoreChange(displayName: nil, description: nil, language: language),
                    expecting: nil,
                    in: recall.profile.scope
                )
                #expect(try await recall.observations(RecallRequest(query: "tea", relevanceThreshold: 0.01)) == ["tea"])
            }
        }
    }
}

@Suite struct `Recall as of a time` {
    @Test(arguments: EngineKind.available)
    func `the memory is recalled as it stood`(on engine: EngineKind) async throws {
        try await withRecall(on: engine) { recall in
            let clock = recall.profile.test.clock
            let observations = ProfileObservations(recall.profile)
            let before = clock.now() - .seconds(1)
            let id = try await observations.createOne("likes tea")
            let other = try await observations.createOne("has a dog")
            clock.advance(by: .seconds(60))
            try await observations.patch(id, content: "likes coffee")
            clock.advance(by: .seconds(60))
            try await observations.delete(other)
            clock.advance(by: .seconds(60))
            try await observations.patch(id, content: "likes water")
            let now = clock.now()
            func recalled(_ moment: Timestamp) async throws -> Set<String> {
                Set(try await recall.observations(RecallRequest(asOf: moment)))
            }
            #expect(try await recalled(before) == [])
            #expect(try await recalled(now - .seconds(121)) == ["likes tea", "has a dog"])
            #expect(try await recalled(now - .seconds(61)) == ["likes coffee", "has a dog"])
            #expect(try await recalled(now - .seconds(60)) == ["likes coffee"])
            #expect(try await recalled(now - .seconds(1)) == ["likes coffee"])
            #expect(try await recalled(now) == ["likes water"])
            let query = try RecallRequest(query: "tea", observationsLimit: 1, asOf: now - .seconds(121))
            #expect(try await recall.observations(query) == ["likes tea"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `changed and deleted summaries are recalled as they stood`(on engine: EngineKind) async throws {
        try await withRecall(on: engine) { recall in
            let profile = recall.profile
            let clock = profile.test.clock
            try await recall.summarise("about tea")
            let id = try await recall.recall(RecallRequest()).summaries[0].memory.id
            clock.advance(by: .seconds(60))
            let change = SummaryChange(content: try MemoryContent("about coffee", field: ""))
            try await profile.memory.summaries.patch(id, with: change, in: profile.place, profile.scope)
            clock.advance(by: .seconds(60))
            try await profile.memory.summaries.delete(id, in: profile.place, profile.scope)
            func recalled(_ ago: Int) async throws -> [String] {
                let request = try RecallRequest(asOf: clock.now() - .seconds(ago))
                return try await recall.recall(request).summaries.map(\.memory.draft.content.text)
            }
            #expect(try await recalled(61) == ["about tea"])
            #expect(try await recalled(1) == ["about coffee"])
            #expect(try await recalled(0) == [])
        }
    }

    @Test(arguments: EngineKind.available)
    func `what is erased is gone from the past too, also when it was deleted before`(
        on engine: EngineKind
    ) async throws {
        try await withRecall(on: engine) { recall in
            let profile = recall.profile
            let clock = profile.test.clock
            let observations = ProfileObservations(profile)
            let tea = try await observations.createOne("likes tea")
            let dog = try await observations.createOne("has a dog")
            try await observations.patch(tea, content: "loves tea")
            clock.advance(by: .seconds(60))
            try await observations.delete(dog)
            let past = try RecallRequest(asOf: clock.now() - .seconds(1))
            #expect(try await recall.observations(past).count == 2)
            for id in [tea, dog] {
                try await profile.memory.observations.delete(id, erasing: true, in: profile.place, profile.scope)
            }
            #expect(try await recall.observations(past) == [])
            let feature = profile.memory.observations
            #expect(
                await refusal {
                    try await feature.delete(dog, erasing: true, in: profile.place, profile.scope)
                } == .notFound
            )
        }
    }

    @Test(arguments: EngineKind.available)
    func `what a merged profile brought is there from the merge on`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let clock = store.test.clock
            let first = try await store.create(["email": "ann@example.com"])
            let second = try await store.create(["phone": "+13175550101"])
            try await store.observations(of: first).create(["likes tea"])
            try await store.observations(of: second).create(["likes cake"])
            clock.advance(by: .seconds(60))
            _ = try await store.create(["email": "ann@example.com", "phone": "+13175550101"])
            func recalled(_ moment: Timestamp) async throws -> Set<String> {
                let found = try await store.test.memory.recall.recall(
                    RecallRequest(asOf: moment),
                    in: ProfilePlace(store: store.id, profile: first),
                    store.test.scope
                )
                return Set(found.observations.map(\.memory.text))
            }
            #expect(try await recalled(clock.now() - .seconds(1)) == ["likes tea"])
            #expect(try await recalled(clock.now()) == ["likes tea", "likes cake"])
        }
    }
}
