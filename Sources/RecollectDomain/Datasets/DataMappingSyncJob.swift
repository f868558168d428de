import RecollectEngine
import RecollectSQL
import RecollectVocabulary

// Reads the dataset of a data mapping, a page a step. The page is read before the step's transaction, which applies its rows and
// records the place after them; it does so only where the place is still the one that the page was read after. So a row is
// applied once however often a server dies, and by one server however many share the database.
//
// A mapping has one job as long as it is there: when a run has ended, the job is due again at the time of the next one.

/// Reads the dataset of a data mapping.
struct DataMappingSyncJob: FetchingJob {
    static let kind = "sync data mapping"

    /// How many rows a step applies.
    ///
    /// Source: ours, half of what an import takes, as the rows of a dataset may be wide.
    static let rowsLimit = 1000
    /// How often a mapping that is disabled or has no dataset is looked at, which it needs only after a new configuration.
    private static let idleInterval = Duration.seconds(60)
    /// How long a program that reads no datasets, such as a command, leaves a job to the servers.
    private static let elsewherePause = Duration.seconds(2)

    private let mapping: DataMappingID
    private var fetched: Fetched?

    init(on mapping: DataMappingID) {
        self.mapping = mapping
    }

    // The job bears the mapping's id: there is nothing else to say.
    var payload: String { "" }

    /// The id of a mapping's job.
    static func id(for mapping: DataMappingID) -> JobID { JobID(bytes: mapping.bytes[...]) }

    init?(payload: String) { nil }

    init?(_ queued: QueuedJob) {
        self.init(on: DataMappingID(bytes: queued.id.bytes[...]))
    }

    func fetched(from surroundings: FetchSurroundings) async throws -> DataMappingSyncJob {
        let found = try await surroundings.transactions.read { connection in
            try connection.first(DataMappingSyncQueries.mapping, mapping)
        }
        var job = self
        if let found { job.fetched = Fetched(found, try await Self.read(found, from: surroundings.datasets)) }
        return job
    }

    private static func read(_ found: SyncedMapping, from datasets: Datasets?) async throws -> Fetched.Reading {
        guard let datasets else { return .elsewhere }
        guard found.mapping.isEnabled else { return .disabled }
        guard let id = found.mapping.source.dataset, let dataset = datasets.dataset(id, for: found.account) else {
            return .unregistered
        }
        do {
            let page = try await dataset.source.page(after: found.sync.cursor, limit: rowsLimit)
            return .page(page, every: dataset.interval)
        } catch let error as CancellationError {
            throw error
        } catch {
            return .unreadable("\(error)")
        }
    }

    func step(on connection: any Connection, in surroundings: JobSurroundings) throws -> JobStep {
        guard let fetched,
            let store = try connection.first(StoreQueries.resolveShared, fetched.found.store, fetched.found.account),
            var sync = try connection.first(DataMappingSyncQueries.lock, mapping, store.key)
        else { return JobStep(isDone: true) }
        guard store.status == .active, let current = try connection.first(DataMappingQueries.fetch, store.key, mapping)
        else {
            try connection.endOperation(of: &sync, because: "the store was deleted", at: surroundings.now)
            try connection.record(sync, of: mapping)
            return JobStep(isDone: true)
        }
        // What has changed since the page was read is looked at again.
        guard sync.cursor == fetched.found.sync.cursor, current.isEnabled == fetched.found.mapping.isEnabled else {
            return JobStep()
        }
        var step = JobStep()
        let now = surroundings.now
        switch fetched.reading {
        case .elsewhere:
            return JobStep(dueAgain: now + Self.elsewherePause)
        case .disabled:
            step.dueAgain = now + Self.idleInterval
            sync.stop(.disabled, because: nil, at: now, due: now + Self.idleInterval)
            try connection.endOperation(of: &sync, because: "the data mapping is disabled", at: now)
        case .unregistered:
            let failure = "no dataset \(current.source.dataset?.text ?? "") is registered for the account"
            step.dueAgain = now + Self.idleInterval
            sync.stop(.unregistered, because: failure, at: now, due: now + Self.idleInterval)
            try connection.endOperation(of: &sync, because: failure, at: now)
        case .unreadable(let failure):
            step = try fail(&sync, because: failure, on: connection, now)
        case .page(let page, let interval):
            switch try batch(of: page, as: current, in: store.key, on: connection) {
            case .success(let batch):
                step = try apply(batch, page, to: &sync, in: store.key, on: connection, surroundings)
                if page.isLast { try complete(&sync, every: interval, &step, on: connection, now) }
            case .failure(let mismatch):
                step = try fail(&sync, because: mismatch.message, on: connection, now)
            }
        }
        try connection.record(sync, of: mapping)
        return step
    }

