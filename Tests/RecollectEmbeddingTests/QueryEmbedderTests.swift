import RecollectEmbedding
import Synchronization
import Testing

/// An embedder whose answers the test lets go, one batch at a time; what is asked of the calling thread it answers at once, if at all.
private final class GatedEmbedder: Embedder {
    let model = EmbeddingModel(name: "test", dimensions: 2, digest: "0")
    private let atOnce: @Sendable (String) -> [Float]?

    init(atOnce: @escaping @Sendable (String) -> [Float]? = { _ in nil }) {
        self.atOnce = atOnce
    }

    private struct State {
        var batches: [[String]] = []
        var waiting: [CheckedContinuation<Result<[[Float]], EmbeddingError>, Never>] = []
    }

    private let state = Mutex(State())

    /// The batches asked for so far.
    var batches: [[String]] { state.withLock(\.batches) }

    func embed(_ texts: [String]) async throws(EmbeddingError) -> [[Float]] {
        try await withCheckedContinuation { continuation in
            state.withLock {
                $0.batches.append(texts)
                $0.waiting.append(continuation)
            }
        }.get()
    }

    func vectorAtOnce(of text: String) throws(EmbeddingError) -> [Float]? { atOnce(text) }

    /// Answers the batch that has waited longest: by the lengths of its texts, unless told otherwise.
    func answer(_ result: Result<[[Float]], EmbeddingError>? = nil) {
        let (waiter, batch) = state.withLock { state in
            let waiter = state.waiting.removeFirst()
            return (waiter, state.batches[state.batches.count - state.waiting.count - 1])
        }
        waiter.resume(returning: result ?? .success(batch.map { [Float($0.utf8.count), 1] }))
    }

    /// Waits until a number of batches have been asked for.
    func asked(_ count: Int) async {
        while batches.count < count { await Task.yield() }
    }
}

/// A clock that goes when the test says so.
private final class ManualClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State {
        var now = Instant(offset: .zero)
        var nextID = 0
        var sleepers: [Int: (deadline: Instant, continuation: CheckedContinuation<Void, Never>)] = [:]
    }

    private let state = Mutex(State())
    let minimumResolution = Duration.nanoseconds(1)
    var now: Instant { state.withLock(\.now) }
    /// How many sleep.
    var sleepers: Int { state.withLock(\.sleepers.count) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = state.withLock {
            $0.nextID += 1
            return $0.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard deadline > state.now, !Task.isCancelled else { return true }
                    state.sleepers[id] = (deadline, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume()
        }
        try Task.checkCancellation()
    }

    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    /// Waits until a number of tasks sleep.
    func slept(_ count: Int) async {
        while sleepers < count { await Task.yield() }
    }
}

/// Runs a query embedder for the length of a test.
private func withQueries(
    _ limits: QueryEmbedder.Limits = QueryEmbedder.Limits(),
    batchesAtOnce: Int = 1,
    embedder: GatedEmbedder = GatedEmbedder(),
    _ body: (QueryEmbedder, GatedEmbedder, ManualClock) async throws -> Void
) async throws {
    var limits = limits
    limits.batchesAtOnce = batchesAtOnce
    let clock = ManualClock()
    let queries = QueryEmbedder(embedder, limits: limits, clock: clock)
    try await withThrowingTaskGroup { group in
        group.addTask { await queries.run() }
        while !queries.isRunning { await Task.yield() }
        try await body(queries, embedder, clock)
        group.cancelAll()
    }
}

extension QueryEmbedder {
    fileprivate func outcome(for text: String) async -> Result<[Float], EmbeddingError> {
        do throws(EmbeddingError) {
            return .success(try await vector(for: text))
        } catch {
            return .failure(error)
        }
    }
}

