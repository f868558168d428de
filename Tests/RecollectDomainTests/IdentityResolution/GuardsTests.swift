import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Guards against merges that run away` {
    @Test(arguments: EngineKind.available)
    func `a blocked value identifies nobody`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.guarding(
                limit: nil,
                blocking: [("email", "TEST@test.com"), ("whatsapp", "+13175550100")]
            )
            let first = try await store.create(["email": "test@test.com", "phone": "+13175550101"])
            let second = try await store.create(["email": "test@test.com", "phone": "+13175550102"])
            #expect(first != second)
            #expect(try await store.traits(of: first)["email"] == "test@test.com")
            #expect(try await store.values("email", of: first).isEmpty)
            for contact in [["email": "test@test.com"], ["whatsapp": "whatsapp:+13175550100"]] {
                await #expect(throws: Rejection.self) { try await store.create(contact) }
                await #expect(throws: Rejection.self) { try await store.bulk([contact]) }
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `beyond the limit of a day the newcomer stays separate`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.guarding(limit: 1)
            let first = try await store.create(["email": "shop@example.com"])
            var others: [ProfileID] = []
            for number in 1...3 {
                others.append(try await store.create(["phone": "+1317555010\(number)", "firstName": "\(number)"]))
            }
            for number in 1...2 {
                _ = try await store.create(["email": "shop@example.com", "phone": "+1317555010\(number)"])
            }
            #expect(try await store.canonical(of: others[0]) == first)
            #expect(try await store.canonical(of: others[1]) == others[1])
            #expect(try await store.lookup("phone", "+13175550102") == [others[1]])
            store.test.clock.advance(by: .seconds(24 * 60 * 60))
            _ = try await store.create(["email": "shop@example.com", "phone": "+13175550103"])
            #expect(try await store.canonical(of: others[2]) == first)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a patch beyond the limit changes the profile it names`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.guarding(limit: 0)
            let first = try await store.create(["email": "a@example.com"])
            let second = try await store.create(["email": "b@example.com"])
            try await store.patch(second, ["email": "a@example.com", "firstName": "Ben"])
            #expect(try await store.canonical(of: second) == second)
            #expect(try await store.traits(of: second)["firstName"] == "Ben")
            #expect(try await store.traits(of: first)["firstName"] == nil)
            #expect(try await store.lookup("email", "a@example.com") == [first])
            let email = try IdentifierType("email")
            let place = store.place(second)
            let error = await #expect(throws: Rejection.self) {
                try await store.memory.identifiers.create("a@example.com", ofType: email, for: place, store.scope)
            }
            #expect(error?.reason == .conflict)
        }
    }

    @Test(arguments: EngineKind.available)
    func `merges that were undone do not count`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.guarding(limit: 1)
            let first = try await store.create(["email": "a@example.com"])
            let second = try await store.create(["phone": "+13175550101"])
            for _ in 0..<3 {
                _ = try await store.create(["email": "a@example.com", "phone": "+13175550101"])
                #expect(try await store.canonical(of: second) == first)
                let standing = try await store.merges(of: first).filter { $0.undoneAt == nil }
                try await store.undo(try #require(standing.first))
            }
        }
    }
}
