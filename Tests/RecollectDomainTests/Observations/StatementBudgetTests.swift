import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

/// A statement inside a transaction is a round trip on PostgreSQL: each operation has a fixed number of them.
@Suite struct `Statement budgets of observations` {
    private func count(
        _ observations: ProfileObservations,
        _ work: () async throws -> Void
    ) async throws -> Int {
        try await observations.profile.test.database.count(work)
    }

    @Test(arguments: EngineKind.available)
    func `creating ten takes four statements`(on engine: EngineKind) async throws {
        try await withObservations(on: engine) { observations in
            let contents = (0..<10).map { "\($0)" }
            #expect(try await count(observations) { try await observations.create(contents) } == 4)
            #expect(try await count(observations) { try await observations.create(["one"]) } == 2)
            let linked = try await count(observations) {
                try await observations.create(["one"], conversations: [conversation(1)])
            }
            #expect(linked == 3)
        }
    }

    @Test(arguments: EngineKind.available)
    func `reading takes two statements`(on engine: EngineKind) async throws {
        try await withObservations(on: engine) { observations in
            let id = try await observations.createOne("a", conversations: [conversation(1)])
            let filter = ObservationFilter(conversationID: conversation(1))
            #expect(try await count(observations) { _ = try await observations.fetch(id) } == 2)
            #expect(try await count(observations) { _ = try await observations.contents() } == 2)
            #expect(try await count(observations) { _ = try await observations.contents(filter) } == 2)
            #expect(try await count(observations) { _ = try await observations.revisions(of: id) } == 2)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a change takes four statements, and two more when conversations change`(on engine: EngineKind) async throws {
        try await withObservations(on: engine) { observations in
            let id = try await observations.createOne("a", conversations: (0..<10).map(conversation))
            #expect(try await count(observations) { try await observations.patch(id, content: "b") } == 4)
            #expect(try await count(observations) { try await observations.patch(id, ObservationChange()) } == 2)
            let moved = ObservationChange(conversationIDs: [conversation(20)])
            #expect(try await count(observations) { try await observations.patch(id, moved) } == 6)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a deletion takes five statements however many conversations it names`(on engine: EngineKind) async throws {
        try await withObservations(on: engine) { observations in
            let bare = try await observations.createOne("a")
            let linked = try await observations.createOne("b", conversations: (0..<10).map(conversation))
            #expect(try await count(observations) { try await observations.delete(bare) } == 4)
            #expect(try await count(observations) { try await observations.delete(linked) } == 5)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a model costs a creation and a change one statement more, a deletion two`(
        on engine: EngineKind
    ) async throws {
        try await withProfile(on: engine, embedder: WordEmbedder()) { profile in
            let observations = ProfileObservations(profile)
            #expect(try await count(observations) { try await observations.create(["a"]) } == 3)
            let id = try #require(try await observations.ids().first)
            #expect(try await count(observations) { try await observations.patch(id, content: "c") } == 5)
            #expect(try await count(observations) { try await observations.delete(id) } == 6)
        }
    }
}
