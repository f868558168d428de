import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Limits of identifiers` {
    @Test(arguments: EngineKind.available)
    func `at the limit, fifo drops the oldest value`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(config("chat", limit: 2, .fifo))
            let profile = try await store.create(["email": "ann@example.com", "chat": "one"])
            for chat in ["two", "three"] { try await store.identify(profile, "chat", chat) }
            #expect(try await store.identifiers(of: profile)["chat"] == ["two", "three"])
            #expect(try await store.lookup("one", "chat") == [])
            // What was dropped is free.
            #expect(try await store.create(["chat": "one"]) != profile)
            // One that is there is no newcomer.
            try await store.identify(profile, "chat", "two")
            #expect(try await store.identifiers(of: profile)["chat"] == ["two", "three"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `at the limit, lifo refuses to keep the newest, and takes the rest of the request`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(config("chat", limit: 2, .lifo))
            let profile = try await store.create(["email": "ann@example.com", "chat": "one"])
            try await store.patch(profile, ["chat": "two"])
            try await store.patch(profile, ["chat": "three", "city": "Gary"])
            #expect(try await store.identifiers(of: profile)["chat"] == ["one", "two"])
            #expect(try await store.traits(of: profile)["chat"] == "three")
            #expect(try await store.traits(of: profile)["city"] == "Gary")
            #expect(try await store.lookup("three", "chat") == [])
            #expect(try await store.create(["chat": "three"]) != profile)
        }
    }

    @Test(arguments: EngineKind.available)
    func `of two new values in one request, fifo keeps the last at a limit of one and lifo the first`(
        on engine: EngineKind
    ) async throws {
        for (policy, kept) in [(IdentifierConfig.LimitPolicy.fifo, "two"), (.lifo, "one")] {
            try await withIdentities(on: engine) { store in
                let traits = TestStore(test: store.test, id: store.id, scope: store.scope)
                try await traits.create("More", [draft("chats", .array, promotion: .to(IdentifierType("chat")))])
                try await store.configure(config("chat", limit: 1, policy))
                let both = TraitValue.array([.string("one"), .string("two")])
                let inputs = [TraitInput(group: "More", name: "chats", value: both, field: "chats")]
                let profile = try await store.memory.profiles.create(inputs, in: store.id, store.scope)
                #expect(try await store.identifiers(of: profile) == ["chat": [kept]])
                let other = kept == "one" ? "two" : "one"
                #expect(try await store.create(["chat": kept]) == profile)
                #expect(try await store.lookup(other, "chat") == [])
                // Both new once more, beside one that is there.
                let more = TraitValue.array([.string("three"), .string("four")])
                let inputsAgain = [TraitInput(group: "More", name: "chats", value: more, field: "chats")]
                try await store.memory.profiles.patch(store.place(profile), with: inputsAgain, store.scope)
                #expect(try await store.identifiers(of: profile) == ["chat": [policy == .fifo ? "four" : "one"]])
                #expect(try await IdentityAudit(of: store.test).faults(unique: ["chat"]) == [])
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `another spelling counts against the limit, and finds its profile whichever is kept`(
        on engine: EngineKind
    ) async throws {
        let (bare, prefixed) = ("+13175550101", "whatsapp:+13175550101")
        for (policy, kept) in [(IdentifierConfig.LimitPolicy.fifo, prefixed), (.lifo, bare)] {
            try await withIdentities(on: engine) { store in
                try await store.configure(config("whatsapp", limit: 1, policy))
                let profile = try await store.create(["whatsapp": bare])
                #expect(try await store.create(["whatsapp": prefixed]) == profile)
                #expect(try await store.identifiers(of: profile)["whatsapp"] == [kept])
                for spelling in [bare, prefixed] { #expect(try await store.lookup(spelling, "whatsapp") == [profile]) }
                #expect(try await IdentityAudit(of: store.test).faults(unique: ["whatsapp"]) == [])
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `another spelling at the limit of merged profiles, of which the other brought the first`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(config("whatsapp", limit: 1, .fifo))
            let family = try await store.merged(["email": "ann@example.com"], ["whatsapp": "+13175550101"])
            try await store.identify(family[0], "whatsapp", "whatsapp:+13175550101")
            #expect(try await store.identifiers(of: family[0])["whatsapp"] == ["whatsapp:+13175550101"])
            #expect(try await store.lookup("+13175550101", "whatsapp") == [family[0]])
            #expect(try await IdentityAudit(of: store.test).faults(unique: ["whatsapp", "email"]) == [])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a merge loses no identifier to a limit`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(config("chat", limit: 1, .fifo))
            let family = try await store.merged(
                ["email": "ann@example.com", "chat": "one"],
                ["phone": "+13175550101", "chat": "two"]
            )
            let chats = try await store.identifiers(of: family[0])["chat"]
            // The record that showed them to be one named the first's.
            #expect(chats == ["one", "two"])
            for chat in ["one", "two"] { #expect(try await store.lookup(chat, "chat") == [family[0]]) }
        }
    }

    @Test(arguments: EngineKind.available)
    func `changing a promoted trait adds the new identifier and keeps the old, clearing it keeps both`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let profile = try await store.create(["email": "ann@example.com"])
            try await store.patch(profile, ["email": "Ann.Lee@example.com"])
            #expect(try await store.traits(of: profile)["email"] == "Ann.Lee@example.com")
            let both = ["ann@example.com", "ann.lee@example.com"]
            #expect(try await store.identifiers(of: profile)["email"] == both)
            try await store.patch(profile, ["email": nil])
            #expect(try await store.traits(of: profile)["email"] == nil)
            #expect(try await store.identifiers(of: profile)["email"] == both)
            for email in both { #expect(try await store.create(["email": email]) == profile) }
        }
    }

    @Test(arguments: EngineKind.available)
    func `deleting one value drops the one that the limit would, deleting all leaves none`(
        on engine: EngineKind
    ) async throws {
        for (policy, rest) in [(IdentifierConfig.LimitPolicy.fifo, ["two", "three"]), (.lifo, ["one", "two"])] {
            try await withIdentities(on: engine) { store in
                try await store.configure(config("chat", policy))
                let profile = try await store.create(["email": "ann@example.com", "chat": "one"])
                for chat in ["two", "three"] { try await store.identify(profile, "chat", chat) }
                try await store.remove(profile, "chat")
                #expect(try await store.identifiers(of: profile)["chat"] == rest)
                try await store.remove(profile, "chat", all: true)
                #expect(try await store.identifiers(of: profile) == ["email": ["ann@example.com"]])
                #expect(await refusal { try await store.remove(profile, "chat") } == .notFound)
                for chat in ["one", "two", "three"] { #expect(try await store.lookup(chat, "chat") == []) }
                #expect(try await IdentityAudit(of: store.test).faults(unique: ["chat", "email"]) == [])
            }
        }
    }
}
