import RecollectDomain
import RecollectEmbedding
import RecollectEvaluation
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Evaluation with LoCoMo` {
    /// Measures a unit with the example.
    private func report(
        _ unit: LoCoMoUnit,
        of file: String = LoCoMoExample.file,
        embedder: (any Embedder)? = nil,
        progress: (Int, Int, String) -> Void = { _, _, _ in },
        _ body: (TestMemory, LoCoMoReport) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            let evaluation = LoCoMoEvaluation(try LoCoMoFile(path: try folder.write(file, to: "locomo.json")))
            try await withMemory(on: .sqlite, embedder: embedder) { test in
                let memory = MeasuredMemory(test.memory, test.scope)
                try await body(test, try await evaluation.measure(unit, in: memory, progress: progress))
            }
        }
    }

    /// What an evaluation left in the memory: its only profile.
    private func place(_ test: TestMemory) async throws -> ProfilePlace {
        let stores = PageQuery<StoreID>(order: .ascending, cursor: nil, isBackward: false, limit: 2)
        let store = try #require(try await test.memory.stores.list(stores, in: test.scope).rows.first)
        let profiles = PageQuery<ProfileID>(order: .ascending, cursor: nil, isBackward: false, limit: 2)
        let profile = try #require(try await test.memory.profiles.list(profiles, in: store, test.scope).rows.first)
        return ProfilePlace(store: store, profile: profile)
    }

    /// The observations that an evaluation left in the memory.
    private func observations(_ test: TestMemory) async throws -> [ObservationDraft] {
        let page = PageQuery<ObservationID>(order: .ascending, cursor: nil, isBackward: false, limit: 50)
        let place = try await place(test)
        return try await test.memory.observations.list(page, ObservationFilter(), in: place, test.scope)
            .value.rows.map(\.draft)
    }

    @Test func `recall of observations is told overall and by category`() async throws {
        try await report(.observation) { _, report in
            #expect((report.unit, report.items, report.cutTexts) == (.observation, 4, 0))
            let rows = Dictionary(uniqueKeysWithValues: report.rows.map { ($0.category, $0) })
            #expect(
                report.rows.map(\.category)
                    == ["overall", "single-hop", "multi-hop", "temporal", "open-domain", "adversarial"]
            )
            #expect(report.rows.map(\.questions) == [7, 2, 1, 1, 1, 2])
            // All four items are among the first five: what is cited is found, a misprint and a question without evidence are not.
            #expect(rows["single-hop"]?.recall["5"] == 1)
            #expect(rows["multi-hop"]?.recall["5"] == 1)
            #expect(rows["temporal"]?.recall["50"] == 1)
            #expect(rows["open-domain"]?.recall["5"] == 0.5)
            #expect(rows["adversarial"]?.recall["5"] == 0.5)
            #expect(abs((rows["overall"]?.recall["5"] ?? 0) - 5.5 / 7) < 1e-12)
            #expect(report.milliseconds.p50 > 0 && report.milliseconds.p50 <= report.milliseconds.p99)
            #expect(report.calibration.map(\.threshold) == CalibrationRow.thresholds)
        }
    }

    @Test func `observations hold their text and the session's date`() async throws {
        try await report(.observation) { test, _ in
            let observations = try await observations(test)
            #expect(observations.map(\.content.text).contains("Ada has a greyhound named Comet."))
            #expect(
                observations.map(\.occurredAt.rfc3339) == [
                    "2024-03-03T09:05:00Z", "2024-03-03T09:05:00Z", "2024-07-14T00:30:00Z", "2024-08-01T12:15:00Z",
                ]
            )
            #expect(observations.allSatisfy { $0.conversationIDs.isEmpty && $0.provenance.evidence.isEmpty })
        }
    }

    @Test func `evidence is the turns cited and their neighbours, each once, in order`() async throws {
        try await report(.evidence) { test, report in
            let evidence = try await observations(test).map { $0.provenance.evidence.map(\.text) }
            let first = [
                "Ada: I adopted a greyhound called Comet.", "Ben: Lovely! Where from?",
                "Ada: From the shelter in Leeds. [shares a dog on a sofa]",
            ]
            let second = [
                "Ben: My sourdough won a prize at the fair.", "Ada: Congratulations, what did you get?",
                "Ben: A copper kettle.",
            ]
            #expect(
                evidence == [Array(first[..<2]), first, second, ["Ada: We are moving to Norway in autumn."]]
            )
            #expect(report.rows.first?.questions == 7)
        }
    }

    @Test func `a turn has its neighbours and the observations drawn from it as evidence`() async throws {
        try await report(.turn) { test, report in
            #expect(report.items == 7)
            let turns = try await observations(test)
            #expect(turns[1].content.text == "Ben: Lovely! Where from?")
            #expect(
                turns[1].provenance.evidence.map(\.text) == [
                    "Ada: I adopted a greyhound called Comet.",
                    "Ada: From the shelter in Leeds. [shares a dog on a sofa]",
                    "Comet comes from a shelter in Leeds.",
                ]
            )
        }
    }

    @Test func `a summary stands for its session`() async throws {
        try await report(.summary) { _, report in
            #expect(report.items == 3)
            #expect(report.rows.first { $0.category == "multi-hop" }?.recall["5"] == 1)
        }
    }

    @Test func `what is too long is cut and counted`() async throws {
        let long = String(repeating: "word ", count: 1000)
        let file = LoCoMoExample.file.replacing("Where does Comet come from?", with: long)
            .replacing("Ada is moving to Norway.", with: long)
        try await report(.observation, of: file) { test, report in
            #expect(report.cutTexts == 2)
            let last = try await observations(test).last
            #expect(last?.content.text.count == MemoryContent.lengthLimit)
        }
    }

    @Test func `items have their vectors before questions are asked`() async throws {
        let embedder = WordEmbedder()
        try await report(.observation, embedder: embedder) { test, _ in
            let waiting = try await test.rowCount(of: "vector_queue")
            #expect(waiting == 0)
            #expect(embedder.count == 4 + 7)
        }
    }

    @Test func `progress ends with all items and all questions`() async throws {
        var last = (done: 0, whole: 0)
        try await report(.turn, progress: { done, whole, _ in last = (done, whole) }) { _, _ in }
        #expect(last == (14, 14))
    }

    @Test func `a model's first failure is remembered`() async throws {
        let embedder = WordEmbedder()
        let watched = WatchedEmbedder(embedder)
        _ = try await watched.embed(["a"])
        #expect(watched.firstFailure == nil)
        embedder.misbehave(.isDown)
        _ = try? await watched.embed(["a"])
        embedder.misbehave(nil)
        _ = try await watched.embed(["a"])
        #expect(watched.firstFailure != nil)
    }
}
