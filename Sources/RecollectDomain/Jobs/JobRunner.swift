import Logging
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

    /// The jobs there are, by the kind under which they are queued.
    private static let kinds: [any Job.Type] = [
        StorePurgeJob.self, TraitPurgeJob.self, ProfilePurgeJob.self, ImportJob.self, ImportExpiryJob.self,
        StoreVectorsJob.self, DataMappingSyncJob.self,
    ]

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
    init(
        transactions: Transactions,
        queue: JobQueue,
        clock: any WallClock,
        ids: any IDSource,
        datasets: Datasets?,
        mergeLog: MergeLog,
        logger: Logger
    ) {
        self.transactions = transactions
        self.queue = queue
        self.clock = clock
        self.ids = ids
        self.datasets = datasets
        self.mergeLog = mergeLog
        self.logger = logger
    }

    /// Runs until the server shuts down gracefully or is cancelled.
    package func run() async throws {
        await withTaskGroup { group in
            group.addTask { await poll() }
            group.addTask { await cancelWhenGracefulShutdown { await keepHouse() } }
            for _ in 0..<JobLimits.workers {
                group.addTask { await cancelWhenGracefulShutdown { await work() } }
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// Runs every job that is due now.
    ///
    /// For tests, which do not wait for a poll.
    package func runDueJobs() async {
        while !Task.isCancelled, await runOne() {}
    }

    private func poll() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: JobLimits.pollInterval)
            queue.wake()
        }
    }

    private func work() async {
        var seen = 0
        while !Task.isCancelled {
            await runDueJobs()
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
                try connection.first(JobQueries.claim, now, now + JobLimits.lease)
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
            while !Task.isCancelled {
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
                if step.isDone { return }
                if step.isDone || step.dueAgain != nil { return }
                if let next = step.next.flatMap(kind.init(payload:)) { job = next }
            }
            await postpone(claimed, by: .zero)
        } catch is CancellationError {
            await postpone(claimed, by: .zero)
        } catch {
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
