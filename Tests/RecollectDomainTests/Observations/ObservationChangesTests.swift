import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Observations of a profile` {
    @Test(arguments: EngineKind.available)
    func `an observation is kept as it was given`(on engine: EngineKind) async throws {
        try await withObservations(on: engine) { observations in
            // Named twice and not in order: still as given.
            let conversations = [conversation(3), conversation(1), conversation(3)]
            let text = "Zoë's \u{1F469}\u{200D}\u{1F680}\nsecond line \\ \" % $1 {list}"
            let id = try await observations.createOne(text, conversations: conversations)
            let fetched = try await observations.fetch(id)
            #expect(fetched.text == text)
            #expect(fetched.revision == 1)
            #expect(fetched.draft.conversationIDs == conversations)
            #expect(fetched.draft.occurredAt == observations.profile.test.clock.now())
            #expect(fetched.updatedAt == id.createdAt)
            #expect(try await observations.contents(ObservationFilter(conversationID: conversation(3))) == [text])
        }
    }

    @Test(arguments: EngineKind.available)
    func `an observation is not found under another profile or account`(on engine: EngineKind) async throws {
        try await withObservations(on: engine) { observations in
            let id = try await observations.createOne("a fact")
            let others = ProfileObservations(try await observations.profile.another())
            #expect(await refusal { try await others.fetch(id) } == .notFound)
            #expect(await refusal { try await others.patch(id, content: "x") } == .notFound)
            #expect(await refusal { try await others.delete(id) } == .notFound)
            #expect(await refusal { try await others.revisions(of: id) } == .notFound)
            #expect(await refusal { try await observations.fetch(.nobody) } == .notFound)

            let (feature, place) = (observations.profile.memory.observations, observations.profile.place)
            let stranger = try await observations.profile.test.otherAccount()
            #expect(await refusal { try await feature.fetch(id, in: place, stranger) } == .storeNotFound)
            #expect(await refusal { try await feature.delete(id, in: place, stranger) } == .storeNotFound)
            #expect(try await observations.fetch(id).text == "a fact")
        }
    }

    @Test(arguments: EngineKind.available)
    func `a patch changes what is given and keeps the state before`(on engine: EngineKind) async throws {
        try await withObservations(on: engine) { observations in
            let id = try await observations.createOne("likes tea", conversations: [conversation(1)])
            let clock = observations.profile.test.clock
            clock.advance(by: .seconds(60))
            try await observations.patch(id, content: "likes coffee")
            let patched = try await observations.fetch(id)
            #expect(patched.text == "likes coffee")
            #expect(patched.updatedAt == clock.now())
            #expect(patched.draft.conversationIDs == [conversation(1)])

            let revisions = try await observations.revisions(of: id).rows
            #expect(revisions.map(\.text) == ["likes coffee", "likes tea"])
            #expect(revisions.map(\.id) == [id, id])
            #expect(revisions.map(\.updatedAt) == [clock.now(), id.createdAt])
            #expect(revisions.map(\.revision) == [2, 1])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a patch that changes nothing adds no revision`(on engine: EngineKind) async throws {
        try await withObservations(on: engine) { observations in
            let id = try await observations.createOne("likes tea")
            let before = try await observations.fetch(id)
            observations.profile.test.clock.advance(by: .seconds(60))
            try await observations.patch(id, ObservationChange())
            try await observations.patch(id, content: "likes tea")
            #expect(try await observations.fetch(id) == before)
            #expect(try await observations.revisions(of: id).rows == [before])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a deletion takes links along, and an erasure the revisions too`(on engine: EngineKind) async throws {
        try await withObservations(on: engine) { observations in
            let id = try await observations.createOne("a", conversations: (0..<10).map(conversation))
            let kept = try await observations.createOne("b", conversations: [conversation(1)])
            try await observations.patch(id, content: "c")
            try await observations.delete(id)
            #expect(await refusal { try await observations.fetch(id) } == .notFound)
            #expect(await refusal { try await observations.revisions(of: id) } == .notFound)
            #expect(await refusal { try await observations.delete(id) } == .notFound)
            #expect(try await observations.contents() == ["b"])
            #expect(try await observations.fetch(kept).text == "b")
            let test = observations.profile.test
            #expect(try await test.rowCount(of: "observation_conversation") == 1)
            #expect(try await test.rowCount(of: "observation_revision") == 2)
            let (feature, place) = (observations.profile.memory.observations, observations.profile.place)
            try await feature.delete(id, erasing: true, in: place, test.scope)
            #expect(try await test.rowCount(of: "observation_revision") == 0)
        }
    }

    @Test(arguments: EngineKind.available)
    func `revisions are paged in both directions`(on engine: EngineKind) async throws {
        try await withObservations(on: engine) { observations in
            let id = try await observations.createOne("state 1")
            for number in 2...7 { try await observations.patch(id, content: "state \(number)") }
            func page(_ cursor: Int?, isBackward: Bool = false) -> PageQuery<Int> {
                PageQuery(order: .descending, cursor: cursor, isBackward: isBackward, limit: 3)
            }
            let first = try await observations.revisions(of: id, page(nil))
            #expect(first.rows.map(\.revision) == [7, 6, 5])
            #expect(first.hasNext && !first.hasPrevious)
            let second = try await observations.revisions(of: id, page(5))
            #expect(second.rows.map(\.revision) == [4, 3, 2])
            #expect(second.hasNext && second.hasPrevious)
            let last = try await observations.revisions(of: id, page(2))
            #expect(last.rows.map(\.text) == ["state 1"])
            #expect(!last.hasNext && last.hasPrevious)
            let back = try await observations.revisions(of: id, page(4, isBackward: true))
            #expect(back.rows.map(\.revision) == [7, 6, 5])
            #expect(back.hasNext && !back.hasPrevious)
            // Beyond the last there is nothing, which is not the same as no observation.
            #expect(try await observations.revisions(of: id, page(1)).rows == [])
        }
    }
}
