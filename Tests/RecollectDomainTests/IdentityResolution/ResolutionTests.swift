import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Resolution` {
    @Test(arguments: EngineKind.available)
    func `no match creates, one updates, several are merged into the earliest`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(["email": "a@example.com", "firstName": "Ann"])
            #expect(try await store.create(["email": "A@Example.com", "lastName": "Lee"]) == first)
            let second = try await store.create(["phone": "+13175550101", "firstName": "Anna"])
            #expect(second != first)
            #expect(try await store.create(["email": "a@example.com", "phone": "317-555-0101"]) == first)
            #expect(try await store.canonical(of: second) == first)
            let traits = try await store.traits(of: second)
            #expect(traits["firstName"] == "Anna" && traits["lastName"] == "Lee")
        }
    }

    @Test(arguments: EngineKind.available)
    func `a merge is for the weightiest rule that shows it`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(["chat": "ann"])
            let second = try await store.create(["phone": "+13175550101", "email": "a@example.com"])
            _ = try await store.create(["chat": "ann", "phone": "+13175550101", "email": "a@example.com"])
            let merge = try #require(try await store.merges(of: first).first)
            #expect(merge.canonical == first && merge.merged == second)
            #expect(merge.identifier.type.text == "email" && merge.identifier.value == "a@example.com")
            #expect(merge.id.createdAt == store.test.clock.now())
        }
    }

    @Test(arguments: EngineKind.available)
    func `a type that no rule names is stored and never matches`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(rules: ["email"])
            let first = try await store.create(["phone": "+13175550101"])
            let second = try await store.create(["phone": "+13175550101"])
            #expect(first != second)
            #expect(try await store.lookup("phone", "+13175550101") == [first, second])
        }
    }

    @Test(arguments: EngineKind.available)
    func `one shared value does not match, two do`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure { config in
                ["chat", "phone"].contains(config.idType.text) ? try config.changing(unique: false) : config
            }
            let first = try await store.create(["phone": "+13175550101", "chat": "home"])
            let second = try await store.create(["phone": "+13175550101", "chat": "other"])
            #expect(first != second)
            #expect(try await store.create(["phone": "+13175550101", "chat": "home", "firstName": "Ann"]) == first)
        }
    }

    @Test(arguments: EngineKind.available)
    func `similar values match from the threshold on, also within a bulk`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure { config in
                config.idType.text == "chat" ? try config.changing(algorithm: .fuzzy, threshold: 80) : config
            }
            let first = try await store.create(["chat": "abcdefghij"])
            #expect(try await store.create(["chat": "abcdefghXX"]) == first)
            #expect(try await store.create(["chat": "abcdefgYYY"]) != first)
            #expect(try await store.lookup("chat", "abcdefghij").contains(first))
            #expect(try await store.bulk([["chat": "0123456789"], ["chat": "012345678X"]])?.created == 1)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a number of WhatsApp is found with and without its prefix`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(["whatsapp": "whatsapp:+13175550101"])
            #expect(try await store.create(["whatsapp": "+13175550101"]) == first)
            #expect(try await store.lookup("whatsapp", "+13175550101") == [first])
            #expect(try await store.values("whatsapp", of: first) == ["whatsapp:+13175550101", "+13175550101"])
            let phone = try await store.create(["phone": "whatsapp:+13175550102"])
            #expect(try await store.lookup("phone", "rcs:+1 317 555 0102") == [phone])
        }
    }

    @Test(arguments: EngineKind.available)
    func `fifo drops the oldest value, lifo refuses the newest`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure { config in
                switch config.idType.text {
                case "email": try config.changing(limit: 2, policy: .fifo)
                case "phone": try config.changing(limit: 1, policy: .lifo)
                default: config
                }
            }
            let profile = try await store.create(["email": "1@example.com", "phone": "+13175550101"])
            for number in 2...3 {
                try await store.patch(profile, ["email": "\(number)@example.com", "phone": "+1317555010\(number)"])
            }
            #expect(try await store.values("email", of: profile) == ["2@example.com", "3@example.com"])
            #expect(try await store.values("phone", of: profile) == ["+13175550101"])
            #expect(try await store.lookup("email", "1@example.com").isEmpty)
            #expect(try await store.create(["email": "1@example.com"]) != profile)
        }
    }

    @Test(arguments: EngineKind.available)
    func `new values of one request keep to the limit too`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure { config in
                config.idType.text == "email" ? try config.changing(limit: 2) : config
            }
            let counts = try await store.bulk(
                (1...4).map { ["chat": "ann", "email": "\($0)@example.com"] }
            )
            #expect(counts == OperationCounts(created: 1))
            let profile = try #require(try await store.lookup("chat", "ann").first)
            #expect(try await store.values("email", of: profile) == ["3@example.com", "4@example.com"])
            #expect(try await store.lookup("email", "1@example.com").isEmpty)
        }
    }

    @Test(arguments: EngineKind.available)
    func `another spelling at the limit keeps its key`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure { config in
                config.idType.text == "whatsapp" ? try config.changing(limit: 1) : config
            }
            let first = try await store.create(["whatsapp": "+13175550101"])
            #expect(try await store.create(["whatsapp": "whatsapp:+13175550101"]) == first)
            #expect(try await store.create(["whatsapp": "+13175550101"]) == first)
        }
    }

    @Test(arguments: EngineKind.available)
    func `settings changed later hold for what comes next, and nothing is lost`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(["phone": "+13175550101", "email": "1@example.com"])
            for number in 2...3 { try await store.patch(first, ["email": "\(number)@example.com"]) }
            try await store.configure { config in
                switch config.idType.text {
                case "phone": try config.changing(unique: false)
                case "email": try config.changing(limit: 1)
                default: config
                }
            }
            #expect(try await store.values("email", of: first).count == 3)
            let second = try await store.create(["phone": "+13175550101", "chat": "other"])
            #expect(second != first)
            try await store.configure { try $0.changing(unique: true) }
            #expect(try await store.create(["phone": "+13175550101"]) == first)
            #expect(try await store.canonical(of: second) == first)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a patch to an identifier of another profile shows that both are one`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(["email": "a@example.com"])
            let second = try await store.create(["email": "b@example.com", "firstName": "Ben"])
            try await store.patch(second, ["email": "a@example.com"])
            #expect(try await store.canonical(of: second) == first)
            #expect(try await store.traits(of: first)["firstName"] == "Ben")
        }
    }

    @Test(arguments: EngineKind.available)
    func `entries of a bulk that share an identifier are one profile, of which the later wins`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let known = try await store.create(["chat": "ann"])
            let counts = try await store.bulk([
                ["email": "a@example.com", "phone": "+13175550101", "firstName": "Ann"],
                ["email": "b@example.com"],
                ["phone": "+13175550101", "firstName": "Anna"],
                ["email": "a@example.com", "chat": "ann", "lastName": "Lee"],
            ])
            #expect(counts == OperationCounts(created: 1, updated: 1))
            let traits = try await store.traits(of: known)
            #expect(traits["firstName"] == "Anna" && traits["lastName"] == "Lee")
        }
    }

    @Test(arguments: EngineKind.available)
    func `a bulk with one bad entry applies nothing`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            for bad in [["firstName": "Ann"], ["email": "a@example.com", "nothing": "x"], ["phone": "12"]] {
                let error = await #expect(throws: Rejection.self) {
                    _ = try await store.bulk([["email": "good@example.com"], bad])
                }
                #expect(error?.reason == .bulkEntry)
            }
            let profiles = try await store.test.rowCount(of: "profile")
            #expect(profiles == 0)
        }
    }
}
