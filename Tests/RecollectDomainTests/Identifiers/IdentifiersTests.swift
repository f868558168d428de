import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Identifiers` {
    @Test(arguments: EngineKind.available)
    func `a look-up answers with canonical profiles, oldest first`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure(rules: ["email", "phone"])
            var profiles: [ProfileID] = []
            for number in 0..<3 {
                profiles.append(try await store.create(["chat": "desk", "email": "\(number)@example.com"]))
            }
            _ = try await store.create(["email": "0@example.com", "phone": "+13175550101"])
            try await store.patch(profiles[1], ["phone": "+13175550101"])
            let found = try await store.lookup("chat", " desk ")
            #expect(found == [profiles[0], profiles[2]])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a look-up of what can be no identifier finds nobody`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let found = try await store.lookup("phone", "no number")
            #expect(found.isEmpty)
            let error = await #expect(throws: Rejection.self) { _ = try await store.lookup("crm", "1") }
            #expect(error?.reason == .malformed)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a replaced value leads nowhere, the new one to the profile`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let profile = try await store.create(["phone": "+13175550101"])
            let other = try await store.create(["phone": "+13175550109"])
            let phone = try IdentifierType("phone")
            let replace = { (old: String, new: String) in
                try await store.memory.identifiers.replace(
                    old,
                    by: new,
                    ofType: phone,
                    for: store.place(profile),
                    store.scope
                )
            }
            try await replace("(317) 555-0101", "+13175550102")
            #expect(try await store.lookup("phone", "+13175550101").isEmpty)
            #expect(try await store.lookup("phone", "+13175550102") == [profile])
            let taken = await #expect(throws: Rejection.self) { try await replace("+13175550102", "+13175550109") }
            #expect(taken?.reason == .conflict)
            let unknown = await #expect(throws: Rejection.self) { try await replace("+13175550101", "+13175550103") }
            #expect(unknown?.reason == .notFound)
            #expect(try await store.lookup("phone", "+13175550109") == [other])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a removal takes the value that the limit would, or all`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            try await store.configure { config in
                config.idType.text == "email" ? try config.changing(policy: .lifo) : config
            }
            let profile = try await store.create(["phone": "+13175550101", "email": "1@example.com"])
            for number in 2...3 {
                try await store.patch(profile, ["phone": "+1317555010\(number)", "email": "\(number)@example.com"])
            }
            let remove = { (type: String, all: Bool) in
                try await store.memory.identifiers.delete(
                    IdentifierType(type),
                    all: all,
                    of: store.place(profile),
                    store.scope
                )
            }
            try await remove("phone", false)
            try await remove("email", false)
            #expect(try await store.values("phone", of: profile) == ["+13175550102", "+13175550103"])
            #expect(try await store.values("email", of: profile) == ["1@example.com", "2@example.com"])
            try await remove("phone", true)
            #expect(try await store.values("phone", of: profile).isEmpty)
            let none = await #expect(throws: Rejection.self) { try await remove("phone", true) }
            #expect(none?.reason == .notFound)
        }
    }

    @Test(arguments: EngineKind.available)
    func `clearing a promoted trait keeps its identifier`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let profile = try await store.create(["phone": "+13175550101", "email": "a@example.com"])
            try await store.patch(profile, ["phone": nil])
            #expect(try await store.traits(of: profile)["phone"] == nil)
            #expect(try await store.lookup("phone", "+13175550101") == [profile])
        }
    }
}
