import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Lists of observations` {
    /// Twelve observations, one a second, of two sources and three conversations, by turns.
    private func fill(_ observations: ProfileObservations) async throws {
        for number in 0..<12 {
            try await observations.create(
                ["\(number)"],
                source: number.isMultiple(of: 2) ? "even" : "odd",
                conversations: [conversation(number % 3), conversation(9)]
            )
            observations.profile.test.clock.advance(by: .seconds(1))
        }
    }

    private func time(_ second: Int) -> Timestamp { ManualClock.start + .seconds(second) }

    @Test(arguments: EngineKind.available)
    func `every combination of filters shows what passes them all`(on engine: EngineKind) async throws {
        try await withObservations(on: engine) { observations in
            try await fill(observations)
            let even = try MemorySource("even", field: "source")
            for source in [nil, even] {
                for (after, before) in [(nil, nil), (3, nil), (nil, 9), (3, 9)] as [(Int?, Int?)] {
                    for turn in [nil, 1] as [Int?] {
                        let filter = ObservationFilter(
                            source: source,
                            createdAfter: after.map(time),
                            createdBefore: before.map(time),
                            conversationID: turn.map(conversation)
                        )
                        let expected = (0..<12).filter { number in
                            (source == nil || number.isMultiple(of: 2)) && number >= after ?? 0
                                && number < before ?? 12 && (turn == nil || number % 3 == turn)
                        }
                        let texts = expected.map { "\($0)" }
                        #expect(try await observations.contents(filter) == texts)
                        #expect(try await observations.contents(filter, order: .descending) == texts.reversed())
                    }
                }
            }
            let nobody = ObservationFilter(conversationID: conversation(8))
            #expect(try await observations.contents(nobody) == [])
        }
    }

    @Test(arguments: EngineKind.available, [PageOrder.ascending, .descending])
    func `a filtered list is walked to its end and back`(on engine: EngineKind, order: PageOrder) async throws {
        try await withObservations(on: engine) { observations in
            try await fill(observations)
            let filters = [
                ObservationFilter(),
                ObservationFilter(createdAfter: time(2), createdBefore: time(11), conversationID: conversation(9)),
                ObservationFilter(source: try MemorySource("odd", field: "source")),
            ]
            for filter in filters {
                let all = try await observations.contents(filter, order: order)
                var pages: [[Observation]] = []
                var cursor: ObservationID?
                var hasNext = true
                while hasNext {
                    let query = PageQuery(order: order, cursor: cursor, isBackward: false, limit: 4)
                    let page = try await observations.page(query, filter)
                    #expect(page.hasPrevious == !pages.isEmpty)
                    pages.append(page.rows)
                    (cursor, hasNext) = (page.rows.last?.id, page.hasNext)
                }
                #expect(pages.joined().map(\.text) == all)
                #expect(pages.count == (all.count + 3) / 4)

                for earlier in pages.indices.dropLast().reversed() {
                    let start = pages[earlier + 1].first?.id
                    let query = PageQuery(order: order, cursor: start, isBackward: true, limit: 4)
                    let page = try await observations.page(query, filter)
                    #expect(page.rows == pages[earlier])
                    #expect(page.hasNext)
                    #expect(page.hasPrevious == (earlier > 0))
                }
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `a page stays where it is while observations are added and deleted`(on engine: EngineKind) async throws {
        try await withObservations(on: engine) { observations in
            try await fill(observations)
            let first = try await observations.page(
                PageQuery(order: .descending, cursor: nil, isBackward: false, limit: 4)
            )
            try await observations.create(["new"])
            let last = try #require(first.rows.last)
            try await observations.delete(last.id)
            let second = try await observations.page(
                PageQuery(order: .descending, cursor: last.id, isBackward: false, limit: 4)
            )
            #expect(second.rows.map(\.text) == ["7", "6", "5", "4"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `the conversation filter follows patches`(on engine: EngineKind) async throws {
        try await withObservations(on: engine) { observations in
            let id = try await observations.createOne("a", conversations: [conversation(1), conversation(2)])
            func found(_ number: Int) async throws -> Bool {
                try await observations.contents(ObservationFilter(conversationID: conversation(number))) == ["a"]
            }
            let change = ObservationChange(conversationIDs: [conversation(3), conversation(2)])
            try await observations.patch(id, change)
            #expect(try await found(1) == false)
            #expect(try await found(2))
            #expect(try await found(3))
            try await observations.patch(id, ObservationChange(conversationIDs: []))
            #expect(try await found(2) == false)
            #expect(try await observations.revisions(of: id).rows.map(\.draft.conversationIDs.count) == [0, 2, 2])
            #expect(try await observations.profile.test.rowCount(of: "observation_conversation") == 0)
        }
    }
}
