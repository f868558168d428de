import RecollectDomain
import RecollectEmbedding
import RecollectMetrics
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `What is measured and told of recall` {
    private let registry = MetricsRegistry()
    private let log = LogLines()

    private func withRecall(
        on engine: EngineKind = .sqlite,
        embedder: (any Embedder)? = nil,
        cacheBytesLimit: Int? = nil,
        _ body: (ProfileRecall) async throws -> Void
    ) async throws {
        var limits = Memory.Limits()
        if let cacheBytesLimit { limits.recall.cacheBytesLimit = cacheBytesLimit }
        try await withMemory(on: engine, embedder: embedder, limits: limits, logger: log.logger, metrics: registry) {
            test in
            let place = try await test.profile(["email": "ada@example.com"], in: test.store())
            try await body(ProfileRecall(profile: TestProfile(test: test, place: place)))
        }
    }

    private func metric(_ name: String, _ labels: [String: String] = [:]) throws -> Double {
        try PrometheusText(registry.exposition())["recollect_\(name)", labels] ?? .nan
    }

    private func stage(_ name: String) throws -> Double {
        try metric("recall_stage_duration_seconds_count", ["stage": name])
    }

    private func degraded(_ reason: String) throws -> Double {
        try metric("recalls_degraded_total", ["reason": reason])
    }

    @Test(arguments: EngineKind.available)
    func `each stage of a recall is measured, and how the cache served it`(on engine: EngineKind) async throws {
        try await withRecall(on: engine, embedder: WordEmbedder()) { recall in
            let request = try RecallRequest(query: "tea")
            try await recall.observe("likes tea")
            _ = try await recall.recall(request)
            _ = try await recall.recall(request)
            try await recall.observe("likes coffee")
            _ = try await recall.recall(request)
            _ = try await recall.recall(RecallRequest(query: "tea", asOf: ManualClock.start))
            #expect(try stage("total") == 4)
            #expect(try stage("query_vector") == 4)
            // What is not here is read at once, what was as it is now.
            #expect(try stage("resolve") == 2)
            #expect(try stage("index_cold") == 1)
            #expect(try stage("index_incremental") == 1)
            #expect(try stage("index_past") == 1)
            #expect(try metric("index_cache_lookups_total", ["result": "miss"]) == 1)
            #expect(try metric("index_cache_lookups_total", ["result": "hit"]) == 1)
            #expect(try metric("index_cache_lookups_total", ["result": "stale"]) == 1)
            #expect(try metric("index_cache_profiles") == 1)
            #expect(try metric("index_cache_bytes") > 0)
        }
    }

    @Test func `indexes that make room are counted`() async throws {
        try await withRecall(cacheBytesLimit: 20_000) { recall in
            for number in 0..<20 {
                let other = try await ProfileRecall(profile: recall.profile.another("p\(number)@example.com"))
                try await other.observe("likes tea")
                _ = try await other.recall(RecallRequest(query: "tea"))
            }
            #expect(try metric("index_cache_evictions_total") > 0)
            #expect(try metric("index_cache_bytes") <= 20_000)
        }
    }

    @Test func `a recall without a model counts as degraded, one without a query does not`() async throws {
        try await withRecall { recall in
            _ = try await recall.recall(RecallRequest(query: "tea"))
            _ = try await recall.recall(RecallRequest(query: nil))
            #expect(try degraded("no_model") == 1)
        }
    }

    @Test func `a model that is away is counted with every recall and told once a minute`() async throws {
        let embedder = WordEmbedder()
        try await withRecall(embedder: embedder) { recall in
            let clock = recall.profile.test.clock
            try await recall.observe("likes tea")
            embedder.misbehave(.isDown)
            for number in 0..<40 {
                #expect(try await recall.observations(RecallRequest(query: "tea \(number)")) == ["likes tea"])
                clock.advance(by: .seconds(4))
            }
            #expect(try degraded("failure") == 40)
            #expect(log.lines.filter { $0.hasPrefix("warning queries have no vectors") }.count == 3)
            embedder.misbehave(nil)
            clock.advance(by: .seconds(20))
            _ = try await recall.recall(RecallRequest(query: "tea"))
            #expect(log.lines.filter { $0.hasPrefix("notice queries have vectors again") }.count == 1)
            #expect(try degraded("failure") == 40)
        }
    }

    @Test func `a model that fails every second time does not fill the log`() async throws {
        let embedder = WordEmbedder()
        try await withRecall(embedder: embedder) { recall in
            embedder.misbehave(.refuses("odd"))
            for number in 0..<100 {
                _ = try await recall.recall(RecallRequest(query: number.isMultiple(of: 2) ? "even" : "odd \(number)"))
            }
            #expect(try degraded("failure") == 50)
            #expect(log.lines.filter { $0.contains("queries") }.count == 1)
        }
    }

    @Test func `a model that is late is told apart from one that fails`() async throws {
        try await withRecall(embedder: LateEmbedder()) { recall in
            try await recall.observe("likes tea")
            #expect(try await recall.observations(RecallRequest(query: "tea")) == ["likes tea"])
            #expect(try degraded("deadline") == 1)
            #expect(try degraded("failure") == 0)
        }
    }

    @Test func `vectors that cannot be made are told once, however many batches fail`() async throws {
        let embedder = WordEmbedder()
        try await withRecall(embedder: embedder) { recall in
            for number in 0..<200 { try await recall.observe("fact \(number)") }
            embedder.misbehave(.isDown)
            await recall.memory.vectorMaker?.makeDueVectors()
            #expect(try metric("vectors_failed_total") == 200)
            #expect(log.lines.filter { $0.hasPrefix("warning no vectors") }.count == 1)
        }
    }
}

/// An embedder that never answers in time.
private final class LateEmbedder: Embedder {
    let model = EmbeddingModel(name: "late", dimensions: 4, digest: "late")

    func embed(_ texts: [String]) async throws(EmbeddingError) -> [[Float]] {
        // Until it is cancelled, which is when nobody waits any more.
        try? await Task.sleep(for: .seconds(60))
        throw .late
    }
}
