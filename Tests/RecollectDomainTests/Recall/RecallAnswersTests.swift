import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Recall of a profile` {
    @Test(arguments: EngineKind.available)
    func `without a query the most recent come first and have no score`(on engine: EngineKind) async throws {
        try await withRecall(on: engine) { recall in
            for (content, day) in [("b", 2), ("a", 1), ("d", 3), ("c", 2)] {
                try await recall.observe(content, day: day)
            }
            try await recall.summarise("later", day: 5)
            try await recall.summarise("earlier", day: 4)
            // Of two that occurred at once, the one written later comes first. A threshold says nothing here.
            for request in [try RecallRequest(), try RecallRequest(query: " \n", relevanceThreshold: 1)] {
                let found = try await recall.recall(request)
                #expect(found.observations.map(\.memory.text) == ["d", "c", "b", "a"])
                #expect(found.summaries.map(\.memory.draft.content.text) == ["later", "earlier"])
                #expect(found.observations.allSatisfy { $0.score == nil })
                #expect(found.summaries.allSatisfy { $0.score == nil })
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `with a query the best come first, each with its score`(on engine: EngineKind) async throws {
        try await withRecall(on: engine) { recall in
            try await recall.observe("Prefers window seats on long flights", day: 1)
            try await recall.observe("Allergic to peanuts and shellfish", day: 2)
            try await recall.observe("Has a dog named Biscuit", day: 3)
            try await recall.summarise("Asked about a refund of the flight", day: 1)
            let found = try await recall.recall(RecallRequest(query: "Which seat does she like on a flight? A window?"))
            #expect(found.observations.first?.memory.text == "Prefers window seats on long flights")
            let scores = found.observations.compactMap(\.score)
            #expect(scores.count == 3)
            #expect(scores == scores.sorted(by: >))
            #expect(scores.allSatisfy { (0...1).contains($0) })
            #expect((found.summaries.first?.score ?? 0) > 0)
        }
    }

    @Test(arguments: EngineKind.available)
    func `what matches no word follows the rest, most recent first, unless a threshold asks for more`(
        on engine: EngineKind
    ) async throws {
        try await withRecall(on: engine) { recall in
            for (content, day) in [("tea", 1), ("cats", 4), ("dogs", 3), ("tea and cake", 2)] {
                try await recall.observe(content, day: day)
            }
            let all = try await recall.recall(RecallRequest(query: "tea")).observations
            #expect(all.map(\.memory.text) == ["tea", "tea and cake", "cats", "dogs"])
            #expect(all.suffix(2).allSatisfy { $0.score == 0 })
            let matching = try await recall.observations(RecallRequest(query: "tea", relevanceThreshold: 0.001))
            #expect(matching == ["tea", "tea and cake"])
            // The threshold itself is enough.
            let second = try #require(all[1].score)
            #expect(try await recall.observations(RecallRequest(query: "tea", relevanceThreshold: second)).count == 2)
            let best = try #require(all[0].score)
            #expect(try await recall.observations(RecallRequest(query: "tea", relevanceThreshold: best)) == ["tea"])
            #expect(try await recall.observations(RecallRequest(query: "whisky", relevanceThreshold: 0.001)) == [])
            let nothing = try await recall.observations(RecallRequest(query: "whisky", observationsLimit: 2))
            #expect(nothing == ["cats", "dogs"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `limits bound each kind, and 0 switches it off`(on engine: EngineKind) async throws {
        try await withRecall(on: engine) { recall in
            for day in 0..<30 { try await recall.observe("fact \(day)", day: day) }
            for day in 0..<10 { try await recall.summarise("talk \(day)", day: day) }
            for query in [nil, "fact"] {
                let usual = try await recall.recall(RecallRequest(query: query))
                #expect((usual.observations.count, usual.summaries.count) == (20, 5))
                let none = try await recall.recall(
                    RecallRequest(query: query, observationsLimit: 0, summariesLimit: 100)
                )
                #expect((none.observations.count, none.summaries.count) == (0, 10))
                let one = try await recall.recall(RecallRequest(query: query, observationsLimit: 1, summariesLimit: 0))
                #expect((one.observations.count, one.summaries.count) == (1, 0))
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `a date range filters by when something occurred`(on engine: EngineKind) async throws {
        try await withRecall(on: engine) { recall in
            for day in 0..<6 { try await recall.observe("tea \(day)", day: day) }
            let (begin, end) = (ProfileRecall.time(1), ProfileRecall.time(4))
            for query in [nil, "tea"] {
                let between = try await recall.observations(RecallRequest(query: query, begin: begin, end: end))
                #expect(between == ["tea 3", "tea 2", "tea 1"])
                let since = try await recall.observations(RecallRequest(query: query, begin: end))
                #expect(since == ["tea 5", "tea 4"])
                let empty = try await recall.observations(RecallRequest(query: query, begin: begin, end: begin))
                #expect(empty == [])
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `a conversation that is not known, and a query of nothing but stop words, give the most recent`(
        on engine: EngineKind
    ) async throws {
        try await withRecall(on: engine) { recall in
            for day in 0..<3 { try await recall.observe("tea \(day)", day: day) }
            for query in [nil, "", "what is it?", "?!"] {
                let request = try RecallRequest(
                    query: query,
                    conversationID: conversation(7),
                    communicationsLimit: 10,
                    relevanceThreshold: 0.9
                )
                let found = try await recall.recall(request).observations
                #expect(found.map(\.memory.text) == ["tea 2", "tea 1", "tea 0"])
                #expect(found.allSatisfy { $0.score == nil })
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `an empty profile recalls nothing, another account's is not found`(on engine: EngineKind) async throws {
        try await withRecall(on: engine) { recall in
            let found = try await recall.recall(RecallRequest(query: "tea"))
            #expect(found.observations.isEmpty && found.summaries.isEmpty)
            let stranger = try await recall.profile.test.otherAccount()
            let (feature, place) = (recall.profile.memory.recall, recall.profile.place)
            let request = try RecallRequest()
            #expect(await refusal { try await feature.recall(request, in: place, stranger) } == .storeNotFound)
            let nobody = ProfilePlace(store: place.store, profile: .nobody)
            let scope = recall.profile.scope
            #expect(await refusal { try await feature.recall(request, in: nobody, scope) } == .notFound)
        }
    }
}
