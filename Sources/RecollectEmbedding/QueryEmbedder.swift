import Synchronization

/// The vectors of queries, which somebody on the line waits for: recent ones are remembered, those that arrive together are
/// computed together, and nobody waits beyond a deadline.
///
/// A query that comes while no other is computed is computed by its own thread, if the embedder can do that: handing it to another
/// thread and back takes as long as a third of the work. The others are computed together by `run`; while nobody runs it, each
/// by itself.
package final class QueryEmbedder: Sendable {
    /// What bounds a query embedder.
    package struct Limits: Sendable {
        /// How much the remembered queries may take.
        package var cacheBytes = 8 << 20
        /// How many queries are computed together at most.
        package var batch = 32
        /// How many batches are computed at once.
        package var batchesAtOnce = 2
        /// How many queries wait at most; one more has no vector.
        ///
        /// Bounds the work that a model which is away leaves behind.
        package var pending = 1024
        /// How long somebody waits for a vector; the work goes on, and the vector is remembered.
        package var deadline = Duration.milliseconds(250)

        /// The defaults.
        package init() {}
    }

    private typealias Outcome = Result<[Float], EmbeddingError>

    private struct State {
        var isRunning = false
        var cache: VectorCache
        var batches: QueryBatches<CheckedContinuation<Outcome, Never>>
    }

    /// The model behind it.
    package var model: EmbeddingModel { embedder.model }

    /// Whether queries are computed together.
    package var isRunning: Bool { state.withLock(\.isRunning) }

    private let embedder: any Embedder
    private let deadline: Duration
    private let clock: any Clock<Duration>
    private let state: Mutex<State>
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// Queries around an embedder.
    ///
    /// - Parameters:
    ///   - embedder: what computes.
    ///   - limits: bounds of memory, batches and time.
    ///   - clock: what the deadline is measured with.
    package init(_ embedder: any Embedder, limits: Limits = Limits(), clock: any Clock<Duration> = ContinuousClock()) {
        self.embedder = embedder
        self.clock = clock
        deadline = limits.deadline
        state = Mutex(
            State(
                cache: VectorCache(bytesLimit: limits.cacheBytes),
                batches: QueryBatches(
                    batchLimit: limits.batch,
                    batchesAtOnce: limits.batchesAtOnce,
                    pendingLimit: limits.pending
                )
            )
        )
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The vector of a query.
    ///
    /// - Parameter text: the query.
    /// - Returns: its vector of length 1.
    /// - Throws: `EmbeddingError.late` at the deadline or when the task is cancelled; otherwise what the embedder throws.
    package func vector(for text: String) async throws(EmbeddingError) -> [Float] {
        let (known, id, isAlone) = state.withLock { state in
            (state.cache.vector(of: text), state.batches.makeID(), state.batches.isIdle)
        }
        if let known { return known }
        if isAlone, let vector = try vectorAtOnce(of: text) { return vector }
        return try await withTaskGroup(of: Outcome.self) { [clock, deadline] group in
            group.addTask { await self.outcome(for: text, id) }
            group.addTask {
                try? await clock.sleep(for: deadline)
                return .failure(.late)
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failure(.late)
        }.get()
    }

    private func vectorAtOnce(of text: String) throws(EmbeddingError) -> [Float]? {
        guard let computed = try embedder.vectorAtOnce(of: text) else { return nil }
        let vector = try checked(computed).get()
        state.withLock { $0.cache.store(vector, of: text) }
        return vector
    }

    /// Computes what is asked for until the task is cancelled.
    package func run() async {
        state.withLock { $0.isRunning = true }
        defer { endRun() }
        await withDiscardingTaskGroup { group in
            for await _ in wakes {
                while let batch = state.withLock({ $0.batches.begin() }) {
                    group.addTask { await self.compute(batch) }
                }
            }
        }
    }

    /// Lets nobody wait for what is not computed any more.
    private func endRun() {
        let waiters = state.withLock { state in
            state.isRunning = false
            return state.batches.removeAll()
        }
        for waiter in waiters { waiter.resume(returning: .failure(.late)) }
    }

    private func outcome(for text: String, _ id: Int) async -> Outcome {
        guard isRunning else { return await outcomes(of: [text])[0] }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                // Asked inside the lock: a cancellation after this finds the waiter and takes it away.
                let isRefused = state.withLock { state in
                    guard !Task.isCancelled, state.isRunning, !state.batches.isFull(for: text) else { return true }
                    state.batches.add(waiter, id, for: text)
                    return false
                }
                if isRefused { waiter.resume(returning: .failure(.late)) } else { wake.yield() }
            }
        } onCancel: {
            let waiter = state.withLock { $0.batches.remove(id, for: text) }
            waiter?.resume(returning: .failure(.late))
        }
    }

    private func compute(_ batch: [String]) async {
        let outcomes = await outcomes(of: batch)
        let waiters = state.withLock { state in
            for (text, outcome) in zip(batch, outcomes) {
                if case .success(let vector) = outcome { state.cache.store(vector, of: text) }
            }
            return state.batches.end(batch)
        }
        for (waiters, outcome) in zip(waiters, outcomes) {
            for waiter in waiters { waiter.resume(returning: outcome) }
        }
        wake.yield()
    }

    /// What the embedder says of each text, checked: a wrong vector is worse than none.
    private func outcomes(of batch: [String]) async -> [Outcome] {
        do throws(EmbeddingError) {
            let vectors = try await embedder.embed(batch)
            guard vectors.count == batch.count else {
                throw .unavailable("\(vectors.count) vectors came for \(batch.count) texts")
            }
            return vectors.map(checked)
        } catch {
            return batch.map { _ in .failure(error) }
        }
    }

    private func checked(_ vector: [Float]) -> Outcome {
        guard vector.count == model.dimensions else {
            return .failure(.wrongDimensions(expected: model.dimensions, got: vector.count))
        }
        return vector.allSatisfy(\.isFinite) ? .success(vector) : .failure(.notFinite)
    }
}
