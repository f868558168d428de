import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

// New rules apply to what comes next, and nothing is lost.
@Suite struct `Settings changed while data exists` {
    @Test(arguments: EngineKind.available)
    func `values that were shared make their profiles one as soon as they belong to one only`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(["chat": "desk"])
            try await store.configure(config("chat", isUnique: false))
            let second = try await store.create(["chat": "desk", "email": "ann@example.com"])
            #expect(first != second)
            try await store.configure(config("chat"))
            #expect(try await store.lookup("desk", "chat") == [first, second])
            #expect(try await store.create(["chat": "desk", "city": "Gary"]) == first)
            #expect(try await store.profiles() == [first])
            #expect(try await store.identifiers(of: first) == ["chat": ["desk"], "email": ["ann@example.com"]])
            // Undone, both have it again, as both brought it; who comes next shows them to be one once more.
            try await store.undo(#require(store.merges(of: first).first).id, of: first)
            #expect(try await store.lookup("desk", "chat") == [first, second])
            #expect(try await store.create(["chat": "desk"]) == first)
            #expect(try await store.profiles() == [first])
        }
    }

    @Test(arguments: EngineKind.available)
    func `values that belonged to one only may be shared afterwards, and one of them leads to nobody`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(["chat": "desk", "email": "ann@example.com"])
            try await store.configure(config("chat", isUnique: false), config("email", isUnique: false))
            #expect(try await store.create(["chat": "desk"]) != first)
            #expect(try await store.create(["chat": "desk", "email": "ann@example.com"]) == first)
            try await store.remove(first, "chat")
            #expect(try await store.lookup("desk", "chat").count == 1)
            #expect(try await IdentityAudit(of: store.test).faults(unique: []) == [])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a type whose rule is removed leads to nobody, and to everybody who has it once the rule is back`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(["chat": "desk", "city": "Gary"])
            try await store.configure(rules: ["email", "phone"])
            let second = try await store.create(["chat": "desk", "email": "ann@example.com"])
            #expect(first != second)
            #expect(try await store.lookup("desk", "chat") == [first, second])
            try await store.configure(rules: ["chat", "email", "phone"])
            #expect(try await store.create(["chat": "desk", "firstName": "Ann"]) == first)
            #expect(try await store.profiles() == [first])
            #expect(try await store.traits(of: first).count == 4)
            #expect(try await store.merges(of: first).map(\.identifier.value) == ["desk"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a lowered limit takes nothing away by itself, and lets one come for one`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let profile = try await store.create(["email": "ann@example.com", "chat": "one"])
            for chat in ["two", "three"] { try await store.identify(profile, "chat", chat) }
            try await store.configure(config("chat", limit: 1, .fifo))
            #expect(try await store.identifiers(of: profile)["chat"] == ["one", "two", "three"])
            try await store.identify(profile, "chat", "four")
            #expect(try await store.identifiers(of: profile)["chat"] == ["two", "three", "four"])
            try await store.configure(config("chat", limit: 1, .lifo))
            try await store.identify(profile, "chat", "five")
            #expect(try await store.identifiers(of: profile)["chat"] == ["two", "three", "four"])
            for chat in ["two", "three", "four"] { #expect(try await store.lookup(chat, "chat") == [profile]) }
        }
    }

    @Test(arguments: EngineKind.available)
    func `a changed normalisation leaves what is stored as it is, to be read, replaced and deleted`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(config("phone", normalization: IdentifierNormalization.none))
            let written = "(317) 555-0101"
            let profile = try await store.create(["phone": written, "email": "ann@example.com"])
            try await store.configure(config("phone"))
            #expect(try await store.identifiers(of: profile)["phone"] == [written])
            // In the new form it is another value, which the profile may have beside the old one.
            _ = try await store.create(["phone": written, "email": "ann@example.com"])
            #expect(try await store.identifiers(of: profile)["phone"] == [written, "+13175550101"])
            #expect(try await store.lookup(written, "phone") == [profile])
            try await store.replace(profile, "phone", written, by: "+13175550102")
            #expect(try await store.identifiers(of: profile)["phone"] == ["+13175550101", "+13175550102"])
            #expect(try await IdentityAudit(of: store.test).faults(unique: ["phone", "email"]) == [])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a type that is configured no more keeps its values, which lead to nobody until it is back`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(config("crm"), rules: ["crm", "email"])
            let profile = try await store.create(["email": "ann@example.com"])
            try await store.identify(profile, "crm", "77")
            let settings = DefaultSchema.settings
            _ = try await store.memory.identityResolution.replace(
                with: settings,
                expecting: nil,
                of: store.id,
                in: store.scope
            )
            #expect(try await store.identifiers(of: profile) == ["email": ["ann@example.com"], "crm": ["77"]])
            #expect(await refusal { try await store.lookup("77", "crm") } == .malformed)
            try await store.configure(config("crm"), rules: ["crm", "email"])
            #expect(try await store.lookup("77", "crm") == [profile])
            let other = try await store.create(["phone": "+13175550101"])
            try await store.configure(config("crm"), rules: ["crm", "email", "phone"])
            try await store.identify(other, "crm", "77")
            #expect(try await store.canonical(of: other) == profile)
        }
    }

    @Test(arguments: EngineKind.available)
    func `values that were stored before their type was matched by similarity are matched so afterwards`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let profile = try await store.create(["chat": "abcdefghij"])
            try await store.configure(config("chat", similarity: 80))
            #expect(try await store.create(["chat": "abcdefghij", "city": "Gary"]) == profile)
            #expect(try await store.lookup("abcdefghiX", "chat") == [profile])
            #expect(try await store.create(["chat": "abcdefghiX"]) == profile)
            try await store.configure(config("chat"))
            #expect(try await store.lookup("abcdefghiY", "chat") == [])
            #expect(try await store.lookup("abcdefghiX", "chat") == [profile])
        }
    }
}
