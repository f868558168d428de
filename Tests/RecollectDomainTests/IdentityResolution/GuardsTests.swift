import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Guards against runaway merges` {
    private let both: Contact = ["email": "ann@example.com", "phone": "+13175550101"]

    @Test(arguments: EngineKind.available)
    func `a blocked value identifies nobody, and is a trait like any other`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.guarding(blocking: [("email", "Test@test.com"), ("phone", "(317) 555-0100")])
            let first = try await store.create(["email": "test@test.com", "phone": "+13175550101"])
            let second = try await store.create(["email": " TEST@test.com", "phone": "+13175550102"])
            #expect(first != second)
            #expect(try await store.traits(of: first)["email"] == "test@test.com")
            #expect(try await store.identifiers(of: first).keys.sorted() == ["phone"])
            try await store.patch(first, ["phone": "+13175550100"])
            #expect(try await store.identifiers(of: first)["phone"] == ["+13175550101"])
            #expect(await refusal { try await store.create(["email": "test@test.com"]) } == .malformed)
            #expect(await refusal { try await store.identify(first, "email", "test@test.com") } == .malformed)
            let replaced = await refusal {
                try await store.replace(first, "phone", "+13175550101", by: "13175550100")
            }
            #expect(replaced == .malformed)
            let bulk = await refusal { try await store.bulk([["phone": "+13175550109"], ["email": "test@test.com"]]) }
            #expect(bulk == .bulkEntry)
            _ = try await store.bulk([
                ["email": "test@test.com", "chat": "a"], ["email": "test@test.com", "chat": "b"],
            ])
            #expect(try await store.profiles().count == 4)
            #expect(try await store.lookup("test@test.com", "email") == [])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a blocked number of WhatsApp is blocked in either spelling`(on engine: EngineKind) async throws {
        let (bare, prefixed) = ("+13175550101", "whatsapp:+13175550101")
        for blocked in [bare, prefixed] {
            try await withIdentities(on: engine) { store in
                try await store.guarding(blocking: [("whatsapp", blocked)])
                for spelling in [bare, prefixed] {
                    #expect(await refusal { try await store.create(["whatsapp": spelling]) } == .malformed)
                }
                // Of that type alone.
                _ = try await store.create(["phone": bare])
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `what was there before a value was blocked stays, and leads to nobody until it is unblocked`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(both)
            try await store.guarding(blocking: [("phone", "+13175550101")])
            #expect(try await store.identifiers(of: first)["phone"] == ["+13175550101"])
            #expect(try await store.create(["phone": "+13175550101", "chat": "ben"]) != first)
            try await store.guarding()
            #expect(try await store.create(["phone": "+13175550101"]) == first)
        }
    }

    @Test(arguments: EngineKind.available)
    func `at a limit of 0 nobody is merged, and the record goes to the earliest it leads to`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            try await store.guarding(dailyMerges: 0)
            let first = try await store.create(["email": "ann@example.com"])
            let second = try await store.create(["phone": "+13175550101"])
            #expect(try await store.create(both.merging(["chat": "ann"]) { $1 }) == first)
            #expect(try await store.profiles() == [first, second])
            #expect(try await store.identifiers(of: first) == ["email": ["ann@example.com"], "chat": ["ann"]])
            #expect(try await store.identifiers(of: second) == ["phone": ["+13175550101"]])
            #expect(try await store.lookup("+13175550101", "phone") == [second])
            // A write that names a profile goes to that one.
            try await store.patch(second, ["email": "ann@example.com", "city": "Gary"])
            #expect(await refusal { try await store.identify(second, "email", "ann@example.com") } == .conflict)
            #expect(try await store.traits(of: second)["city"] == "Gary")
            #expect(try await store.traits(of: first)["city"] == nil)
            #expect(try await store.lookup("ann@example.com", "email") == [first])
            #expect(try await store.profiles() == [first, second])
            #expect(try await store.merges(of: first) == [])
            #expect(try await IdentityAudit(of: store.test).faults(unique: ["email", "phone"]) == [])
        }
    }

    @Test(arguments: EngineKind.available)
    func `at a limit of 1 the weightiest newcomer is merged, and the next after 24 hours`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            try await store.guarding(dailyMerges: 1)
            let chat = try await store.create(["chat": "ann"])
            let phone = try await store.create(["phone": "+13175550101"])
            let email = try await store.create(["email": "ann@example.com"])
            let all = both.merging(["chat": "ann"]) { $1 }
            #expect(try await store.create(all) == chat)
            #expect(try await store.profiles() == [chat, phone])
            #expect(try await store.canonical(of: email) == chat)
            // The helper that writes moves the clock by one second.
            store.test.clock.advance(by: .seconds(24 * 60 * 60 - 2))
            _ = try await store.create(all)
            #expect(try await store.profiles() == [chat, phone])
            _ = try await store.create(all)
            store.test.clock.advance(by: .microseconds(1))
            _ = try await store.create(all)
            #expect(try await store.profiles() == [chat])
        }
    }

    @Test(arguments: EngineKind.available)
    func `merges that were undone do not count, those that a newcomer brings do`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.guarding(dailyMerges: 1)
            let first = try await store.create(["email": "ann@example.com"])
            let second = try await store.create(["phone": "+13175550101"])
            _ = try await store.create(both)
            try await store.undo(#require(store.merges(of: first).first).id, of: first)
            #expect(try await store.profiles() == [first, second])
            let third = try await store.create(["chat": "ann"])
            try await store.patch(third, ["phone": "+13175550101"])
            #expect(try await store.canonical(of: third) == second)
            // The limit is the canonical one's; what the newcomer was made of counts afterwards.
            try await store.patch(first, ["phone": "+13175550101"])
            #expect(try await store.profiles() == [first])
            let fourth = try await store.create(["whatsapp": "+13175550109"])
            try await store.patch(first, ["whatsapp": "+13175550109"])
            #expect(try await store.profiles() == [first, fourth])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a bulk keeps to the limit, entry by entry`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.guarding(dailyMerges: 2)
            for number in 0..<4 { _ = try await store.create(["chat": "\(number)"]) }
            _ = try await store.create(["email": "ann@example.com"])
            let counts = try await store.bulk([
                ["chat": "0", "email": "ann@example.com"], ["chat": "1", "phone": "+13175550101"],
                ["chat": "2", "phone": "+13175550101"], ["chat": "3", "phone": "+13175550101"],
            ])
            // Into the first the one of the e-mail, into the second those of the other chats.
            #expect(counts == OperationCounts(created: 0, updated: 2, merged: 3))
            #expect(try await store.profiles().count == 2)
            #expect(try await IdentityAudit(of: store.test).faults(unique: ["email", "phone", "chat"]) == [])
        }
    }

    @Test(arguments: EngineKind.available)
    func `guards are read as they were set, and are off in a new store`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let features = store.memory.identityResolution
            var guards = try await features.guards(of: store.id, in: store.scope)
            #expect(guards.dailyMergesLimit == nil && guards.blocked == [])
            try await store.guarding(dailyMerges: 3, blocking: [("email", "A@b.com"), ("email", "a@B.com")])
            guards = try await features.guards(of: store.id, in: store.scope)
            #expect(guards.dailyMergesLimit == 3 && guards.blocked.map(\.value) == ["a@b.com"])
            for blocked in [("crm", "1"), ("phone", "x")] {
                let reason = await refusal { try await store.guarding(blocking: [blocked]) }
                #expect(reason == .identitySettingsInvalid)
            }
            #expect(await refusal { try await store.guarding(dailyMerges: -1) } == .identitySettingsInvalid)
        }
    }
}
