import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

// Ten characters and a threshold of 80 per cent: two may differ.
@Suite struct `Fuzzy matching` {
    @Test(arguments: EngineKind.available)
    func `a similarity at the threshold or above matches, one below does not`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(config("chat", similarity: 80))
            let first = try await store.create(["chat": "abcdefghij"])
            for similar in ["abcdefghiX", "abcdefghXY", "XYcdefghij", "abcdefgh", "abcdefghij12"] {
                #expect(try await store.lookup(similar, "chat") == [first], "\(similar)")
            }
            for other in ["abcdefgXYZ", "abcdefg", "abcdefghij123", "jihgfedcba"] {
                #expect(try await store.lookup(other, "chat") == [], "\(other)")
            }
            #expect(try await store.create(["chat": "abcdefghXY"]) == first)
            #expect(try await store.create(["chat": "abcdeXYZij"]) != first)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a value similar to those of two profiles merges them`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(config("chat", similarity: 80))
            let first = try await store.create(["chat": "abcdefghij"])
            let second = try await store.create(["chat": "abcdefWXYZ"])
            #expect(first != second)
            #expect(try await store.create(["chat": "abcdefghYZ"]) == first)
            #expect(try await store.profiles() == [first])
            let merge = try #require(try await store.merges(of: first).first)
            #expect(merge.merged == second && merge.identifier.value == "abcdefghYZ")
        }
    }

    @Test(arguments: EngineKind.available)
    func `entries of a bulk that are similar are one profile, those that are not are two`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(config("chat", similarity: 80))
            let counts = try await store.bulk([
                ["chat": "abcdefghij", "firstName": "Ann"],
                ["chat": "0123456789", "firstName": "Ben"],
                ["chat": "abcdefghXY", "firstName": "Cy"],
                ["chat": "0123456XYZ", "firstName": "Di"],
            ])
            #expect(counts?.created == 3)
            let found = try await store.lookup("abcdefghij", "chat")
            #expect(try await store.traits(of: #require(found.first))["firstName"] == "Cy")
            // Each is similar to its neighbour: a chain.
            let chain = try await store.bulk([["chat": "aaaaaaaaaa"], ["chat": "bbbbaaaaaa"], ["chat": "bbaaaaaaaa"]])
            #expect(chain?.created == 1)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a value that was taken from a profile is found no more, and the same value of another type is`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(config("chat", similarity: 80), config("nick", similarity: 80))
            try await store.configure(rules: ["email", "chat", "nick"])
            let profile = try await store.create(["chat": "abcdefghij", "email": "ann@example.com"])
            try await store.identify(profile, "nick", "abcdefghij")
            try await store.remove(profile, "chat")
            #expect(try await store.lookup("abcdefghXY", "chat") == [])
            #expect(try await store.lookup("abcdefghXY", "nick") == [profile])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a merge that the limit refuses leaves a value of a fuzzy type with whoever has it`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(config("chat", similarity: 80))
            try await store.guarding(dailyMerges: 0)
            let first = try await store.create(["email": "ann@example.com"])
            let second = try await store.create(["chat": "abcdefghij"])
            #expect(try await store.create(["email": "ann@example.com", "chat": "abcdefghij"]) == first)
            #expect(try await store.profiles() == [first, second])
            #expect(try await store.identifiers(of: first)["chat"] == nil)
            #expect(try await store.lookup("abcdefghij", "chat") == [second])
        }
    }

    @Test(arguments: EngineKind.available)
    func `32 creators of similar values make one profile`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(config("chat", similarity: 80))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<32 {
                    group.addTask { _ = try await store.create(["chat": "abcdefgh\(10 + number)"]) }
                }
                try await group.waitForAll()
            }
            #expect(try await store.profiles().count == 1)
        }
    }
}
