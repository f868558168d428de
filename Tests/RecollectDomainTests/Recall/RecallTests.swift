import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Recall` {
    private static let facts = ["Likes green tea", "Lives in Paris", "Has two dogs"]

    private func contents(_ recollection: Recollection) -> [String] {
        recollection.observations.map(\.memory.draft.content.text)
    }

    private func withFacts(
        on engine: EngineKind,
        _ body: (TestMemory, ProfilePlace) async throws -> Void
    ) async throws {
        try await withPlace(on: engine) { test, place in
            let drafts = Self.facts.enumerated().map { day, content in
                draft(content, occurredAt: ManualClock.start + .seconds(day * 86400))
            }
            try await test.memory.observations.create(drafts, in: place, test.scope)
            try await body(test, place)
        }
    }

    @Test(arguments: EngineKind.available)
    func `without a query the most recent come first, without scores`(on engine: EngineKind) async throws {
        try await withFacts(on: engine) { test, place in
            for query in [nil, "", "  ", "what is the"] {
                let recalled = try await test.memory.recall.recall(RecallRequest(query: query), in: place, test.scope)
                #expect(contents(recalled) == Self.facts.reversed())
                #expect(recalled.observations.allSatisfy { $0.score == nil })
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `a query ranks by its words, and a threshold keeps the rest out`(on engine: EngineKind) async throws {
        try await withFacts(on: engine) { test, place in
            let all = try await test.memory.recall.recall(RecallRequest(query: "Any dog?"), in: place, test.scope)
            #expect(contents(all).first == "Has two dogs" && all.observations.count == 3)
            let some = try RecallRequest(query: "Any dog?", relevanceThreshold: 0.01)
            #expect(contents(try await test.memory.recall.recall(some, in: place, test.scope)) == ["Has two dogs"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `the spelled-out date of an item is among its words`(on engine: EngineKind) async throws {
        try await withFacts(on: engine) { test, place in
            let request = try RecallRequest(query: "on the 21st: 21 November", observationsLimit: 1)
            #expect(contents(try await test.memory.recall.recall(request, in: place, test.scope)) == ["Lives in Paris"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a range of time begins inclusive and ends exclusive, and a limit of 0 asks for none`(
        on engine: EngineKind
    ) async throws {
        try await withFacts(on: engine) { test, place in
            let begin = ManualClock.start + .seconds(86400)
            let ranged = try RecallRequest(begin: begin, end: begin + .seconds(86400))
            #expect(contents(try await test.memory.recall.recall(ranged, in: place, test.scope)) == ["Lives in Paris"])
            for query in [nil, "tea"] {
                let none = try RecallRequest(query: query, observationsLimit: 0)
                #expect(try await test.memory.recall.recall(none, in: place, test.scope).observations.isEmpty)
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `a write is recalled as soon as it is acknowledged, a deletion is not`(on engine: EngineKind) async throws {
        try await withFacts(on: engine) { test, place in
            let request = try RecallRequest(query: "violin", observationsLimit: 1, relevanceThreshold: 0.01)
            #expect(contents(try await test.memory.recall.recall(request, in: place, test.scope)) == [])
            let id = try await test.observation("Plays the violin", in: place)
            #expect(
                contents(try await test.memory.recall.recall(request, in: place, test.scope)) == ["Plays the violin"]
            )
            try await test.memory.observations.delete(id, in: place, test.scope)
            #expect(contents(try await test.memory.recall.recall(request, in: place, test.scope)) == [])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a warm profile costs one statement, a cold one four`(on engine: EngineKind) async throws {
        try await withFacts(on: engine) { test, place in
            let request = try RecallRequest(query: "tea")
            let cold = try await test.database.count {
                _ = try await test.memory.recall.recall(request, in: place, test.scope)
            }
            let warm = try await test.database.count {
                _ = try await test.memory.recall.recall(request, in: place, test.scope)
            }
            #expect((cold, warm) == (4, 1))
        }
    }
}
