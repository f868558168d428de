import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Memories of merged profiles` {
    @Test(arguments: EngineKind.available)
    func `observations, revisions and conversations are united in lists, by either id`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(["email": "ann@example.com"])
            let second = try await store.create(["phone": "+13175550101"])
            let (here, there) = (store.observations(of: first), store.observations(of: second))
            let tea = try await here.createOne("likes tea", conversations: [conversation(1)])
            store.test.clock.advance(by: .seconds(1))
            let cake = try await there.createOne("likes cake", conversations: [conversation(1), conversation(2)])
            try await there.patch(cake, content: "loves cake")
            store.test.clock.advance(by: .seconds(1))
            try await here.create(["lives in Gary"])
            _ = try await store.create(["email": "ann@example.com", "phone": "+13175550101"])
            for list in [here, there] {
                #expect(try await list.contents() == ["likes tea", "loves cake", "lives in Gary"])
                #expect(try await list.contents(order: .descending) == ["lives in Gary", "loves cake", "likes tea"])
                let talks = [(1, ["likes tea", "loves cake"]), (2, ["loves cake"]), (3, [])]
                for (number, contents) in talks {
                    let filter = ObservationFilter(conversationID: conversation(number))
                    #expect(try await list.contents(filter) == contents)
                }
                #expect(try await list.revisions(of: cake).rows.map(\.text) == ["loves cake", "likes cake"])
                #expect(try await list.fetch(cake).revision == 2)
                #expect(try await list.fetch(tea).text == "likes tea")
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `an observation that the other brought is changed and deleted through the canonical profile`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(["email": "ann@example.com"])
            let second = try await store.create(["phone": "+13175550101"])
            let cake = try await store.observations(of: second).createOne(
                "likes cake",
                conversations: [conversation(1)]
            )
            let pie = try await store.observations(of: second).createOne("likes pie", conversations: [conversation(1)])
            _ = try await store.create(["email": "ann@example.com", "phone": "+13175550101"])
            let observations = store.observations(of: first)
            try await observations.patch(
                cake,
                ObservationChange(content: MemoryContent("hates cake", field: ""), conversationIDs: [conversation(2)])
            )
            #expect(try await observations.contents() == ["hates cake", "likes pie"])
            let filters = [1, 2].map { ObservationFilter(conversationID: conversation($0)) }
            #expect(try await observations.contents(filters[0]) == ["likes pie"])
            #expect(try await observations.contents(filters[1]) == ["hates cake"])
            #expect(try await observations.revisions(of: cake).rows.count == 2)
            try await observations.delete(pie)
            #expect(try await observations.contents() == ["hates cake"])
            #expect(await refusal { try await observations.revisions(of: pie) } == .notFound)
            #expect(try await store.recalled(first) == ["hates cake"])
            // A change of what the other brought goes with it.
            try await store.undo(#require(store.merges(of: first).first).id, of: first)
            #expect(try await store.observations(of: second).contents() == ["hates cake"])
            #expect(try await observations.contents() == [])
        }
    }

    @Test(arguments: EngineKind.available)
    func `summaries are united, changed and deleted likewise`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(["email": "ann@example.com"])
            let second = try await store.create(["phone": "+13175550101"])
            for (profile, number) in [(first, 1), (second, 2), (second, 3)] {
                store.test.clock.advance(by: .seconds(1))
                let draft = SummaryDraft(
                    content: try MemoryContent("talk \(number)", field: "content"),
                    source: nil,
                    occurredAt: store.test.clock.now(),
                    conversationID: conversation(number)
                )
                try await store.memory.summaries.create([draft], in: store.place(profile), store.scope)
            }
            _ = try await store.create(["email": "ann@example.com", "phone": "+13175550101"])
            let (place, scope, summaries) = (store.place(first), store.scope, store.memory.summaries)
            func contents(_ conversation: ConversationID? = nil) async throws -> [String] {
                let page = PageQuery<SummaryID>(order: .ascending, cursor: nil, isBackward: false, limit: 50)
                return try await summaries.list(page, of: conversation, in: store.place(second), scope).value.rows
                    .map(\.draft.content.text)
            }
            #expect(try await contents() == ["talk 1", "talk 2", "talk 3"])
            #expect(try await contents(conversation(2)) == ["talk 2"])
            let page = PageQuery<SummaryID>(order: .descending, cursor: nil, isBackward: false, limit: 2)
            let last = try await summaries.list(page, of: nil, in: place, scope).value.rows
            let change = SummaryChange(content: try MemoryContent("call 3", field: "content"))
            try await summaries.patch(last[0].id, with: change, in: place, scope)
            try await summaries.delete(last[1].id, in: place, scope)
            #expect(try await contents() == ["talk 1", "call 3"])
            #expect(try await summaries.fetch(last[0].id, in: place, scope).value.draft.content.text == "call 3")
            #expect(await refusal { try await summaries.fetch(last[1].id, in: place, scope) } == .notFound)
        }
    }

    @Test(arguments: EngineKind.available)
    func `pages run over what all of them brought, in both orders and directions`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let profiles = [
                try await store.create(["email": "ann@example.com"]), try await store.create(["phone": "+13175550101"]),
                try await store.create(["chat": "ann"]),
            ]
            for number in 0..<10 {
                store.test.clock.advance(by: .seconds(1))
                try await store.observations(of: profiles[number * 7 % 3]).create(["\(number)"])
            }
            _ = try await store.create(["email": "ann@example.com", "phone": "+13175550101", "chat": "ann"])
            let list = store.observations(of: profiles[0])
            for order in [PageOrder.ascending, .descending] {
                var forwards: [PageSlice<Observation>] = []
                repeat {
                    let cursor = forwards.last?.rows.last?.id
                    forwards.append(
                        try await list.page(PageQuery(order: order, cursor: cursor, isBackward: false, limit: 3))
                    )
                } while forwards.last?.hasNext == true
                let expected = (0..<10).map(String.init)
                let shown = forwards.flatMap(\.rows).map(\.text)
                #expect(shown == (order == .ascending ? expected : expected.reversed()))
                #expect(forwards.map(\.rows.count) == [3, 3, 3, 1])
                #expect(forwards.map(\.hasPrevious) == [false, true, true, true])
                var backwards: [PageSlice<Observation>] = []
                var cursor = forwards.last?.rows.first?.id
                repeat {
                    let page = try await list.page(PageQuery(order: order, cursor: cursor, isBackward: true, limit: 3))
                    cursor = page.rows.first?.id
                    backwards.insert(page, at: 0)
                } while backwards.first?.hasPrevious == true
                #expect(backwards.flatMap(\.rows).map(\.text) == Array(shown.dropLast()))
                #expect(backwards.allSatisfy { $0.hasNext })
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `the list of traits shows one value each, by the time it was set`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let family = try await store.merged(
                ["email": "ann@example.com", "city": "Gary"],
                ["phone": "+13175550101", "city": "Erie", "state": "PA"]
            )
            try await store.patch(family[0], ["state": "OH"])
            let page = PageQuery<TraitPosition>(order: .ascending, cursor: nil, isBackward: false, limit: 2)
            let place = store.place(family[1])
            let first = try await store.memory.profiles.traits(page, of: place, store.scope)
            #expect(first.profile == family[0] && first.value.hasNext)
            let next = PageQuery(
                order: .ascending,
                cursor: first.value.rows.last?.position,
                isBackward: false,
                limit: 9
            )
            let rest = try await store.memory.profiles.traits(next, of: place, store.scope).value
            let shown = (first.value.rows + rest.rows).map { [$0.definition.name.text, $0.value.identifierTexts[0]] }
            #expect(Set(shown.prefix(3).map { $0[0] }) == ["city", "email", "phone"])
            #expect(shown.contains(["city", "Erie"]))
            #expect(shown.last == ["state", "OH"])
            #expect(shown.count == 4)
        }
    }

    @Test(arguments: EngineKind.available)
    func `recall sees what both brought, at once`(on engine: EngineKind) async throws {
        try await withIdentities(on: engine) { store in
            let first = try await store.create(["email": "ann@example.com"])
            let second = try await store.create(["phone": "+13175550101"])
            try await store.observations(of: first).create(["likes tea"])
            try await store.observations(of: second).create(["likes cake"])
            // Both indexes are in memory.
            #expect(try await store.recalled(first) == ["likes tea"])
            #expect(try await store.recalled(second) == ["likes cake"])
            try await store.identify(second, "email", "ann@example.com")
            #expect(Set(try await store.recalled(first)) == ["likes tea", "likes cake"])
            await #expect(throws: ProfileMoved(to: first)) { try await store.recalled(second) }
        }
    }
}
