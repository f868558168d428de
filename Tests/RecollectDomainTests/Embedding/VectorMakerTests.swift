import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Vectors of memories` {
    private static func makeVectors(_ recall: ProfileRecall) async {
        await recall.profile.memory.vectorMaker?.makeDueVectors()
    }

    /// The cosines of the observations recalled, by what they say; none for those without vectors.
    private static func cosines(_ recall: ProfileRecall, _ query: String) async throws -> [String: Double] {
        let found = try await recall.recall(RecallRequest(query: query, explains: true)).observations
        return Dictionary(
            uniqueKeysWithValues: found.compactMap { item in item.explanation?.cosine.map { (item.memory.text, $0) } }
        )
    }

    @Test(arguments: EngineKind.available)
    func `what is alike in meaning is found without a word in common`(on engine: EngineKind) async throws {
        try await withRecall(on: engine, embedder: WordEmbedder()) { recall in
            try await recall.observe("has a puppy", day: 1)
            try await recall.observe("drinks espresso", day: 2)
            try await recall.observe("took the train", day: 3)
            let request = try RecallRequest(query: "any pets, a cat or a dog?", observationsLimit: 1)
            #expect(try await recall.observations(request) == ["took the train"])
            await Self.makeVectors(recall)
            #expect(try await recall.observations(request) == ["has a puppy"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `until its vectors are made a newcomer is ranked by its words`(on engine: EngineKind) async throws {
        try await withRecall(on: engine, embedder: WordEmbedder()) { recall in
            try await recall.observe("has a puppy")
            await Self.makeVectors(recall)
            try await recall.observe("likes tea")
            #expect(try await recall.observations(RecallRequest(query: "tea")).first == "likes tea")
            #expect(try await Self.cosines(recall, "tea").keys.sorted() == ["has a puppy"])
            await Self.makeVectors(recall)
            #expect(try await Self.cosines(recall, "tea").count == 2)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a changed memory is not taken for what it was`(on engine: EngineKind) async throws {
        try await withRecall(on: engine, embedder: WordEmbedder()) { recall in
            let observations = ProfileObservations(recall.profile)
            let id = try await observations.createOne("likes coffee")
            await Self.makeVectors(recall)
            #expect((try await Self.cosines(recall, "espresso")["likes coffee"] ?? 0) > 0.5)
            try await observations.patch(id, content: "likes dogs")
            #expect(try await Self.cosines(recall, "espresso") == [:])
            await Self.makeVectors(recall)
            #expect((try await Self.cosines(recall, "espresso")["likes dogs"] ?? 1) < 0.5)
        }
    }

    @Test(arguments: EngineKind.available)
    func `summaries have vectors too, and deleted ones none`(on engine: EngineKind) async throws {
        try await withRecall(on: engine, embedder: WordEmbedder()) { recall in
            try await recall.summarise("about a journey")
            try await recall.summarise("about coffee")
            await Self.makeVectors(recall)
            let request = try RecallRequest(query: "train", summariesLimit: 1)
            let found = try await recall.recall(request).summaries
            #expect(found.map(\.memory.draft.content.text) == ["about a journey"])
            let profile = recall.profile
            try await profile.memory.summaries.delete(found[0].memory.id, in: profile.place, profile.scope)
            let left = try await recall.recall(request).summaries
            #expect(left.map(\.memory.draft.content.text) == ["about coffee"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `without the model words decide, and what was missed is made when it is back`(
        on engine: EngineKind
    ) async throws {
        let embedder = WordEmbedder()
        try await withRecall(on: engine, embedder: embedder) { recall in
            try await recall.observe("likes tea", day: 1)
            try await recall.observe("has a puppy", day: 2)
            embedder.misbehave(.isDown)
            await Self.makeVectors(recall)
            #expect(try await recall.observations(RecallRequest(query: "tea")).first == "likes tea")
            embedder.misbehave(nil)
            await Self.makeVectors(recall)
            #expect(try await Self.cosines(recall, "tea") == [:])
            recall.profile.test.clock.advance(by: .seconds(10))
            await Self.makeVectors(recall)
            #expect(try await Self.cosines(recall, "tea").count == 2)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a text that the model refuses holds up no other for long`(on engine: EngineKind) async throws {
        let embedder = WordEmbedder()
        try await withRecall(on: engine, embedder: embedder) { recall in
            for content in ["likes tea", "poison", "has a puppy"] { try await recall.observe(content) }
            embedder.misbehave(.refuses("poison"))
            for _ in 0..<4 {
                await Self.makeVectors(recall)
                recall.profile.test.clock.advance(by: .seconds(10))
            }
            #expect(try await Self.cosines(recall, "tea").keys.sorted() == ["has a puppy", "likes tea"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a change of model makes all vectors of a store anew while recall stays up`(
        on engine: EngineKind
    ) async throws {
        try await withRecall(on: engine, embedder: WordEmbedder("old")) { recall in
            for content in ["likes tea", "has a puppy"] { try await recall.observe(content) }
            try await recall.summarise("about a journey")
            await Self.makeVectors(recall)
            let profile = recall.profile
            let successor = profile.test.anotherServer(embedder: WordEmbedder("new"))
            let later = ProfileRecall(profile: profile, memory: successor)
            #expect(try await later.observations(RecallRequest(query: "tea")).first == "likes tea")
            #expect(try await Self.cosines(later, "tea") == [:])
            await successor.vectorMaker?.adoptStores()
            await successor.jobs.runDueJobs()
            await successor.vectorMaker?.makeDueVectors()
            #expect(try await Self.cosines(later, "tea").count == 2)
            // The server of the old model ranks by words, and leaves the store to its successor.
            #expect(try await Self.cosines(recall, "tea") == [:])
            await Self.makeVectors(recall)
            #expect(try await Self.cosines(later, "tea").count == 2)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a model that comes later makes the vectors of what was there`(on engine: EngineKind) async throws {
        try await withRecall(on: engine) { recall in
            try await recall.observe("has a puppy")
            let server = recall.profile.test.anotherServer(embedder: WordEmbedder())
            await server.vectorMaker?.adoptStores()
            await server.jobs.runDueJobs()
            await server.vectorMaker?.makeDueVectors()
            let later = ProfileRecall(profile: recall.profile, memory: server)
            #expect(try await Self.cosines(later, "dog").count == 1)
            // The server without a model queues what it writes for the one that has one.
            try await recall.observe("likes tea")
            await server.vectorMaker?.makeDueVectors()
            #expect(try await Self.cosines(later, "dog").count == 2)
        }
    }

    @Test(arguments: EngineKind.available)
    func `two servers make each vector once`(on engine: EngineKind) async throws {
        let (one, other) = (WordEmbedder(), WordEmbedder())
        try await withRecall(on: engine, embedder: one) { recall in
            for number in 0..<200 { try await recall.observe("fact \(number)") }
            let server = recall.profile.test.anotherServer(embedder: other)
            await withTaskGroup { group in
                group.addTask { await Self.makeVectors(recall) }
                group.addTask { await server.vectorMaker?.makeDueVectors() }
            }
            #expect(one.count + other.count == 200)
            let found = try await recall.recall(RecallRequest(query: "fact", observationsLimit: 100, explains: true))
            #expect(found.observations.allSatisfy { $0.explanation?.cosine != nil })
        }
    }
}
