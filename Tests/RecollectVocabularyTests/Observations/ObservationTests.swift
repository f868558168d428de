import RecollectVocabulary
import Testing

@Suite struct `Changes of observations and summaries` {
    private let now = Timestamp(microseconds: 1_800_000_000_000_000)

    private func observation() throws -> Observation {
        Observation(
            id: ObservationID(bits: RawID.make(at: now, tail: 1)),
            revision: 3,
            updatedAt: now,
            draft: ObservationDraft(
                content: try MemoryContent("likes tea", field: "content"),
                source: .api,
                occurredAt: Timestamp(microseconds: 5),
                conversationIDs: []
            )
        )
    }

    @Test func `a change that changes nothing is the same observation`() throws {
        let observation = try observation()
        let later = now + .seconds(1)
        #expect(observation.applying(ObservationChange(), at: later) == observation)
        let same = ObservationChange(
            content: observation.draft.content,
            source: .api,
            occurredAt: Timestamp(microseconds: 5),
            conversationIDs: []
        )
        #expect(observation.applying(same, at: later) == observation)
    }

    @Test func `a change of one field is the next revision and leaves the others`() throws {
        let content = try MemoryContent("likes coffee", field: "content")
        let changed = try observation().applying(ObservationChange(content: content), at: now + .seconds(1))
        #expect(changed.revision == 4)
        #expect(changed.updatedAt == now + .seconds(1))
        #expect(changed.draft.content == content)
        #expect(changed.draft.source == .api)
        #expect(changed.draft.occurredAt == Timestamp(microseconds: 5))
        #expect(changed.id == (try observation()).id)
    }

    @Test func `a change is later than the one before even if the clock was set back`() throws {
        let change = ObservationChange(occurredAt: now)
        #expect(try observation().applying(change, at: now - .seconds(60)).updatedAt > now)
    }

    @Test func `a summary changes as an observation does`() throws {
        let conversation = try ConversationID("conv_conversation_0123456789abcdefghijklmnop", field: "")
        let summary = ConversationSummary(
            id: SummaryID(bits: RawID.make(at: now, tail: 1)),
            updatedAt: now,
            draft: SummaryDraft(
                content: try MemoryContent("a talk about tea", field: "content"),
                source: nil,
                occurredAt: now,
                conversationID: conversation
            )
        )
        #expect(summary.applying(SummaryChange(conversationID: conversation), at: now + .seconds(1)) == summary)
        let changed = summary.applying(SummaryChange(source: .api), at: now)
        #expect(changed.draft.source == .api)
        #expect(changed.updatedAt > now)
    }
}
