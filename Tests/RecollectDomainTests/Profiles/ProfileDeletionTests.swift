import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Deleting merged profiles` {
    private static let tables = [
        "profile", "profile_merge", "trait", "profile_identifier", "observation", "observation_revision",
        "observation_conversation", "conversation_summary", "identifier", "fuzzy_identifier", "job",
    ]

    @Test(arguments: EngineKind.available)
    func `all go with the canonical one, and no table keeps a row of them`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(config("chat", similarity: 80), config("whatsapp", isUnique: false))
            let first = try await store.create(["email": "ann@example.com", "whatsapp": "+13175550101"])
            let second = try await store.create(["chat": "ann lee", "whatsapp": "+13175550101"])
            for profile in [first, second] {
                let observations = store.observations(of: profile)
                let id = try await observations.createOne("likes tea", conversations: [conversation(1)])
                try await observations.patch(id, content: "likes cake")
                let draft = SummaryDraft(
                    content: try MemoryContent("a talk", field: "content"),
                    source: nil,
                    occurredAt: store.test.clock.now(),
                    conversationID: conversation(1)
                )
                try await store.memory.summaries.create([draft], in: store.place(profile), store.scope)
            }
            try await store.patch(second, ["email": "ann@example.com", "city": nil])
            #expect(try await store.profiles() == [first])
            try await store.delete(first)

            for profile in [first, second] {
                #expect(await refusal { try await store.traits(of: profile) } == .notFound)
                #expect(await refusal { try await store.recalled(profile) } == .notFound)
                #expect(await refusal { try await store.patch(profile, ["city": "Gary"]) } == .notFound)
                #expect(await refusal { try await store.merges(of: profile) } == .notFound)
                #expect(await refusal { try await store.identifiers(of: profile) } == .notFound)
            }
            for (type, value) in [("email", "ann@example.com"), ("chat", "ann le"), ("whatsapp", "+13175550101")] {
                #expect(try await store.lookup(value, type) == [])
            }
            store.test.clock.advance(by: .seconds(1))
            await store.memory.jobs.runDueJobs()
            for table in Self.tables {
                #expect(try await store.test.rowCount(of: table) == 0, "\(table)")
            }
            let next = try await store.create(["email": "ann@example.com", "chat": "ann lee"])
            #expect(next != first && next != second)
        }
    }

    @Test(arguments: EngineKind.available)
    func `one that was given back before stays`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let family = try await store.merged(
                ["email": "ann@example.com"],
                ["phone": "+13175550101", "city": "Erie"]
            )
            try await store.undo(#require(store.merges(of: family[0]).first).id, of: family[0])
            try await store.delete(family[0])
            store.test.clock.advance(by: .seconds(1))
            await store.memory.jobs.runDueJobs()
            #expect(try await store.traits(of: family[1]) == ["phone": "+13175550101", "city": "Erie"])
            #expect(try await store.lookup("+13175550101", "phone") == [family[1]])
            #expect(try await IdentityAudit(of: store.test).faults(unique: ["email", "phone"]) == [])
        }
    }
}
