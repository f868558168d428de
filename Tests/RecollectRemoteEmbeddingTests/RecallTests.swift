import RecollectDomain
import RecollectRemoteEmbedding
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite(.timeLimit(.minutes(10))) struct `Recall with an endpoint` {
    private struct Setting {
        let test: TestMemory
        let place: ProfilePlace

        func observe(_ content: String) async throws {
            let draft = ObservationDraft(
                content: try MemoryContent(content, field: "content"),
                source: .api,
                occurredAt: ManualClock.start,
                conversationIDs: []
            )
            try await test.memory.observations.create([draft], in: place, test.scope)
        }

        /// The observations recalled, and the cosines of those that were compared by vectors.
        func recall(_ query: String) async throws -> (texts: [String], cosines: Int) {
            let request = try RecallRequest(query: query, explains: true)
            let found = try await test.memory.recall.recall(request, in: place, test.scope).observations
            return (found.map(\.memory.draft.content.text), found.count { $0.explanation?.cosine != nil })
        }
    }

    private func withSetting(
        _ remote: RemoteSetUp,
        on engine: EngineKind,
        _ body: (Setting) async throws -> Void
    ) async throws {
        try await withMemory(on: engine, embedder: remote.embedder) { test in
            let place = try await test.profile(["email": "ada@example.com"], in: test.store())
            try await body(Setting(test: test, place: place))
        }
    }

    @Test(arguments: EngineKind.available)
    func `goes by words while the endpoint is down, and by vectors when it is back`(
        on engine: EngineKind
    ) async throws {
        let down = [EmbeddingStub.Behaviour](repeating: .answers(503, "down"), count: 100)
        try await withRemote(down) { remote in
            try await withSetting(remote, on: engine) { setting in
                try await setting.observe("has a puppy")
                try await setting.observe("likes tea")
                await setting.test.memory.vectorMaker?.makeDueVectors()
                #expect(remote.stub.seen.count == 4)
                #expect(try await setting.recall("tea") == (["likes tea", "has a puppy"], 0))
                remote.stub.script([])
                setting.test.clock.advance(by: .seconds(10))
                await setting.test.memory.vectorMaker?.makeDueVectors()
                var found = try await setting.recall("any pets, a cat or a dog?")
                // On a busy machine a query's vector may be late.
                while found.cosines == 0 { found = try await setting.recall("any pets, a cat or a dog?") }
                #expect(found == (["has a puppy", "likes tea"], 2))
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `does not wait for an endpoint that hangs`(on engine: EngineKind) async throws {
        var limits = RemoteEmbedder.Limits()
        (limits.requestTimeout, limits.deadline) = (.seconds(3600), .seconds(3600))
        // A recall that waited for it would break the suite's time limit.
        try await withRemote([.hangs], limits: limits) { remote in
            try await withSetting(remote, on: engine) { setting in
                try await setting.observe("likes tea")
                #expect(try await setting.recall("tea") == (["likes tea"], 0))
            }
        }
    }
}
