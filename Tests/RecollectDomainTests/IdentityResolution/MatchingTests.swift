import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Matching` {
    @Test(arguments: EngineKind.available)
    func `none that matches is a new profile, one is updated, several are merged into the earliest`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let ann = try await store.create(["email": "ann@example.com", "firstName": "Ann"])
            let ben = try await store.create(["phone": "+13175550101", "firstName": "Ben"])
            #expect(ann != ben)
            #expect(try await store.create(["email": "ann@example.com", "lastName": "Lee"]) == ann)
            #expect(try await store.traits(of: ann)["lastName"] == "Lee")
            #expect(try await store.traits(of: ben)["lastName"] == nil)

            let one = try await store.create(["phone": "+13175550101", "email": "ann@example.com", "city": "Gary"])
            #expect(one == ann)
            #expect(try await store.profiles() == [ann])
            #expect(try await store.canonical(of: ben) == ann)
            #expect(try await store.traits(of: ben)["city"] == "Gary")
        }
    }

    @Test(arguments: EngineKind.available)
    func `the reason of a merge is the weightiest rule's, in the order of the rules`(on engine: EngineKind) async throws
    {
        for (rules, reason) in [(["phone", "chat", "email"], "phone"), (["email", "chat", "phone"], "chat")] {
            try await withIdentities(on: engine) { store in
                try await store.configure(rules: rules)
                let first = try await store.create(["email": "ann@example.com"])
                let second = try await store.create(["phone": "+13175550101", "chat": "ann"])
                _ = try await store.create(["email": "ann@example.com", "phone": "+13175550101", "chat": "ann"])
                let merge = try await store.merges(of: first).first
                #expect(merge?.identifier.type.text == reason)
                #expect(merge?.identifier.value == (reason == "chat" ? "ann" : "+13175550101"))
                #expect(merge?.canonical == first && merge?.merged == second)
                #expect(merge?.id.createdAt == store.test.clock.now())
                #expect(merge?.undoneAt == nil)
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `the reason of a merge by a patch is what the other has, not what the patched profile has itself`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(["phone": "+13175550101"])
            let second = try await store.create(["email": "ann@example.com"])
            try await store.patch(second, ["email": "ann@example.com", "phone": "+13175550101"])
            let merges = try await store.merges(of: first)
            #expect(merges.map(\.merged) == [second])
            #expect(merges.map(\.identifier.value) == ["+13175550101"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a type that no rule names is stored but never matches`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(rules: ["email"])
            let first = try await store.create(["email": "ann@example.com", "chat": "ann"])
            let second = try await store.create(["email": "ben@example.com", "chat": "ann"])
            #expect(first != second)
            #expect(try await store.identifiers(of: first)["chat"] == ["ann"])
            #expect(try await store.identifiers(of: second)["chat"] == ["ann"])
            #expect(try await store.lookup("ann", "chat") == [first, second])
            try await store.identify(second, "phone", "+13175550101")
            try await store.identify(first, "phone", "+13175550101")
            #expect(try await store.profiles() == [first, second])
            _ = try await store.bulk([["chat": "ann"], ["chat": "ann"]])
            #expect(try await store.profiles().count == 4)
        }
    }

    @Test(arguments: EngineKind.available)
    func `where values may be shared, one in common does not match and two do`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(config("chat", isUnique: false), config("phone", isUnique: false))
            let first = try await store.create(["chat": "desk", "phone": "+13175550101"])
            let second = try await store.create(["chat": "desk", "phone": "+13175550102"])
            #expect(first != second)
            #expect(try await store.lookup("desk", "chat") == [first, second])
            #expect(try await store.create(["chat": "desk", "phone": "+13175550102", "city": "Gary"]) == second)
            // A value that is one profile's alone counts by itself, beside one that is shared.
            try await store.identify(first, "email", "ann@example.com")
            #expect(try await store.create(["email": "ann@example.com", "chat": "desk"]) == first)
            // One value of each: two in common with nobody.
            let third = try await store.create(["chat": "other", "phone": "+13175550102"])
            #expect(try await store.profiles() == [first, second, third])
        }
    }

    @Test(arguments: EngineKind.available)
    func `two shared values in common with two merged profiles are two in common with the one they are`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(config("chat", isUnique: false), config("phone", isUnique: false))
            let family = try await store.merged(
                ["email": "ann@example.com", "chat": "desk"],
                ["whatsapp": "+13175550109", "phone": "+13175550101"]
            )
            #expect(try await store.create(["chat": "desk", "phone": "+13175550101"]) == family[0])
            #expect(try await store.profiles() == [family[0]])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a value is found whatever its spelling, and shown in its normal form`(on engine: EngineKind) async throws {
        let spellings: [(type: String, spellings: [String], normal: String)] = [
            (
                "phone", ["(317) 555-0134", "13175550134", "whatsapp:+1 317 555 0134", "rcs:+13175550134"],
                "+13175550134"
            ),
            ("email", [" Ann@Example.COM ", "a nn@example.com", "ann@example.com"], "ann@example.com"),
            ("chat", ["  Ann ", "Ann"], "Ann"),
        ]
        try await withIdentities(on: engine) { store in
            for (type, spellings, normal) in spellings {
                var found: Set<ProfileID> = []
                for spelling in spellings { found.insert(try await store.create([type: spelling])) }
                #expect(found.count == 1)
                let profile = try #require(found.first)
                #expect(try await store.identifiers(of: profile) == [type: [normal]])
                for spelling in spellings { #expect(try await store.lookup(spelling, type) == [profile]) }
            }
            #expect(try await store.create(["chat": "ann"]) != store.create(["chat": "Ann"]))
            await #expect(throws: Rejection.self) { try await store.create(["phone": "12345"]) }
            #expect(try await store.lookup("12345", "phone") == [])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a number of WhatsApp is found with and without its prefix, and keeps it`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let bare = try await store.create(["whatsapp": "+13175550101"])
            #expect(try await store.create(["whatsapp": "whatsapp:+13175550101", "firstName": "Ann"]) == bare)
            let prefixed = try await store.create(["whatsapp": "whatsapp:+13175550102"])
            #expect(try await store.create(["whatsapp": "+13175550102"]) == prefixed)
            #expect(try await store.profiles() == [bare, prefixed])
            let both = Set(["+13175550102", "whatsapp:+13175550102"])
            #expect(Set(try await store.identifiers(of: prefixed)["whatsapp"] ?? []) == both)
            for spelling in both { #expect(try await store.lookup(spelling, "whatsapp") == [prefixed]) }
        }
    }

    @Test(arguments: EngineKind.available)
    func `what identifies is of its store and its type`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let other = IdentityStore(test: store.test, id: try await store.test.store("other"))
            let here = try await store.create(["chat": "+13175550101"])
            let there = try await other.create(["chat": "+13175550101"])
            let phone = try await store.create(["phone": "+13175550101"])
            #expect(Set([here, there, phone]).count == 3)
            #expect(try await other.lookup("+13175550101", "chat") == [there])
            await #expect(throws: Rejection.self) { try await other.traits(of: here) }
        }
    }
}
