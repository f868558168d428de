import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

/// A draft that says something.
func draft(_ content: String, source: String = "test", occurredAt: Timestamp = ManualClock.start) -> ObservationDraft {
    ObservationDraft(
        content: MemoryContent(stored: content),
        source: MemorySource(stored: source),
        occurredAt: occurredAt,
        conversationIDs: []
    )
}

/// A page of a list.
private func page<Cursor>(
    _ order: PageOrder = .descending,
    after cursor: Cursor? = nil,
    isBackward: Bool = false,
    limit: Int = 50
) -> PageQuery<Cursor> {
    PageQuery(order: order, cursor: cursor, isBackward: isBackward, limit: limit)
}

@Suite struct `Observations` {
    @Test(arguments: EngineKind.available)
    func `observations of one request are listed in its order`(on engine: EngineKind) async throws {
        try await withPlace(on: engine) { test, place in
            let contents = (0..<10).map { "fact \($0)" }
            try await test.memory.observations.create(contents.map { draft($0) }, in: place, test.scope)
            let listed = try await test.memory.observations.list(
                page(.ascending),
                ObservationFilter(),
                in: place,
                test.scope
            )
            #expect(listed.value.rows.map(\.draft.content.text) == contents)
        }
    }

    @Test(arguments: EngineKind.available)
    func `pages lead forwards and backwards through a filtered list`(on engine: EngineKind) async throws {
        try await withPlace(on: engine) { test, place in
            for number in 0..<10 {
                let source = number.isMultiple(of: 2) ? "even" : "odd"
                try await test.memory.observations.create([draft("\(number)", source: source)], in: place, test.scope)
                test.clock.advance(by: .seconds(1))
            }
            let filter = ObservationFilter(source: MemorySource(stored: "even"))
            let list = test.memory.observations.list
            let first = try await list(page(limit: 2), filter, place, test.scope).value
            #expect(first.rows.map(\.draft.content.text) == ["8", "6"])
            #expect(first.hasNext && !first.hasPrevious)
            let second = try await list(page(after: first.rows[1].id, limit: 2), filter, place, test.scope).value
            #expect(second.rows.map(\.draft.content.text) == ["4", "2"])
            let back = try await list(
                page(after: second.rows[0].id, isBackward: true, limit: 2),
                filter,
                place,
                test.scope
            ).value
            #expect(back.rows.map(\.id) == first.rows.map(\.id))
            #expect(!back.hasPrevious && back.hasNext)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a filter by creation time begins inclusive and ends exclusive`(on engine: EngineKind) async throws {
        try await withPlace(on: engine) { test, place in
            for number in 0..<3 {
                try await test.memory.observations.create([draft("\(number)")], in: place, test.scope)
                test.clock.advance(by: .seconds(1))
            }
            let filter = ObservationFilter(
                createdAfter: ManualClock.start + .seconds(1),
                createdBefore: ManualClock.start + .seconds(2)
            )
            let listed = try await test.memory.observations.list(page(), filter, in: place, test.scope)
            #expect(listed.value.rows.map(\.draft.content.text) == ["1"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a change adds a revision, one that changes nothing does not`(on engine: EngineKind) async throws {
        try await withPlace(on: engine) { test, place in
            let id = try await test.observation("before", in: place)
            let observations = test.memory.observations
            try await observations.patch(id, with: ObservationChange(), in: place, test.scope)
            let same = ObservationChange(content: MemoryContent(stored: "before"))
            try await observations.patch(id, with: same, in: place, test.scope)
            let other = ObservationChange(content: MemoryContent(stored: "after"))
            try await observations.patch(id, with: other, in: place, test.scope)
            let revisions = try await observations.revisions(page(), of: id, in: place, test.scope).value.rows
            #expect(revisions.map(\.draft.content.text) == ["after", "before"])
            // The clock stood still, and yet the change came later.
            #expect(revisions[0].updatedAt > revisions[1].updatedAt)
        }
    }

    @Test(arguments: EngineKind.available)
    func `32 writers of one observation make exactly as many revisions as changes`(on engine: EngineKind) async throws {
        try await withPlace(on: engine) { test, place in
            let id = try await test.observation("first", in: place)
            try await withThrowingTaskGroup { group in
                for number in 0..<32 {
                    group.addTask {
                        let change = ObservationChange(content: MemoryContent(stored: "change \(number)"))
                        try await test.memory.observations.patch(id, with: change, in: place, test.scope)
                    }
                }
                try await group.waitForAll()
            }
            let revisions = try await test.memory.observations.revisions(page(), of: id, in: place, test.scope).value
                .rows
            #expect(revisions.map(\.revision) == Array((1...33).reversed()))
            #expect(Set(revisions.map(\.draft.content.text)).count == 33)
        }
    }

    @Test(arguments: EngineKind.available)
    func `revisions go with their observation`(on engine: EngineKind) async throws {
        try await withPlace(on: engine) { test, place in
            let id = try await test.observation("x", in: place)
            try await test.memory.observations.delete(id, in: place, test.scope)
            let error = await #expect(throws: Rejection.self) {
                try await test.memory.observations.revisions(page(), of: id, in: place, test.scope)
            }
            #expect(error?.reason == .notFound)
        }
    }

    @Test(arguments: EngineKind.available)
    func `reading and writing keep their statement budgets`(on engine: EngineKind) async throws {
        try await withPlace(on: engine) { test, place in
            let (observations, scope) = (test.memory.observations, test.scope)
            let id = try await test.observation("x", in: place)
            #expect(try await test.database.count { _ = try await observations.fetch(id, in: place, scope) } <= 2)
            let change = ObservationChange(content: MemoryContent(stored: "y"))
            #expect(
                try await test.database.count { try await observations.patch(id, with: change, in: place, scope) } <= 6
            )
            let drafts = (0..<10).map { draft("\($0)") }
            #expect(try await test.database.count { try await observations.create(drafts, in: place, scope) } <= 6)
        }
    }
}

