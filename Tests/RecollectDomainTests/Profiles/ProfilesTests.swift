import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Profiles` {
    @Test(arguments: EngineKind.available)
    func `an identifier written differently leads to the same profile`(on engine: EngineKind) async throws {
        try await withMemory(on: engine) { test in
            let store = try await test.store()
            let first = try await test.profile(["phone": "(317) 555-0134", "firstName": "Ann"], in: store)
            let second = try await test.profile(["phone": "+1 317 555 0134", "lastName": "Lee"], in: store)
            #expect(first.profile == second.profile)
            let profile = try await test.memory.profiles.fetch(first, test.scope).value
            let names = profile.groups.flatMap(\.traits).map(\.definition.name.text)
            #expect(names == ["phone", "firstName", "lastName"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a profile needs a value that identifies it`(on engine: EngineKind) async throws {
        try await withMemory(on: engine) { test in
            let store = try await test.store()
            for contact in [[:], ["firstName": "Ann"], ["phone": ""]] {
                let error = await #expect(throws: Rejection.self) { try await test.profile(contact, in: store) }
                #expect(error?.field == "traits")
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `an undeclared trait is refused with its name, and nothing is written`(on engine: EngineKind) async throws {
        try await withMemory(on: engine) { test in
            let store = try await test.store()
            let place = try await test.profile(["phone": "+13175550134"], in: store)
            let inputs: [TraitInput] = .contact(["firstName": "Ann", "nothing": nil])
            let error = await #expect(throws: Rejection.self) {
                try await test.memory.profiles.patch(place, with: inputs, test.scope)
            }
            #expect(error?.field == "traits.Contact.nothing")
            #expect(try await test.memory.profiles.fetch(place, test.scope).value.groups.flatMap(\.traits).count == 1)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a changed identifier is added and the old one kept`(on engine: EngineKind) async throws {
        try await withMemory(on: engine) { test in
            let store = try await test.store()
            let place = try await test.profile(["phone": "+13175550134"], in: store)
            try await test.memory.profiles.patch(place, with: .contact(["phone": "+13175550135"]), test.scope)
            try await test.memory.profiles.patch(place, with: .contact(["phone": nil]), test.scope)
            for phone in ["+13175550134", "+13175550135"] {
                #expect(try await test.profile(["phone": phone], in: store).profile == place.profile)
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `a deleted profile is gone at once and its identifiers are free`(on engine: EngineKind) async throws {
        try await withMemory(on: engine) { test in
            let store = try await test.store()
            let place = try await test.profile(["phone": "+13175550134"], in: store)
            try await test.memory.profiles.delete(place, test.scope)
            let error = await #expect(throws: Rejection.self) {
                try await test.memory.profiles.fetch(place, test.scope)
            }
            #expect(error?.reason == .notFound)
            test.clock.advance(by: .seconds(1))
            await test.memory.jobs.runDueJobs()
            #expect(try await test.profile(["phone": "+13175550134"], in: store).profile != place.profile)
        }
    }

    @Test(arguments: EngineKind.available)
    func `32 creators with one new number make one profile`(on engine: EngineKind) async throws {
        try await withMemory(on: engine) { test in
            let store = try await test.store()
            let ids = try await withThrowingTaskGroup(of: ProfileID.self) { group in
                for _ in 0..<32 {
                    group.addTask { try await test.profile(["phone": "+13175550134"], in: store).profile }
                }
                return try await group.reduce(into: Set<ProfileID>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            let page = PageQuery<ProfileID>(order: .ascending, cursor: nil, isBackward: false, limit: 50)
            #expect(try await test.memory.profiles.list(page, in: store, test.scope).rows.count == 1)
        }
    }

    @Test(arguments: EngineKind.available)
    func `another account finds neither store nor profile`(on engine: EngineKind) async throws {
        try await withMemory(on: engine) { test in
            let place = try await test.profile(["phone": "+13175550134"], in: test.store())
            let stranger = try await test.otherAccount()
            let error = await #expect(throws: Rejection.self) {
                try await test.memory.profiles.fetch(place, stranger)
            }
            #expect(error?.reason == .storeNotFound)
        }
    }

    @Test(arguments: EngineKind.available)
    func `creating and reading keep their statement budgets`(on engine: EngineKind) async throws {
        try await withMemory(on: engine) { test in
            let store = try await test.store()
            let created = try await test.database.count {
                _ = try await test.profile(["phone": "+13175550134"], in: store)
            }
            #expect(created <= 9)
            let place = try await test.profile(["phone": "+13175550134"], in: store)
            let read = try await test.database.count { _ = try await test.memory.profiles.fetch(place, test.scope) }
            #expect(read <= 3)
            let patched = try await test.database.count {
                try await test.memory.profiles.patch(place, with: .contact(["firstName": "Ann"]), test.scope)
            }
            #expect(patched <= 6)
        }
    }
}