    /// The rows of a page in the store's terms; or why the mapping does not fit the dataset or the store's schema.
    private func batch(
        of page: DatasetPage,
        as current: DataMapping,
        in store: StoreKey,
        on connection: any Connection
    ) throws -> Result<ImportBatch?, Rejection> {
        guard !page.rows.isEmpty else { return .success(nil) }
        let schema = try connection.schema(of: store)
        let columns = Result { () throws(Rejection) in
            let traits = ImportedTraits(try current.mappings.targets(in: schema))
            guard traits.identify else {
                throw Rejection(.malformed, "mappingTo", "no column becomes a trait promoted to an identifier")
            }
            return try traits.places(in: page.columns, of: "dataset")
        }
        guard case .success(let places) = columns else { return columns.map { _ in nil } }
        let identity = try connection.identity(of: store)
        var batch = ImportBatch(
            identity: identity,
            blocked: try connection.blockedIdentifiers(of: identity),
            columns: places,
            width: page.columns.count
        )
        for row in page.rows { try batch.read(row) }
        return .success(batch)
    }

    private func apply(
        _ batch: ImportBatch?,
        _ page: DatasetPage,
        to sync: inout DataMappingSync,
        in store: StoreKey,
        on connection: any Connection,
        _ surroundings: JobSurroundings
    ) throws -> JobStep {
        sync.begin(at: surroundings.now)
        sync.cursor = page.cursor
        guard let batch else { return JobStep() }
        let ids: [ProfileID] = surroundings.ids.next(batch.records.count, at: surroundings.now)
        let outcome = try Resolution(batch.identity, at: surroundings.now, newIDs: ids, surroundings.ids)
            .apply(batch.records, on: connection)
        let refusedBefore = sync.rowsRefused
        sync.rowsApplied += batch.records.count
        sync.rowsRefused += batch.errors.count
        sync.counts = sync.counts + outcome.counts
        sync.counts.failed += batch.errors.count
        // Of the rows refused by one page, those that would be forgotten at once are not written.
        let kept = batch.errors.enumerated().suffix(DataMappingSync.rowErrorsLimit)
        try connection.insert(
            DataMappingSyncQueries.insertErrors,
            kept.map { place, error in
                (
                    mapping, refusedBefore + place + 1, store, page.rows[error.row - 1].place, error.column,
                    error.message
                )
            }
        )
        if !batch.errors.isEmpty {
            let forgotten = sync.rowsRefused - DataMappingSync.rowErrorsLimit
            try connection.run(DataMappingSyncQueries.forgetErrors, mapping, forgotten)
        }
        if let operation = sync.operation { try connection.tell(sync.counts, of: operation) }
        return JobStep(outcome: outcome)
    }

    private func complete(
        _ sync: inout DataMappingSync,
        every interval: Duration,
        _ step: inout JobStep,
        on connection: any Connection,
        _ now: Timestamp
    ) throws {
        sync.stop(.completed, because: nil, at: now, due: now + interval)
        sync.failures = 0
        step.dueAgain = sync.nextDueAt
        let counts = sync.counts
        if counts != OperationCounts() {
            step.notice = """
                data mapping \(mapping): \(counts.created) profiles created, \(counts.updated) updated, \
                \(counts.merged) merged, \(counts.failed) rows refused
                """
        }
        try connection.endOperation(of: &sync, because: nil, at: now)
    }

    /// Ends a run that cannot go on; it is tried again after a pause that doubles each time.
    private func fail(
        _ sync: inout DataMappingSync,
        because failure: String,
        on connection: any Connection,
        _ now: Timestamp
    ) throws -> JobStep {
        let text = String(failure.prefix(DataMappingSync.failureLimit))
        sync.begin(at: now)
        let due = now + JobLimits.retryPause(afterAttempts: sync.failures)
        sync.stop(.failed, because: text, at: now, due: due)
        sync.failures += 1
        try connection.endOperation(of: &sync, because: text, at: now)
        // Told once, not at each attempt.
        let notice = sync.failures == 1 ? "data mapping \(mapping): \(text)" : nil
        return JobStep(dueAgain: due, notice: notice)
    }
}

/// What was read before a step.
private struct Fetched: Sendable {
    /// What there is to do.
    enum Reading: Sendable {
        /// Nothing here: a server does it.
        case elsewhere
        case disabled
        case unregistered
        case unreadable(String)
        case page(DatasetPage, every: Duration)
    }

    let found: SyncedMapping
    let reading: Reading

    init(_ found: SyncedMapping, _ reading: Reading) {
        self.found = found
        self.reading = reading
    }
}

extension DataMappingSync {
    /// Begins a run unless one is under way.
    fileprivate mutating func begin(at now: Timestamp) {
        guard status != .running else { return }
        status = .running
        counts = OperationCounts()
        startedAt = now
        finishedAt = nil
    }

    /// Ends a run, if one is under way, and waits.
    fileprivate mutating func stop(_ status: Status, because failure: String?, at now: Timestamp, due: Timestamp) {
        if self.status == .running { finishedAt = now }
        self.status = status
        self.failure = failure
        nextDueAt = due
    }
}
