import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

// The first answer to a request with an Idempotency-Key is given again for 24 hours.
@Suite struct `Repeated writes of profiles` {
    @Test(arguments: EngineKind.available)
    func `a create answers with the same profile, also when it was merged or deleted since`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let scope = try claim("create", in: store)
            let first = try await store.create(["email": "ann@example.com"])
            let second = try await store.create(["phone": "+13175550101"], for: scope)
            #expect(try await store.create(["phone": "+13175550101"], for: scope) == second)
            try await store.identify(second, "email", "ann@example.com")
            #expect(try await store.create(["phone": "+13175550101"], for: scope) == second)
            try await store.delete(first)
            #expect(try await store.create(["phone": "+13175550101"], for: scope) == second)
            #expect(try await store.profiles() == [])
            // A day later it is a request like any other.
            store.test.clock.advance(by: IdempotencyClaim.lifetime)
            #expect(try await store.create(["phone": "+13175550101"], for: scope) != second)
        }
    }

    @Test(arguments: EngineKind.available)
    func `16 who repeat a create at once make one profile and have one answer`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(rules: ["email"])
            let scope = try claim("create", in: store)
            let answers = try await withThrowingTaskGroup(of: ProfileID.self) { group in
                // Of a type that never matches, so that nothing but the claim makes them one.
                for _ in 0..<16 { group.addTask { try await store.create(["chat": "ann"], for: scope) } }
                return try await group.reduce(into: Set<ProfileID>()) { $0.insert($1) }
            }
            #expect(answers.count == 1)
            #expect(try await store.profiles() == Array(answers))
        }
    }

    @Test(arguments: EngineKind.available)
    func `a bulk answers with the same operation and applies nothing again`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let scope = try claim("bulk", in: store)
            let entries: [Contact] = [["email": "ann@example.com", "city": "Gary"], ["chat": "ben"]]
            #expect(try await store.bulk(entries, for: scope)?.created == 2)
            let ann = try #require(try await store.lookup("ann@example.com", "email").first)
            try await store.patch(ann, ["city": "Rome"])
            #expect(try await store.bulk(entries, for: scope)?.created == 2)
            #expect(try await store.traits(of: ann)["city"] == "Rome")
        }
    }

    @Test(arguments: EngineKind.available)
    func `an undo answers with the same profile and undoes nothing again`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let scope = try claim("undo", in: store)
            let family = try await store.merged(["email": "ann@example.com"], ["phone": "+13175550101"])
            let merge = try #require(try await store.merges(of: family[0]).first)
            #expect(try await store.undo(merge.id, of: family[0], for: scope) == family[1])
            try await store.identify(family[1], "email", "ann@example.com")
            #expect(try await store.undo(merge.id, of: family[0], for: scope) == family[1])
            #expect(try await store.profiles() == [family[0]])
        }
    }

    @Test(arguments: EngineKind.available)
    func `the same key for another request is a conflict, and a refused request keeps no claim`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let scope = try claim("one", in: store)
            #expect(await refusal { try await store.create(["firstName": "Ann"], for: scope) } == .malformed)
            _ = try await store.create(["email": "ann@example.com"], for: scope)
            let other = store.scope.claiming(try IdempotencyClaim(key: "one", requestDigest: [2]))
            #expect(await refusal { try await store.create(["email": "ben@example.com"], for: other) } == .conflict)
            #expect(await refusal { try await store.bulk([["email": "ben@example.com"]], for: scope) } == .conflict)
            #expect(try await store.profiles().count == 1)
        }
    }

    private func claim(_ key: String, in store: IdentityStore) throws -> AccountScope {
        store.scope.claiming(try IdempotencyClaim(key: key, requestDigest: [1]))
    }
}
