import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Bulk` {
    @Test(arguments: EngineKind.available)
    func `entries that share an identifier are one profile, and the later wins for each trait`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let counts = try await store.bulk([
                ["email": "ann@example.com", "city": "Gary", "firstName": "Ann"],
                ["phone": "+13175550101", "city": "Erie"],
                ["email": " ANN@example.com", "city": "Rome", "lastName": "Lee"],
                ["email": "ann@example.com", "firstName": nil],
            ])
            #expect(counts == OperationCounts(created: 2, updated: 0, merged: 0))
            let ann = try #require(try await store.lookup("ann@example.com", "email").first)
            #expect(
                try await store.traits(of: ann) == ["email": "ann@example.com", "city": "Rome", "lastName": "Lee"]
            )
            let other = try #require(try await store.lookup("+13175550101", "phone").first)
            #expect(try await store.traits(of: other)["city"] == "Erie")
        }
    }

    @Test(arguments: EngineKind.available)
    func `entries that are linked through others are one profile, in any order`(on engine: EngineKind) async throws {
        let entries: [Contact] = [
            ["email": "ann@example.com", "firstName": "A"],
            ["email": "ann@example.com", "phone": "+13175550101", "firstName": "B"],
            ["phone": "+13175550101", "chat": "ann", "firstName": "C"],
            ["chat": "ann", "whatsapp": "+13175550109"],
            ["whatsapp": "whatsapp:+13175550109", "lastName": "Lee"],
        ]
        for order in [[0, 1, 2, 3, 4], [4, 2, 0, 3, 1], [0, 2, 4, 1, 3]] {
            try await withIdentities(on: engine) { store in
                let counts = try await store.bulk(order.map { entries[$0] })
                #expect(counts == OperationCounts(created: 1, updated: 0, merged: 0))
                let profile = try #require(try await store.profiles().first)
                let last = order.last { [0, 1, 2].contains($0) }.map { ["A", "B", "C"][$0] }
                #expect(try await store.traits(of: profile)["firstName"] == last)
                #expect(try await store.traits(of: profile)["lastName"] == "Lee")
                let types = ["chat", "email", "phone", "whatsapp"]
                #expect(try await store.identifiers(of: profile).keys.sorted() == types)
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `entries that lead to profiles which another entry shows to be one are theirs`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(["email": "ann@example.com"])
            let second = try await store.create(["phone": "+13175550101"])
            let counts = try await store.bulk([
                ["phone": "+13175550101", "city": "Gary"], ["chat": "ben"],
                ["email": "ann@example.com", "phone": "+13175550101"], ["email": "ann@example.com", "city": "Rome"],
            ])
            #expect(counts == OperationCounts(created: 1, updated: 1, merged: 1))
            #expect(try await store.canonical(of: second) == first)
            #expect(try await store.traits(of: first)["city"] == "Rome")
        }
    }

    @Test(arguments: EngineKind.available)
    func `a bad entry applies nothing, and is named`(on engine: EngineKind) async throws {
        let bad: [(inputs: [TraitInput], field: String)] = [
            (.contact(["firstName": "Ann"]), "profiles[1].traits"),
            (.contact(["email": "a@example.com", "nothing": "x"]), "traits.Contact.nothing"),
            (.contact(["email": "a@example.com", "nothing": nil]), "traits.Contact.nothing"),
            (.contact(["phone": "12"]), "traits.Contact.phone"),
            (
                [TraitInput(group: "Contact", name: "email", value: .boolean(true), field: "traits.Contact.email")],
                "traits.Contact.email"
            ),
            ([], "profiles[1].traits"),
        ]
        try await withIdentities(on: engine) { store in
            let present = try await store.create(["email": "ann@example.com"])
            for (inputs, field) in bad {
                let entries: [[TraitInput]] = [
                    .contact(["email": "ann@example.com", "city": "Gary"]), inputs, .contact(["chat": "new"]),
                ]
                let error = await #expect(throws: Rejection.self) {
                    try await store.memory.profiles.bulk(entries, in: store.id, store.scope)
                }
                #expect(error?.reason == .bulkEntry && error?.field == field)
            }
            #expect(try await store.profiles() == [present])
            #expect(try await store.traits(of: present) == ["email": "ann@example.com"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `the entries of one profile keep to its limits together`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(config("email", limit: 2))
            let counts = try await store.bulk((1...4).map { ["chat": "ann", "email": "\($0)@example.com"] })
            #expect(counts == OperationCounts(created: 1))
            let profile = try #require(try await store.profiles().first)
            #expect(try await store.identifiers(of: profile)["email"] == ["3@example.com", "4@example.com"])
            for number in 1...2 { #expect(try await store.lookup("\(number)@example.com", "email") == []) }
        }
    }

    @Test(arguments: EngineKind.available)
    func `entries with one shared value in common are two profiles, with two they are one`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(config("chat", isUnique: false), config("phone", isUnique: false))
            let counts = try await store.bulk([
                ["chat": "desk", "phone": "+13175550101"], ["chat": "desk", "phone": "+13175550102"],
                ["phone": "+13175550102", "chat": "desk", "city": "Gary"], ["chat": "desk"],
            ])
            #expect(counts?.created == 3)
            #expect(try await store.lookup("desk", "chat").count == 3)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a thousand profiles at once, and the same again`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let entries = (0..<1000).map { ["email": "\($0)@example.com", "firstName": "\($0)"] as Contact }
            var counts = try await store.bulk(entries)
            #expect(counts == OperationCounts(created: 1000, updated: 0, merged: 0))
            counts = try await store.bulk(entries)
            #expect(counts == OperationCounts(created: 0, updated: 1000, merged: 0))
            // Pairs of them are one, of which more are locked than one statement holds.
            let pairs = (0..<500).map { number in
                ["email": "\(number)@example.com", "phone": String(3_175_550_000 + number)] as Contact
            }
            let others = (0..<500).map { number in
                ["email": "\(999 - number)@example.com", "phone": String(3_175_550_000 + number)] as Contact
            }
            counts = try await store.bulk(pairs + others)
            #expect(counts == OperationCounts(created: 0, updated: 500, merged: 500))
            counts = try await store.bulk(entries)
            #expect(counts == OperationCounts(created: 0, updated: 500, merged: 0))
            #expect(try await IdentityAudit(of: store.test).faults(unique: ["email", "phone"]) == [])
        }
    }
}
