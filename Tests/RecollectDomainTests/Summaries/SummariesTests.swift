import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Summaries of a profile` {
    private func draft(_ content: String, of number: Int = 1, source: MemorySource? = nil) throws -> SummaryDraft {
        SummaryDraft(
            content: try MemoryContent(content, field: "content"),
            source: source,
            occurredAt: ManualClock.start - .seconds(3600),
            conversationID: conversation(number)
        )
    }

    private func create(_ drafts: [SummaryDraft], of profile: TestProfile) async throws {
        try await profile.memory.summaries.create(drafts, in: profile.place, profile.scope)
    }

    private func list(
        _ profile: TestProfile,
        of conversation: ConversationID? = nil,
        cursor: SummaryID? = nil,
        isBackward: Bool = false,
        limit: Int = 50
    ) async throws -> PageSlice<ConversationSummary> {
        try await profile.memory.summaries.list(
            PageQuery(order: .descending, cursor: cursor, isBackward: isBackward, limit: limit),
            of: conversation,
            in: profile.place,
            profile.scope
        ).value
    }

    private func texts(_ slice: PageSlice<ConversationSummary>) -> [String] {
        slice.rows.map(\.draft.content.text)
    }

    @Test(arguments: EngineKind.available)
    func `summaries are kept as given, newest first`(on engine: EngineKind) async throws {
        try await withProfile(on: engine) { profile in
            let drafts = try [draft("first", source: .api), draft("second", of: 2)]
            try await create(drafts, of: profile)
            let rows = try await list(profile).rows
            #expect(rows.map(\.draft) == drafts.reversed())
            #expect(rows.allSatisfy { $0.updatedAt == $0.id.createdAt && $0.updatedAt == ManualClock.start })
            let newest = try #require(rows.first)
            let fetched = try await profile.memory.summaries.fetch(newest.id, in: profile.place, profile.scope).value
            #expect(fetched == newest)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a list is filtered by conversation and paged in both directions`(on engine: EngineKind) async throws {
        try await withProfile(on: engine) { profile in
            try await create((0..<10).map { try draft("\($0)", of: $0 % 2) }, of: profile)
            #expect(texts(try await list(profile, of: conversation(1))) == ["9", "7", "5", "3", "1"])
            #expect(texts(try await list(profile, of: conversation(5))) == [])
            for conversation in [nil, conversation(1)] {
                let all = try await list(profile, of: conversation).rows
                let first = try await list(profile, of: conversation, limit: 2)
                let second = try await list(profile, of: conversation, cursor: first.rows.last?.id, limit: 2)
                #expect(first.rows + second.rows == Array(all.prefix(4)))
                #expect(first.hasNext && !first.hasPrevious && second.hasNext && second.hasPrevious)
                let back = try await list(
                    profile,
                    of: conversation,
                    cursor: second.rows.first?.id,
                    isBackward: true,
                    limit: 2
                )
                #expect(back.rows == first.rows)
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `a patch changes what is given and moves a summary to another conversation`(
        on engine: EngineKind
    ) async throws {
        try await withProfile(on: engine) { profile in
            try await create([draft("a talk")], of: profile)
            let before = try #require(try await list(profile).rows.first)
            let summaries = profile.memory.summaries
            profile.test.clock.advance(by: .seconds(5))
            try await summaries.patch(before.id, with: SummaryChange(), in: profile.place, profile.scope)
            #expect(try await list(profile).rows == [before])

            let change = SummaryChange(source: .api, conversationID: conversation(2))
            try await summaries.patch(before.id, with: change, in: profile.place, profile.scope)
            let after = try await summaries.fetch(before.id, in: profile.place, profile.scope).value
            #expect(after.updatedAt == profile.test.clock.now())
            #expect(after.draft.source == .api)
            #expect(after.draft.content == before.draft.content)
            #expect(texts(try await list(profile, of: conversation(1))) == [])
            #expect(texts(try await list(profile, of: conversation(2))) == ["a talk"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a deleted summary is gone, and nobody else's is found`(on engine: EngineKind) async throws {
        try await withProfile(on: engine) { profile in
            try await create([draft("a talk")], of: profile)
            let id = try #require(try await list(profile).rows.first).id
            let summaries = profile.memory.summaries
            let other = try await profile.another()
            let stranger = try await profile.test.otherAccount()
            #expect(await refusal { try await summaries.delete(id, in: other.place, other.scope) } == .notFound)
            #expect(await refusal { try await summaries.fetch(id, in: profile.place, stranger) } == .storeNotFound)
            try await summaries.delete(id, in: profile.place, profile.scope)
            #expect(await refusal { try await summaries.fetch(id, in: profile.place, profile.scope) } == .notFound)
            #expect(await refusal { try await summaries.delete(id, in: profile.place, profile.scope) } == .notFound)
            let patch = { try await summaries.patch(id, with: SummaryChange(), in: profile.place, profile.scope) }
            #expect(await refusal(of: patch) == .notFound)
        }
    }

    @Test(arguments: EngineKind.available)
    func `each operation has its statement budget`(on engine: EngineKind) async throws {
        try await withProfile(on: engine) { profile in
            let (database, summaries) = (profile.test.database, profile.memory.summaries)
            let ten = try (0..<10).map { try draft("\($0)") }
            #expect(try await database.count { try await create(ten, of: profile) } == 4)
            let id = try #require(try await list(profile).rows.first).id
            #expect(try await database.count { _ = try await list(profile, of: conversation(1)) } == 2)
            let change = SummaryChange(source: .api)
            let patched = try await database.count {
                try await summaries.patch(id, with: change, in: profile.place, profile.scope)
            }
            #expect(patched == 4)
            let deleted = try await database.count {
                try await summaries.delete(id, in: profile.place, profile.scope)
            }
            #expect(deleted == 4)
        }
    }
}
