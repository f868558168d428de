import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Merges` {
    @Test(arguments: EngineKind.available)
    func `the earliest profile is canonical, whichever the request names`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(["email": "ann@example.com"])
            let second = try await store.create(["phone": "+13175550101"])
            let third = try await store.create(["chat": "ann"])
            try await store.patch(third, ["phone": "+13175550101"])
            #expect(try await store.profiles() == [first, second])
            try await store.identify(second, "email", "ann@example.com")
            #expect(try await store.profiles() == [first])
            for profile in [first, second, third] { #expect(try await store.canonical(of: profile) == first) }
        }
    }

    @Test(arguments: EngineKind.available)
    func `of each trait the last write wins`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(["email": "ann@example.com", "city": "Gary", "firstName": "A"])
            let second = try await store.create(["phone": "+13175550101", "city": "Erie", "firstName": "B"])
            try await store.patch(first, ["firstName": "Ann"])
            try await store.patch(second, ["lastName": "Lee", "state": "PA"])
            try await store.patch(second, ["state": nil])
            _ = try await store.create(["email": "ann@example.com", "phone": "+13175550101"])
            #expect(
                try await store.traits(of: first) == [
                    "email": "ann@example.com", "phone": "+13175550101", "city": "Erie", "firstName": "Ann",
                    "lastName": "Lee",
                ]
            )
        }
    }

    @Test(arguments: EngineKind.available)
    func `a write after the merge wins, also when the clock was set back, and so does a removal`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let family = try await store.merged(
                ["email": "ann@example.com", "city": "Gary", "state": "IN"],
                ["phone": "+13175550101", "city": "Erie", "state": "PA"]
            )
            store.test.clock.advance(by: .seconds(-3600))
            try await store.patch(family[0], ["city": "Rome", "state": nil])
            #expect(try await store.traits(of: family[0])["city"] == "Rome")
            #expect(try await store.traits(of: family[0])["state"] == nil)
            store.test.clock.advance(by: .seconds(-3600))
            try await store.patch(family[0], ["state": "NY", "city": nil])
            #expect(try await store.traits(of: family[1])["state"] == "NY")
            #expect(try await store.traits(of: family[1])["city"] == nil)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a merge that came with a write gives the write the last word`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(["email": "ann@example.com", "city": "Gary"])
            let second = try await store.create(["phone": "+13175550101", "city": "Erie"])
            store.test.clock.advance(by: .seconds(-3600))
            let contact: Contact = ["email": "ann@example.com", "phone": "+13175550101", "city": "Rome"]
            #expect(try await store.create(contact) == first)
            #expect(try await store.traits(of: second)["city"] == "Rome")
        }
    }

    @Test(arguments: EngineKind.available)
    func `the alias of an alias is an alias of the last canonical profile`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(["email": "ann@example.com"])
            let second = try await store.create(["phone": "+13175550101"])
            let third = try await store.create(["chat": "ann"])
            let fourth = try await store.create(["whatsapp": "+13175550109"])
            try await store.identify(fourth, "chat", "ann")
            try await store.identify(third, "phone", "+13175550101")
            try await store.identify(second, "email", "ann@example.com")
            for profile in [second, third, fourth] { #expect(try await store.canonical(of: profile) == first) }
            await #expect(throws: ProfileMoved(to: first)) { try await store.patch(fourth, ["city": "Gary"]) }
            #expect(try await store.merges(of: fourth).map(\.merged) == [fourth, third, second])
            #expect(try await store.merges(of: first).map(\.canonical) == [third, second, first])
            #expect(try await IdentityAudit(of: store.test).faults(unique: ["email", "phone", "chat"]) == [])
        }
    }

    @Test(arguments: EngineKind.available)
    func `the record that shows several to be one merges all of them, each with its reason`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let family = try await store.merged(
                ["chat": "ann"],
                ["phone": "+13175550101"],
                ["email": "ann@example.com"],
                ["whatsapp": "+13175550109"]
            )
            #expect(try await store.profiles() == [family[0]])
            let merges = try await store.merges(of: family[0])
            // The weightiest reason first: email, whatsapp, phone, chat.
            #expect(merges.map(\.merged) == [family[2], family[3], family[1]])
            #expect(merges.map(\.identifier.type.text) == ["email", "whatsapp", "phone"])
            #expect(merges.allSatisfy { $0.canonical == family[0] })
        }
    }

    @Test(arguments: EngineKind.available)
    func `merges are listed page by page in both orders and directions`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(["email": "0@example.com"])
            for number in 1...5 {
                _ = try await store.create(["email": "\(number)@example.com"])
                try await store.patch(first, ["email": "\(number)@example.com"])
            }
            let all = try await store.merges(of: first).map(\.id)
            #expect(all.count == 5 && all == all.sorted())
            for (order, expected) in [(PageOrder.ascending, all), (.descending, all.reversed())] {
                var page = try await merges(PageQuery(order: order, cursor: nil, isBackward: false, limit: 2))
                #expect(page.rows.map(\.id) == Array(expected[0..<2]) && page.hasNext && !page.hasPrevious)
                page = try await merges(PageQuery(order: order, cursor: expected[1], isBackward: false, limit: 2))
                #expect(page.rows.map(\.id) == Array(expected[2..<4]) && page.hasNext && page.hasPrevious)
                page = try await merges(PageQuery(order: order, cursor: expected[3], isBackward: false, limit: 2))
                #expect(page.rows.map(\.id) == [expected[4]] && !page.hasNext && page.hasPrevious)
                page = try await merges(PageQuery(order: order, cursor: expected[4], isBackward: true, limit: 2))
                #expect(page.rows.map(\.id) == Array(expected[2..<4]) && page.hasNext && page.hasPrevious)
                page = try await merges(PageQuery(order: order, cursor: expected[2], isBackward: true, limit: 2))
                #expect(page.rows.map(\.id) == Array(expected[0..<2]) && page.hasNext && !page.hasPrevious)
            }
            func merges(_ page: PageQuery<MergeID>) async throws -> PageSlice<ProfileMerge> {
                try await store.memory.merges.list(page, of: store.place(first), store.scope).value
            }
        }
    }
}
