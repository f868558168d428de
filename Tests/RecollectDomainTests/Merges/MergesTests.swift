import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Merges` {
    /// Two profiles with an observation each, merged into the first.
    private func pair(in store: IdentityStore) async throws -> (canonical: ProfileID, merged: ProfileID) {
        let first = try await store.create(["email": "a@example.com", "firstName": "Ann"])
        let second = try await store.create(["phone": "+13175550101", "firstName": "Anna"])
        try await store.observe("of the first", on: first)
        try await store.observe("of the second", on: second)
        _ = try await store.create(["email": "a@example.com", "phone": "+13175550101"])
        return (first, second)
    }

    @Test(arguments: EngineKind.available)
    func `everything that either has is had by both ids`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let (first, second) = try await pair(in: store)
            for id in [first, second] {
                #expect(try await store.contents(of: id) == ["of the first", "of the second"])
                #expect(try await store.traits(of: id)["firstName"] == "Anna")
                #expect(try await store.values("phone", of: id) == ["+13175550101"])
            }
            #expect(try await store.recalled(first) == ["of the first", "of the second"])
            let page = PageQuery<ProfileID>(order: .ascending, cursor: nil, isBackward: false, limit: 10)
            #expect(try await store.memory.profiles.list(page, in: store.id, store.scope).rows == [first])
        }
    }

    @Test(arguments: EngineKind.available)
    func `writes and recall are sent on`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let (first, second) = try await pair(in: store)
            let moved = ProfileMoved(to: first)
            await #expect(throws: moved) { try await store.patch(second, ["firstName": "x"]) }
            await #expect(throws: moved) { try await store.observe("x", on: second) }
            await #expect(throws: moved) { try await store.recalled(second) }
            await #expect(throws: moved) { try await store.memory.profiles.delete(store.place(second), store.scope) }
        }
    }

    @Test(arguments: EngineKind.available)
    func `the last write of a trait wins, also when the clock was set back`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let (first, _) = try await pair(in: store)
            store.test.clock.advance(by: .seconds(-3600))
            try await store.patch(first, ["firstName": "Annie"])
            #expect(try await store.traits(of: first)["firstName"] == "Annie")
            store.test.clock.advance(by: .seconds(-3600))
            try await store.patch(first, ["firstName": nil])
            #expect(try await store.traits(of: first)["firstName"] == nil)
        }
    }

    @Test(arguments: EngineKind.available)
    func `pages lead through the observations of both, forwards and backwards`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(["email": "a@example.com"])
            let second = try await store.create(["phone": "+13175550101"])
            for number in 0..<9 { try await store.observe("\(number)", on: number.isMultiple(of: 2) ? first : second) }
            _ = try await store.create(["email": "a@example.com", "phone": "+13175550101"])
            var seen: [String] = []
            var cursor: ObservationID?
            while true {
                let page = try await store.observations(of: first, limit: 4, after: cursor)
                seen += page.rows.map(\.draft.content.text)
                cursor = page.rows.last?.id
                guard page.hasNext else { break }
            }
            #expect(seen == (0..<9).map(String.init))
            let back = try await store.observations(of: first, limit: 4, after: cursor, isBackward: true)
            #expect(back.rows.map(\.draft.content.text) == ["4", "5", "6", "7"] && back.hasPrevious)
        }
    }

    @Test(arguments: EngineKind.available)
    func `an observation that the other brought is patched and deleted like any`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let (first, _) = try await pair(in: store)
            let brought = try #require(try await store.observations(of: first).rows.last)
            let change = ObservationChange(content: MemoryContent(stored: "changed"))
            let place = store.place(first)
            try await store.memory.observations.patch(brought.id, with: change, in: place, store.scope)
            let page = PageQuery<Int>(order: .descending, cursor: nil, isBackward: false, limit: 10)
            let revisions = try await store.memory.observations.revisions(page, of: brought.id, in: place, store.scope)
            #expect(revisions.value.rows.map(\.draft.content.text) == ["changed", "of the second"])
            #expect(try await store.recalled(first).contains("changed"))
            try await store.memory.observations.delete(brought.id, in: place, store.scope)
            #expect(try await store.contents(of: first) == ["of the first"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `an alias of an alias leads to the last canonical profile`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let earliest = try await store.create(["chat": "ann"])
            let (first, second) = try await pair(in: store)
            _ = try await store.create(["chat": "ann", "email": "a@example.com"])
            for id in [first, second] { #expect(try await store.canonical(of: id) == earliest) }
            #expect(try await store.merges(of: second).count == 2)
        }
    }

    @Test(arguments: EngineKind.available)
    func `deleting the canonical profile deletes its aliases and leaves nothing`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let (first, second) = try await pair(in: store)
            try await store.memory.profiles.delete(store.place(first), store.scope)
            let error = await #expect(throws: Rejection.self) { try await store.traits(of: second) }
            #expect(error?.reason == .notFound)
            await store.test.memory.jobs.runDueJobs()
            for table in [
                "profile", "trait", "profile_identifier", "identifier", "observation", "profile_merge",
                "fuzzy_identifier",
            ] {
                #expect(try await store.test.rowCount(of: table) == 0, "\(table)")
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `undoing gives back what each brought, and what came since stays`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let (first, second) = try await pair(in: store)
            try await store.patch(first, ["firstName": "Annie", "chat": "since"])
            try await store.observe("since", on: first)
            #expect(try await store.recalled(first).count == 3)
            let merge = try #require(try await store.merges(of: first).first)
            try await store.undo(merge)
            #expect(try await store.canonical(of: second) == second)
            #expect(try await store.traits(of: second)["firstName"] == "Anna")
            #expect(try await store.traits(of: first)["firstName"] == "Annie")
            #expect(try await store.recalled(first) == ["of the first", "since"])
            #expect(try await store.recalled(second) == ["of the second"])
            #expect(try await store.lookup("phone", "+13175550101") == [second])
            #expect(try await store.lookup("chat", "since") == [first])
            let error = await #expect(throws: Rejection.self) { try await store.undo(merge) }
            #expect(error?.reason == .conflict)
            #expect(try await store.merges(of: first).map(\.undoneAt) == [store.test.clock.now()])
        }
    }

    @Test(arguments: EngineKind.available)
    func `undoing in the middle of a chain takes along what was merged before`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let earliest = try await store.create(["chat": "ann"])
            let (first, second) = try await pair(in: store)
            _ = try await store.create(["chat": "ann", "email": "a@example.com"])
            let merge = try #require(try await store.merges(of: earliest).first { $0.merged == first })
            try await store.undo(merge)
            #expect(try await store.canonical(of: earliest) == earliest)
            #expect(try await store.canonical(of: second) == first)
            #expect(try await store.contents(of: first) == ["of the first", "of the second"])
            #expect(try await store.contents(of: earliest).isEmpty)
        }
    }
}
