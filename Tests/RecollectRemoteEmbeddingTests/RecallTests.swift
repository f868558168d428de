import RecollectDomain
import RecollectRemoteEmbedding
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite(.timeLimit(.minutes(1))) struct `Recall with an endpoint` {
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
                #expect(try await setting.recall("any pets, a cat or a dog?") == (["has a puppy", "likes tea"], 2))
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `does not wait for an endpoint that hangs`(on engine: EngineKind) async throws {
        try await withRemote([.hangs]) { remote in
            try await withSetting(remote, on: engine) { setting in
                try await setting.observe("likes tea")
                let start = ContinuousClock.now
                #expect(try await setting.recall("tea") == (["likes tea"], 0))
                // Far less than the ten seconds for which the embedder would wait.
                #expect(ContinuousClock.now - start < .seconds(5))
            }
        }
    }
}
