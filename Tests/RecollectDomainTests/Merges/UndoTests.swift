import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Undoing merges` {
    private let contacts: [Contact] = [
        ["email": "ann@example.com", "city": "Gary", "firstName": "Ann"],
        ["phone": "+13175550101", "city": "Erie", "lastName": "Lee"],
    ]

    @Test(arguments: EngineKind.available)
    func `both have again what each brought, and what came after stays with the canonical one`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let family = try await store.merged(contacts[0], contacts[1])
            try await store.patch(family[0], ["state": "IN", "lastName": nil])
            try await store.identify(family[0], "chat", "ann")
            try await store.observations(of: family[0]).create(["likes tea"])
            let merge = try #require(try await store.merges(of: family[0]).first)
            #expect(try await store.undo(merge.id, of: family[0]) == family[1])
            let undoneAt = store.test.clock.now()

            #expect(try await store.profiles() == family)
            let first = ["email": "ann@example.com", "city": "Gary", "firstName": "Ann", "state": "IN"]
            // The record that showed them to be one wrote both identifiers as traits of the canonical one.
            #expect(try await store.traits(of: family[0]) == first.merging(["phone": "+13175550101"]) { $1 })
            let second = ["phone": "+13175550101", "city": "Erie", "lastName": "Lee"]
            #expect(try await store.traits(of: family[1]) == second)
            #expect(try await store.identifiers(of: family[0]) == ["email": ["ann@example.com"], "chat": ["ann"]])
            #expect(try await store.identifiers(of: family[1]) == ["phone": ["+13175550101"]])
            #expect(try await store.observations(of: family[0]).contents() == ["likes tea"])
            #expect(try await store.observations(of: family[1]).contents() == [])
            #expect(try await store.lookup("+13175550101", "phone") == [family[1]])
            #expect(try await store.create(["phone": "+13175550101", "country": "US"]) == family[1])
            #expect(try await store.merges(of: family[0]).map(\.undoneAt) == [undoneAt])
            #expect(try await store.merges(of: family[1]) == [])
            #expect(try await IdentityAudit(of: store.test).faults(unique: ["email", "phone", "chat"]) == [])
        }
    }

    @Test(arguments: EngineKind.available)
    func `undoing twice is a conflict, and a merge of others is not found`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let family = try await store.merged(contacts[0], contacts[1])
            let merge = try #require(try await store.merges(of: family[0]).first)
            let other = try await store.create(["chat": "ben"])
            #expect(await refusal { try await store.undo(merge.id, of: other) } == .notFound)
            try await store.undo(merge.id, of: family[0])
            #expect(await refusal { try await store.undo(merge.id, of: family[0]) } == .conflict)
            #expect(await refusal { try await store.undo(merge.id, of: family[1]) } == .notFound)
            #expect(try await store.profiles().count == 3)
        }
    }

    @Test(arguments: EngineKind.available)
    func `16 who undo one merge at once: one does, the others conflict`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let family = try await store.merged(contacts[0], contacts[1])
            let merge = try #require(try await store.merges(of: family[0]).first)
            let refusals = await withTaskGroup(of: Rejection.Reason?.self) { group in
                for _ in 0..<16 {
                    group.addTask { await refusal { try await store.undo(merge.id, of: family[0]) } }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(refusals.filter { $0 == nil }.count == 1)
            #expect(refusals.filter { $0 == .conflict }.count == 15)
        }
    }

    @Test(arguments: EngineKind.available)
    func `recall of both is right at once, with both indexes in memory`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(contacts[0])
            let second = try await store.create(contacts[1])
            try await store.observations(of: first).create(["likes tea"])
            let cake = try await store.observations(of: second).createOne("likes cake")
            #expect(try await store.recalled(second) == ["likes cake"])
            try await store.identify(second, "email", "ann@example.com")
            #expect(Set(try await store.recalled(first)) == ["likes tea", "likes cake"])
            try await store.observations(of: first).patch(cake, content: "hates cake")
            try await store.observations(of: first).create(["likes pie"])
            try await store.undo(#require(store.merges(of: first).first).id, of: first)
            #expect(Set(try await store.recalled(first)) == ["likes tea", "likes pie"])
            #expect(try await store.recalled(second) == ["hates cake"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `in the middle of a chain, what was merged into the one given back goes with it`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let profiles = try await chain(in: store)
            let merges = try await store.merges(of: profiles[0])
            #expect(merges.map(\.canonical) == [profiles[2], profiles[1], profiles[0]])
            // The middle one: the third leaves with the fourth, the second stays.
            #expect(try await store.undo(merges[1].id, of: profiles[0]) == profiles[2])
            #expect(try await store.profiles() == [profiles[0], profiles[2]])
            #expect(try await store.canonical(of: profiles[1]) == profiles[0])
            #expect(try await store.canonical(of: profiles[3]) == profiles[2])
            #expect(try await store.identifiers(of: profiles[2]).keys.sorted() == ["chat", "whatsapp"])
            // The oldest, of which the third knows now.
            #expect(await refusal { try await store.undo(merges[0].id, of: profiles[0]) } == .notFound)
            try await store.undo(merges[0].id, of: profiles[2])
            try await store.undo(merges[2].id, of: profiles[0])
            #expect(try await store.profiles() == profiles)
            #expect(try await IdentityAudit(of: store.test).faults(unique: ["email", "phone", "chat"]) == [])
        }
    }

    @Test(arguments: EngineKind.available)
    func `the first of a chain can be undone while the others stand`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let profiles = try await chain(in: store)
            let merges = try await store.merges(of: profiles[0])
            try await store.undo(merges[0].id, of: profiles[0])
            #expect(try await store.profiles() == [profiles[0], profiles[3]])
            #expect(try await store.canonical(of: profiles[2]) == profiles[0])
            try await store.undo(merges[1].id, of: profiles[0])
            #expect(try await store.profiles() == [profiles[0], profiles[2], profiles[3]])
            #expect(try await IdentityAudit(of: store.test).faults(unique: ["email", "phone", "chat"]) == [])
        }
    }

    @Test(arguments: EngineKind.available)
    func `profiles given back are one again as soon as something shows it, and that can be undone too`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let family = try await store.merged(contacts[0], contacts[1])
            for _ in 0..<2 {
                let standing = try await store.merges(of: family[0]).filter { $0.undoneAt == nil }
                try await store.undo(#require(standing.first).id, of: family[0])
                #expect(try await store.profiles() == family)
                _ = try await store.create(["email": "ann@example.com", "phone": "+13175550101"])
                #expect(try await store.profiles() == [family[0]])
            }
            #expect(try await store.merges(of: family[1]).map { $0.undoneAt == nil } == [false, false, true])
        }
    }

    /// Four profiles, each merged into the one before it, the last first.
    private func chain(in store: IdentityStore) async throws -> [ProfileID] {
        let profiles = [
            try await store.create(["email": "ann@example.com"]), try await store.create(["phone": "+13175550101"]),
            try await store.create(["chat": "ann"]), try await store.create(["whatsapp": "+13175550109"]),
        ]
        try await store.identify(profiles[3], "chat", "ann")
        try await store.identify(profiles[2], "phone", "+13175550101")
        try await store.identify(profiles[1], "email", "ann@example.com")
        return profiles
    }
}
