package import RecollectEmbedding
package import RecollectEngine
import RecollectSQL
package import RecollectVocabulary

/// What the database says of the work that waits in it.
package struct StoredCounts: Sendable {
    /// Where a job stands.
    package enum JobState: String, Sendable, CaseIterable {
        /// It could be worked on now, and nobody does.
        case due
        /// It is to be done later, for the first time.
        case scheduled
        /// Somebody works on it, or it waits to be tried or run again.
        case claimed
    }

    /// The jobs of a kind.
    package struct Jobs: Sendable {
        /// How many are in each state.
        package internal(set) var counts: [JobState: Int] = [:]
        /// How long the one that has been due longest is due.
        package internal(set) var overdue = Duration.zero
        /// How old the oldest is.
        package internal(set) var oldestAge = Duration.zero
        /// How many have been claimed again and again and never ended.
        package internal(set) var failing = 0
    }

    /// The jobs by their kinds.
    package let jobs: [String: Jobs]
    /// How many items wait for vectors, counted to a limit.
    package let queuedVectors: Int
    /// How many stores still have vectors of another model, their new ones not even begun; 0 without a model.
    package let storesOfOtherModels: Int
    /// How many stores' vectors are being made anew.
    package let storesMadeAnew: Int
    /// How many of their profiles are still to be queued, counted to a limit.
    package let profilesToQueue: Int

    /// How many of a kind are counted.
    ///
    /// Source: ours; more is as alarming, and its count as cheap to leave out as dear to make.
    package static let countLimit = 100_000
    /// How many jobs are looked at.
    private static let jobsLimit = 10_000
    /// How many of the stores whose vectors are made anew have their profiles counted.
    private static let storesLimit = 16
    /// From how many claims on a job fails again and again, where each claim but the last was in vain.
    private static let failingAttempts = 5

    /// Reads the counts.
    ///
    /// - Parameters:
    ///   - connection: a connection that only reads.
    ///   - now: the time.
    ///   - model: the model of this server's vectors; nil when it has none.
    /// - Throws: `EngineError`.
    package init(on connection: any Connection, at now: Timestamp, model: EmbeddingModel?) throws {
        let beginning = Timestamp(microseconds: 0)
        let rows = try connection.all(GaugeQueries.jobs, beginning, Self.jobsLimit)
        jobs = Self.jobs(rows, at: now)
        queuedVectors = try connection.first(GaugeQueries.queuedVectors, beginning, Self.countLimit) ?? 0
        storesOfOtherModels =
            try model.map { try connection.all(VectorQueueQueries.storesOfOtherModels, $0.text).count } ?? 0
        let madeAnew = rows.filter { $0.kind == StoreVectorsJob.kind }
            .compactMap { StoreVectorsJob(payload: $0.payload) }
        storesMadeAnew = madeAnew.count
        profilesToQueue = try madeAnew.prefix(Self.storesLimit).reduce(0) { sum, job in
            let first = job.done ?? ProfileID(bits: 0)
            return sum + (try connection.first(GaugeQueries.profilesAfter, job.store, first, Self.countLimit) ?? 0)
        }
    }

    private static func jobs(_ rows: [MeasuredJob], at now: Timestamp) -> [String: Jobs] {
        var jobs = Dictionary(uniqueKeysWithValues: JobRunner.kindNames.map { ($0, Jobs()) })
        for row in rows {
            // A kind of a newer program is of no name that this one knows.
            let kind = jobs[row.kind] == nil ? "unknown" : row.kind
            let state: JobState = row.dueAt <= now ? .due : row.attempts == 0 ? .scheduled : .claimed
            var ofKind = jobs[kind, default: Jobs()]
            ofKind.counts[state, default: 0] += 1
            ofKind.overdue = max(ofKind.overdue, now.timeSince(row.dueAt))
            ofKind.oldestAge = max(ofKind.oldestAge, now.timeSince(row.id.createdAt))
            // A sync is one job for ever, claimed anew each time; a store's vectors are many steps of one claim.
            if row.kind != DataMappingSyncJob.kind, row.attempts >= failingAttempts { ofKind.failing += 1 }
            jobs[kind] = ofKind
        }
        return jobs
    }
}

extension Timestamp {
    /// The time since an earlier moment.
    fileprivate func timeSince(_ earlier: Timestamp) -> Duration {
        .microseconds(microseconds - earlier.microseconds)
    }
}
