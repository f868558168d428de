import Logging
import Metrics
import RecollectEngine
import RecollectSQL
import RecollectVocabulary
import ServiceLifecycle

/// Claims the jobs that are due and runs them, a few at a time, until the server stops.
package struct JobRunner: Service {
    private let transactions: Transactions
    private let queue: JobQueue
    private let clock: any WallClock
    private let ids: any IDSource
    private let datasets: Datasets?
    private let mergeLog: MergeLog
    private let logger: Logger
    private let failures: [String: Counter]

    /// The jobs there are, by the kind under which they are queued.
    private static let kinds: [any Job.Type] = [
        StorePurgeJob.self, TraitPurgeJob.self, ProfilePurgeJob.self, ImportJob.self, ImportExpiryJob.self,
        StoreVectorsJob.self, DataMappingSyncJob.self,
    ]

    /// The names of the kinds.
    static let kindNames = kinds.map { $0.kind }

    /// A runner for the jobs of a database.
    ///
    /// - Parameters:
    ///   - transactions: how the database is reached.
    ///   - queue: what wakes the runner.
    ///   - clock: where the time comes from.
    ///   - ids: where ids come from.
    ///   - datasets: the datasets that the configuration names; nil where none are read.
    ///   - mergeLog: where merges are told.
    ///   - logger: where failures are told.
    ///   - metrics: where failures are counted.
    init(
        transactions: Transactions,
        queue: JobQueue,
        clock: any WallClock,
        ids: any IDSource,
        datasets: Datasets?,
        mergeLog: MergeLog,
        logger: Logger,
        metrics: any MetricsFactory
    ) {
        self.transactions = transactions
        self.queue = queue
        self.clock = clock
        self.ids = ids
        self.datasets = datasets
        self.mergeLog = mergeLog
        self.logger = logger
        failures = Dictionary(
            uniqueKeysWithValues: Self.kindNames.map { kind in
                (kind, Counter(label: "recollect_job_failures_total", dimensions: [("kind", kind)], factory: metrics))
            }
        )
    }

    /// Runs until the server shuts down gracefully or is cancelled.
    ///
    /// Then each job under way ends its step and is given back, so that another server goes on with it at once. The workers
    /// are told and not cancelled: who is cancelled cannot reach the database to give anything back.
    package func run() async throws {
        await withGracefulShutdownHandler {
            await withTaskGroup { group in
                for _ in 0..<JobLimits.workers {
                    group.addTask { await work() }
                }
                await withTaskGroup { helpers in
                    helpers.addTask { await cancelWhenGracefulShutdown { await poll() } }
                    helpers.addTask { await cancelWhenGracefulShutdown { await keepHouse() } }
                }
                // Who sleeps on the queue is woken by nothing else.
                queue.wake()
            }
        } onGracefulShutdown: {
            queue.wake()
        }
    }

    /// Runs every job that is due now.
    ///
    /// For tests, which do not wait for a poll.
    package func runDueJobs() async {
        while !isStopping, await runOne() {}
    }

    private var isStopping: Bool { Task.isCancelled || Task.isShuttingDownGracefully }

    private func poll() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: JobLimits.pollInterval)
            queue.wake()
        }
    }

    private func work() async {
        var seen = 0
        while !isStopping {
            await runDueJobs()
            if isStopping { return }
            seen = await queue.sleep(after: seen)
        }
    }

    private func keepHouse() async {
        while !Task.isCancelled {
            await forgetExpired()
            try? await Task.sleep(for: JobLimits.housekeepingInterval)
        }
    }

    /// Claims and runs one job.
    ///
    /// Returns whether there was one.
    private func runOne() async -> Bool {
        let now = clock.now()
        do {
            let claimed = try await transactions.write { connection in
                try connection.all(JobQueries.claim, in: Self.kinds.map { $0.kind }, now, now + JobLimits.lease).first
            }
            guard let claimed else { return false }
            await run(claimed)
            return true
        } catch {
            logger.error("cannot claim a job", metadata: ["error": "\(error)"])
            return false
        }
    }

    private func run(_ claimed: QueuedJob) async {
        guard let kind = Self.kinds.first(where: { $0.kind == claimed.kind }),
            var job = kind.init(claimed)
        else {
            logger.error("a job of a kind this program does not know", metadata: ["kind": "\(claimed.kind)"])
            return
        }
        do {
            while !isStopping {
                let ready = try await prepared(job, claimed)
                let now = clock.now()
                let surroundings = JobSurroundings(now: now, ids: ids)
                let step = try await transactions.write { connection -> JobStep in
                    let renewed = try connection.run(
                        JobQueries.reschedule,
                        claimed.id,
                        claimed.attempts,
                        now + JobLimits.lease
                    )
                    // Another server took over after our lease ran out: the rest is its work.
                    guard renewed > 0 else { return JobStep(isDone: true) }
                    let step = try ready.step(on: connection, in: surroundings)
                    if step.isDone { try connection.run(JobQueries.delete, claimed.id) }
                    if let next = step.next { try connection.run(JobQueries.advance, claimed.id, next) }
                    if let due = step.dueAgain {
                        try connection.run(JobQueries.reschedule, claimed.id, claimed.attempts, due)
                    }
                    return step
                }
                mergeLog.tell(step.outcome)
                if let notice = step.notice { logger.notice("\(notice)") }
                if step.isDone || step.dueAgain != nil { return }
                if let next = step.next.flatMap(kind.init(payload:)) { job = next }
            }
            await postpone(claimed, by: .zero)
        } catch is CancellationError {
            await postpone(claimed, by: .zero)
        } catch {
            failures[claimed.kind]?.increment()
            logger.error(
                "a job failed and will be tried again",
                metadata: ["kind": "\(claimed.kind)", "attempts": "\(claimed.attempts)", "error": "\(error)"]
            )
            await postpone(claimed, by: JobLimits.retryPause(afterAttempts: claimed.attempts))
        }
    }

    /// The job with what its next step needs from outside, the lease prolonged while that is fetched.
    private func prepared(_ job: any Job, _ claimed: QueuedJob) async throws -> any Job {
        guard let job = job as? any FetchingJob else { return job }
        return try await cancelWhenGracefulShutdown { try await fetched(job, claimed) }
    }

    private func fetched(_ job: any FetchingJob, _ claimed: QueuedJob) async throws -> any Job {
        let surroundings = FetchSurroundings(transactions: transactions, datasets: datasets)
        return try await withThrowingTaskGroup(of: (any Job)?.self) { group in
            group.addTask { try await job.fetched(from: surroundings) }
            group.addTask {
                while true {
                    try await Task.sleep(for: JobLimits.leaseRenewal)
                    await postpone(claimed, by: JobLimits.lease)
                }
            }
            defer { group.cancelAll() }
            return try await group.next().flatMap(\.self) ?? job
        }
    }

    /// Gives a claimed job back.
    ///
    /// If even that fails, its lease runs out by itself.
    private func postpone(_ claimed: QueuedJob, by pause: Duration) async {
        let due = clock.now() + pause
        do {
            _ = try await transactions.write { connection in
                try connection.run(JobQueries.reschedule, claimed.id, claimed.attempts, due)
            }
        } catch {
            logger.error("cannot give a job back", metadata: ["error": "\(error)"])
        }
    }

    /// Forgets the operations, claims and suggestions that have expired.
    private func forgetExpired() async {
        let now = clock.now()
        do {
            try await transactions.write { connection in
                try connection.run(OperationQueries.expire, OperationID.first(at: now - Operation.lifetime))
                try connection.run(IdempotencyQueries.expire, now)
                let oldestSuggestion = SuggestionID.first(at: now - DataMappingSuggestion.lifetime)
                try connection.run(DataMappingSuggestionQueries.expire, oldestSuggestion)
            }
        } catch {
            logger.error("cannot forget what has expired", metadata: ["error": "\(error)"])
        }
    }
}