@Suite(.timeLimit(.minutes(10))) struct `A query's vector` {
    @Test func `is remembered`() async throws {
        try await withQueries { queries, embedder, _ in
            async let first = queries.outcome(for: "one")
            await embedder.asked(1)
            embedder.answer()
            #expect(await first == .success([3, 1]))
            #expect(await queries.outcome(for: "one") == .success([3, 1]))
            #expect(embedder.batches == [["one"]])
        }
    }

    @Test func `is computed with those that arrive meanwhile`() async throws {
        try await withQueries { queries, embedder, clock in
            async let first = queries.outcome(for: "a")
            await embedder.asked(1)
            async let second = queries.outcome(for: "bb")
            async let third = queries.outcome(for: "ccc")
            async let again = queries.outcome(for: "bb")
            await clock.slept(4)
            // A sleeper may be there before its query: look until both have joined.
            for _ in 0..<100 { await Task.yield() }
            embedder.answer()
            #expect(await first == .success([1, 1]))
            await embedder.asked(2)
            embedder.answer()
            #expect(await [second, third, again] == [.success([2, 1]), .success([3, 1]), .success([2, 1])])
            #expect(embedder.batches[1].sorted() == ["bb", "ccc"])
        }
    }

    @Test func `is late at the deadline, and there the next time`() async throws {
        try await withQueries { queries, embedder, clock in
            async let vector = queries.outcome(for: "slow")
            await embedder.asked(1)
            await clock.slept(1)
            clock.advance(by: .milliseconds(249))
            #expect(clock.sleepers == 1)
            clock.advance(by: .milliseconds(1))
            #expect(await vector == .failure(.late))
            embedder.answer()
            // The next batch begins after the first one was kept.
            async let other = queries.outcome(for: "other")
            await embedder.asked(2)
            embedder.answer()
            _ = await other
            #expect(await queries.outcome(for: "slow") == .success([4, 1]))
            #expect(embedder.batches.count == 2)
        }
    }

    @Test func `is computed by itself while nobody runs the embedder`() async throws {
        let embedder = GatedEmbedder()
        let queries = QueryEmbedder(embedder)
        async let first = queries.outcome(for: "a")
        await embedder.asked(1)
        embedder.answer()
        #expect(await first == .success([1, 1]))
    }

    @Test func `is computed by the caller's thread while no other is computed`() async throws {
        let embedder = GatedEmbedder { text in text.hasPrefix("short") ? [5, 1] : nil }
        try await withQueries(batchesAtOnce: 2, embedder: embedder) { queries, embedder, _ in
            #expect(await queries.outcome(for: "short") == .success([5, 1]))
            #expect(embedder.batches.isEmpty)
            async let long = queries.outcome(for: "long")
            await embedder.asked(1)
            async let beside = queries.outcome(for: "short one")
            await embedder.asked(2)
            embedder.answer()
            embedder.answer()
            #expect(await [long, beside] == [.success([4, 1]), .success([9, 1])])
            // It is remembered, whoever computed it.
            #expect(await queries.outcome(for: "short") == .success([5, 1]))
            #expect(embedder.batches.count == 2)
        }
    }

    @Test func `by the caller's thread is checked, too`() async {
        let queries = QueryEmbedder(GatedEmbedder { text in text == "short" ? [5] : [.infinity, 1] })
        #expect(await queries.outcome(for: "short") == .failure(.wrongDimensions(expected: 2, got: 1)))
        #expect(await queries.outcome(for: "endless") == .failure(.notFinite))
    }

    @Test func `is not waited for behind more than may wait`() async throws {
        var limits = QueryEmbedder.Limits()
        limits.pending = 1
        try await withQueries(limits) { queries, embedder, clock in
            async let first = queries.outcome(for: "a")
            await embedder.asked(1)
            async let second = queries.outcome(for: "b")
            await clock.slept(2)
            for _ in 0..<100 { await Task.yield() }
            #expect(await queries.outcome(for: "c") == .failure(.late))
            embedder.answer()
            await embedder.asked(2)
            embedder.answer()
            #expect(await [first, second] == [.success([1, 1]), .success([1, 1])])
        }
    }

    @Test func `is computed beside others where there is room`() async throws {
        try await withQueries(batchesAtOnce: 2) { queries, embedder, _ in
            async let first = queries.outcome(for: "a")
            await embedder.asked(1)
            async let second = queries.outcome(for: "b")
            await embedder.asked(2)
            embedder.answer()
            embedder.answer()
            _ = await (first, second)
        }
    }

    @Test func `ends with the caller's task`() async throws {
        try await withQueries { queries, embedder, _ in
            await withTaskGroup { group in
                group.addTask { #expect(await queries.outcome(for: "a") == .failure(.late)) }
                await embedder.asked(1)
                group.cancelAll()
            }
            embedder.answer()
        }
    }

    @Test(arguments: [
        (Result<[[Float]], EmbeddingError>.failure(.unavailable("out")), EmbeddingError.unavailable("out")),
        (.success([[1]]), .wrongDimensions(expected: 2, got: 1)), (.success([[1, .nan]]), .notFinite),
        (.success([]), .unavailable("0 vectors came for 1 texts")),
    ])
    func `is an error rather than a wrong one`(
        answer: Result<[[Float]], EmbeddingError>,
        expected: EmbeddingError
    ) async throws {
        try await withQueries { queries, embedder, _ in
            async let vector = queries.outcome(for: "a")
            await embedder.asked(1)
            embedder.answer(answer)
            #expect(await vector == .failure(expected))
            // Nothing wrong is remembered.
            async let again = queries.outcome(for: "a")
            await embedder.asked(2)
            embedder.answer()
            #expect(await again == .success([1, 1]))
        }
    }

    @Test func `makes room for later ones`() async throws {
        var limits = QueryEmbedder.Limits()
        limits.cacheBytes = 3 * (160 + 1 + 8)
        try await withQueries(limits) { queries, embedder, _ in
            func ask(_ text: String, isKnown: Bool) async throws {
                let before = embedder.batches.count
                async let vector = queries.outcome(for: text)
                if !isKnown {
                    await embedder.asked(before + 1)
                    embedder.answer()
                }
                _ = await vector
                #expect(embedder.batches.count == before + (isKnown ? 0 : 1), "\(text)")
            }
            for text in ["a", "b", "c"] { try await ask(text, isKnown: false) }
            try await ask("a", isKnown: true)
            try await ask("d", isKnown: false)
            for text in ["a", "c", "d"] { try await ask(text, isKnown: true) }
            try await ask("b", isKnown: false)
            try await ask("a", isKnown: false)
        }
    }
}