@Suite struct `Idempotency` {
    @Test(arguments: EngineKind.available)
    func `16 requests with one key are applied once`(on engine: EngineKind) async throws {
        try await withPlace(on: engine) { test, place in
            let scope = test.scope.claiming(try IdempotencyClaim(key: "key", requestDigest: [1]))
            try await withThrowingTaskGroup { group in
                for _ in 0..<16 {
                    group.addTask { try await test.memory.observations.create([draft("once")], in: place, scope) }
                }
                try await group.waitForAll()
            }
            let listed = try await test.memory.observations.list(page(), ObservationFilter(), in: place, test.scope)
            #expect(listed.value.rows.count == 1)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a key of another request is a conflict, until a day has passed`(on engine: EngineKind) async throws {
        try await withPlace(on: engine) { test, place in
            let first = test.scope.claiming(try IdempotencyClaim(key: "key", requestDigest: [1]))
            let second = test.scope.claiming(try IdempotencyClaim(key: "key", requestDigest: [2]))
            try await test.memory.observations.create([draft("a")], in: place, first)
            let error = await #expect(throws: Rejection.self) {
                try await test.memory.observations.create([draft("b")], in: place, second)
            }
            #expect(error?.reason == .conflict)
            test.clock.advance(by: IdempotencyClaim.lifetime)
            try await test.memory.observations.create([draft("b")], in: place, second)
        }
    }
}

/// Runs a test on a profile of its own.
func withPlace(on engine: EngineKind, _ body: (TestMemory, ProfilePlace) async throws -> Void) async throws {
    try await withMemory(on: engine) { test in
        try await body(test, test.profile(["phone": "+13175550134"], in: test.store()))
    }
}

extension TestMemory {
    /// Creates one observation and gives its id.
    func observation(_ content: String, in place: ProfilePlace) async throws -> ObservationID {
        try await memory.observations.create([draft(content)], in: place, scope)
        let newest = PageQuery<ObservationID>(order: .descending, cursor: nil, isBackward: false, limit: 1)
        let listed = try await memory.observations.list(newest, ObservationFilter(), in: place, scope)
        return try #require(listed.value.rows.first).id
    }
}
