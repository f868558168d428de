import Logging
import Metrics
import RecollectEmbedding
import RecollectEngine
import RecollectRanking
import RecollectSQL
import RecollectVocabulary
import ServiceLifecycle

// Vectors follow the writes that need them. A batch of queued items is claimed in one transaction, embedded outside of any, and
// stored in another, which takes an item off the queue only if nobody has changed it since. So a crash or a second server costs
// some work twice, and never leaves a vector beside a text it was not made from.

/// Makes the vectors of queued items until the server stops.
package struct VectorMaker: Service {
    let transactions: Transactions
    let queue: VectorQueue
    let embedder: any Embedder
    let clock: any WallClock
    let ids: any IDSource
    let jobs: JobQueue
    let logger: Logger
    private let made: Counter
    private let failed: Counter
    private let progress: VectorProgress

    init(
        transactions: Transactions,
        queue: VectorQueue,
        embedder: any Embedder,
        clock: any WallClock,
        ids: any IDSource,
        jobs: JobQueue,
        logger: Logger,
        metrics: any MetricsFactory
    ) {
        self.transactions = transactions
        self.queue = queue
        self.embedder = embedder
        self.clock = clock
        self.ids = ids
        self.jobs = jobs
        self.logger = logger
        made = Counter(label: "recollect_vectors_made_total", factory: metrics)
        failed = Counter(label: "recollect_vectors_failed_total", factory: metrics)
        progress = VectorProgress(logger: logger)
    }

    /// Runs until the server shuts down gracefully or is cancelled.
    ///
    /// Then what is being made is given back, so that another server, or this one after its restart, goes on with it at once.
    package func run() async throws {
        await withTaskGroup { group in
            group.addTask { await work() }
            await cancelWhenGracefulShutdown { await poll() }
            // Who sleeps on the queue is woken by nothing else.
            queue.waking.wake()
        }
    }

    private var isStopping: Bool { Task.isCancelled || Task.isShuttingDownGracefully }

    /// Makes the vectors of all that is queued and due now.
    ///
    /// For tests and tools, which do not wait for a poll.
    package func makeDueVectors() async {
        while !isStopping, await makeBatch() {}
    }

    private func poll() async {
        while !Task.isCancelled {
            await adoptStores()
            queue.waking.wake()
            await tellProgress()
            try? await Task.sleep(for: VectorLimits.pollInterval)
        }
    }

    private func work() async {
        var seen = 0
        while !isStopping {
            await makeDueVectors()
            if isStopping { return }
            seen = await queue.waking.sleep(after: seen)
        }
    }

    /// Makes one batch; tells whether there was anything to make.
    ///
    /// What has failed more than once is made by itself, so that one text that the model cannot read holds up no others.
    private func makeBatch() async -> Bool {
        do {
            let claimed = try await claim()
            let fresh = claimed.filter { $0.queued.attempts <= VectorLimits.sharedAttempts }
            let failing = claimed.filter { $0.queued.attempts > VectorLimits.sharedAttempts }
            for items in [fresh] + failing.map({ [$0] }) where !items.isEmpty { try await make(items) }
            return !claimed.isEmpty
        } catch is CancellationError {
            // What was claimed is free again when its lease ends.
            return false
        } catch {
            logger.error("cannot make vectors", metadata: ["error": "\(error)"])
            return false
        }
    }

    private func make(_ items: [ClaimedItem]) async throws {
        do {
            let texts = items.flatMap(\.texts)
            try await keep(items, vectors: try await cancelWhenGracefulShutdown { try await embedder.embed(texts) })
        } catch let error as EmbeddingError {
            if isStopping {
                let now = clock.now()
                try await postpone(items) { _ in now }
            } else {
                try await retry(items, after: error)
            }
        }
    }

    // Claiming.

    /// Claims a batch of items that are due.
    private func claim() async throws -> [ClaimedItem] {
        let now = clock.now()
        let profiles = try await transactions.read { connection in
            try connection.all(VectorQueueQueries.due, now, VectorLimits.batch)
        }
        guard !profiles.isEmpty else { return [] }
        return try await transactions.write { connection in
            var claimed: [ClaimedItem] = []
            for profile in Set(profiles).sorted() where claimed.count < VectorLimits.batch {
                claimed += try claim(profile, limit: VectorLimits.batch - claimed.count, on: connection, at: now)
            }
            return claimed
        }
    }

    private func claim(
        _ profile: ProfileID,
        limit: Int,
        on connection: any Connection,
        at now: Timestamp
    ) throws -> [ClaimedItem] {
        let queued = try connection.all(VectorQueueQueries.claim, profile, now, now + VectorLimits.lease, limit)
        // Nobody's profile any more, whose rows are being erased; or one of another model, whose server will come.
        guard let origin = try connection.first(VectorQueueQueries.origin, profile), origin.model == embedder.model.text
        else { return [] }
        let items = queued.map(\.item)
        var texts: [MemoryItemID: [String]] = [:]
        for found in try connection.all(VectorQueueQueries.observationTexts, in: items, profile) {
            texts[found.item] = EmbeddedTexts.texts(of: found.content, evidence: found.provenance.evidence.map(\.text))
        }
        for found in try connection.all(VectorQueueQueries.summaryTexts, in: items, profile) {
            texts[found.item] = EmbeddedTexts.texts(of: found.content, evidence: [])
        }
        return queued.compactMap { queued in
            texts[queued.item].map { texts in
                ClaimedItem(profile: profile, canonical: origin.canonical ?? profile, queued: queued, texts: texts)
            }
        }
    }

    // What becomes of them.

    /// Stores the vectors of claimed items that nobody has changed since.
    private func keep(_ claimed: [ClaimedItem], vectors: [[Float]]) async throws {
        var rest = vectors[...]
        var bytes: [[UInt8]] = []
        for item in claimed {
            bytes.append(QuantisedVector(EmbeddedTexts.vector(of: Array(rest.prefix(item.texts.count)))).bytes)
            rest = rest.dropFirst(item.texts.count)
        }
        let encoded = zip(claimed, bytes)
        let model = embedder.model.key
        let kept = try await transactions.write { connection in
            var kept = 0
            let groups = Dictionary(grouping: encoded) { $0.0.canonical }
            // In the order in which everyone locks profiles.
            for (canonical, items) in groups.sorted(by: { $0.key < $1.key }) {
                // Merged into another since: its items are found again when their lease ends.
                guard let version = try connection.first(VectorQueueQueries.announce, canonical) else { continue }
                let unchanged = try items.filter { item, _ in
                    let queued = item.queued
                    let removed = try connection.run(
                        VectorQueueQueries.remove,
                        item.profile,
                        queued.item,
                        queued.itemVersion
                    )
                    return removed > 0
                }
                try connection.insert(
                    VectorQueries.keep,
                    unchanged.map { item, bytes in
                        (item.profile, version, item.queued.item, item.queued.itemVersion, model, bytes)
                    }
                )
                kept += unchanged.count
            }
            return kept
        }
        made.increment(by: kept)
        progress.made(kept, at: clock.now())
    }

    /// Has claimed items tried again later.
    private func retry(_ claimed: [ClaimedItem], after error: EmbeddingError) async throws {
        failed.increment(by: claimed.count)
        let now = clock.now()
        progress.failed(error, at: now)
        try await postpone(claimed) { now + VectorLimits.retryPause(afterAttempts: $0.queued.attempts) }
    }

    /// Gives claimed items back, to be tried again from a time on.
    private func postpone(
        _ claimed: [ClaimedItem],
        until due: @escaping @Sendable (ClaimedItem) -> Timestamp
    ) async throws {
        try await transactions.write { connection in
            for item in claimed.sorted(by: { ($0.profile, $0.queued.item) < ($1.profile, $1.queued.item) }) {
                try connection.run(
                    VectorQueueQueries.postpone,
                    item.profile,
                    item.queued.item,
                    item.queued.itemVersion,
                    due(item)
                )
            }
        }
    }

    /// Tells how far the work has come, if there is much of it.
    private func tellProgress() async {
        let now = clock.now()
        guard progress.isDue(at: now) else { return }
        let model = embedder.model
        let counts = try? await transactions.read { connection in
            try StoredCounts(on: connection, at: now, model: model)
        }
        // A database that does not answer is told elsewhere.
        if let counts { progress.tell(counts, at: now) }
    }

    // Stores of other models.

    /// Makes the stores whose vectors are another model's, or nobody's, this model's, and has all they hold queued.
    package func adoptStores() async {
        let model = embedder.model.text
        do {
            let stores = try await transactions.read { connection in
                try connection.all(VectorQueueQueries.storesOfOtherModels, model)
            }
            for store in stores {
                let now = clock.now()
                let job: JobID = ids.next(at: now)
                let isAdopted = try await transactions.write { connection in
                    guard try connection.run(VectorQueueQueries.setModel, store, model) > 0 else { return false }
                    try connection.enqueue(StoreVectorsJob(store: store, done: nil), as: job, due: now)
                    return true
                }
                guard isAdopted else { continue }
                logger.notice("a store's vectors are made anew", metadata: ["store": "\(store)", "model": "\(model)"])
                jobs.wake()
            }
        } catch {
            logger.error("cannot look for stores of other models", metadata: ["error": "\(error)"])
        }
    }
}

/// An item that this server makes vectors of.
private struct ClaimedItem: Sendable {
    /// The profile whose row it is.
    let profile: ProfileID
    /// The profile that stands for it.
    let canonical: ProfileID
    let queued: QueuedVector
    let texts: [String]
}
