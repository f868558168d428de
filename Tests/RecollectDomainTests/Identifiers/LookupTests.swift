import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Look-up and identifiers` {
    @Test(arguments: EngineKind.available)
    func `look-up answers canonical profiles, oldest first, at most 100`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(config("chat", isUnique: false))
            let contacts = (0..<102).map { ["email": "\($0)@example.com", "chat": "desk"] as Contact }
            try await store.bulk(contacts)
            let profiles = try await store.profiles()
            #expect(try await store.lookup("desk", "chat") == Array(profiles.prefix(100)))
            // The first three become one, whose aliases are not among the answers.
            _ = try await store.create(["email": "0@example.com", "phone": "+13175550101"])
            try await store.patch(profiles[0], ["email": "1@example.com"])
            try await store.patch(profiles[0], ["email": "2@example.com"])
            #expect(try await store.profiles().count == 100)
            #expect(try await store.lookup("desk", "chat") == [profiles[0]] + profiles[3...])
        }
    }

    @Test(arguments: EngineKind.available)
    func `look-up tells the normal form always, and an unconfigured type is refused`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let values = [("phone", "(317) 555-0101", "+13175550101"), ("phone", "nobody", "nobody")]
            for (type, value, normal) in values {
                let idType = try IdentifierType(type)
                let found = try await store.memory.identifiers.lookup(value, ofType: idType, in: store.id, store.scope)
                #expect(found.normalised == normal && found.profiles == [])
            }
            #expect(await refusal { try await store.lookup("x", "crm") } == .malformed)
            let profile = try await store.create(["email": "ann@example.com"])
            #expect(await refusal { try await store.identify(profile, "crm", "x") } == .malformed)
            #expect(await refusal { try await store.identify(profile, "phone", "x") } == .malformed)
        }
    }

    @Test(arguments: EngineKind.available)
    func `an identifier that another has makes the two one`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(["email": "ann@example.com"])
            let second = try await store.create(["phone": "+13175550101"])
            try await store.identify(second, "email", " ANN@example.com")
            #expect(try await store.canonical(of: second) == first)
            #expect(try await store.traits(of: first).keys.sorted() == ["email", "phone"])
            let merge = try await store.merges(of: first).first
            #expect(merge?.identifier.value == "ann@example.com" && merge?.merged == second)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a replaced value is free, the new one leads to the profile, another's is refused`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let profile = try await store.create(["email": "ann@example.com"])
            _ = try await store.create(["email": "ben@example.com"])
            try await store.replace(profile, "email", "Ann@example.com", by: "lee@example.com")
            #expect(try await store.identifiers(of: profile)["email"] == ["lee@example.com"])
            #expect(try await store.lookup("lee@example.com", "email") == [profile])
            #expect(try await store.lookup("ann@example.com", "email") == [])
            let taken = await refusal {
                try await store.replace(profile, "email", "lee@example.com", by: "ben@example.com")
            }
            #expect(taken == .conflict)
            let unknown = await refusal {
                try await store.replace(profile, "email", "ann@example.com", by: "cy@example.com")
            }
            #expect(unknown == .notFound)
            #expect(try await store.identifiers(of: profile)["email"] == ["lee@example.com"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a value of WhatsApp is replaced by its other spelling`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let (bare, prefixed) = ("+13175550101", "whatsapp:+13175550101")
            let profile = try await store.create(["whatsapp": bare])
            try await store.replace(profile, "whatsapp", bare, by: prefixed)
            #expect(try await store.identifiers(of: profile)["whatsapp"] == [prefixed])
            for spelling in [bare, prefixed] { #expect(try await store.lookup(spelling, "whatsapp") == [profile]) }
            #expect(try await IdentityAudit(of: store.test).faults(unique: ["whatsapp"]) == [])
        }
    }

    @Test(arguments: EngineKind.available)
    func `an alias is read as its canonical profile and sends writes on to it`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let family = try await store.merged(["email": "ann@example.com"], ["phone": "+13175550101"])
            let alias = store.place(family[1])
            let (memory, scope) = (store.memory, store.scope)
            let moved = ProfileMoved(to: family[0])
            #expect(try await memory.identifiers.list(alias, scope).profile == family[0])
            #expect(try await memory.identifiers.fetch(IdentifierType("phone"), of: alias, scope).profile == family[0])
            await #expect(throws: moved) { try await store.identify(family[1], "chat", "ann") }
            await #expect(throws: moved) {
                try await store.replace(family[1], "phone", "+13175550101", by: "+13175550102")
            }
            await #expect(throws: moved) { try await store.remove(family[1], "phone") }
            await #expect(throws: moved) { try await store.patch(family[1], ["city": "Gary"]) }
            await #expect(throws: moved) { try await store.patch(family[1], ["chat": "ann"]) }
            await #expect(throws: moved) { try await store.delete(family[1]) }
            await #expect(throws: moved) { try await store.recalled(family[1]) }
            await #expect(throws: moved) { try await store.observations(of: family[1]).create(["x"]) }
            let merge = try #require(try await store.merges(of: family[1]).first)
            await #expect(throws: moved) { try await store.undo(merge.id, of: family[1]) }
        }
    }
}
