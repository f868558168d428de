import RecollectEngine
import RecollectSQL
import RecollectVocabulary

/// Work too long for one transaction, done in steps by whichever server claims it.
///
/// A step may be cut off by a crash and is then rolled back as a whole, so each step must leave the work resumable from
/// what is in the database. The last step's transaction also removes the job: it is applied once.
protocol Job: Sendable {
    /// The kind under which its handler is found.
    static var kind: String { get }
    /// What it needs to know, as text.
    var payload: String { get }
    /// Reads a payload; nil when it is none of this kind.
    init?(payload: String)
    /// Reads what stands in the queue; nil when it is none of this kind.
    init?(_ queued: QueuedJob)

    /// Does a bounded part of the work in one transaction.
    ///
    /// - Parameters:
    ///   - connection: the transaction.
    ///   - surroundings: the time, and where ids come from.
    /// - Returns: whether the work is done, and what there is to tell.
    /// - Throws: `EngineError`; the step is rolled back and the job tried again later.
    func step(on connection: any Connection, in surroundings: JobSurroundings) throws -> JobStep
}

extension Job {
    init?(_ queued: QueuedJob) {
        self.init(payload: queued.payload)
    }
}

/// A job whose steps need something from outside of the database.
///
/// It is fetched before a step's transaction, which must find out by itself whether it still fits.
protocol FetchingJob: Job {
    /// Fetches what the next step needs; the lease is prolonged meanwhile.
    ///
    /// - Parameter surroundings: where to fetch from.
    /// - Returns: the job with what was fetched.
    /// - Throws: what keeps the job from going on; it is tried again later.
    func fetched(from surroundings: FetchSurroundings) async throws -> Self
}

/// Where jobs fetch from.
struct FetchSurroundings: Sendable {
    /// The database, for a look before.
    let transactions: Transactions
    /// The datasets that the configuration names; nil where none are read.
    let datasets: Datasets?
}

/// A job that needs to know one id.
protocol ResourceJob: Job {
    /// The kind of the id.
    associatedtype Resource: IDKind
    /// What the job is about.
    var resource: TypeID<Resource> { get }
    /// A job about a resource.
    init(on resource: TypeID<Resource>)
}

extension ResourceJob {
    var payload: String { "\(resource)" }

    init?(payload: String) {
        guard let resource = try? TypeID<Resource>(payload, field: "payload") else { return nil }
        self.init(on: resource)
    }
}

/// What the steps of jobs are given.
struct JobSurroundings: Sendable {
    /// The time.
    let now: Timestamp
    /// Where ids come from.
    ///
    /// One drawn in a step that is repeated is lost, and nothing else.
    let ids: any IDSource
}

/// What a step has done.
struct JobStep: Sendable {
    /// Whether the work is done.
    var isDone = false
    /// When the job is due again, if there is nothing to do until then.
    var dueAgain: Timestamp?
    /// What became of the profiles it brought in.
    var outcome = ResolutionOutcome()
    /// Where the next step goes on, as the payload of the job from now on; nil where the database says it.
    var next: String?
    /// What people who watch the log should know.
    var notice: String?
}

extension Connection {
    /// Queues a job in the transaction that makes it necessary.
    func enqueue(_ job: some Job, as id: JobID, due: Timestamp) throws(EngineError) {
        try run(JobQueries.insert, id, type(of: job).kind, job.payload, due)
    }
}

/// The limits of background work.
enum JobLimits {
    /// How long a claimed job is left alone by other servers; each step prolongs it.
    static let lease = Duration.seconds(10)
    /// How often the lease is prolonged while a job fetches what it needs from outside.
    static let leaseRenewal = Duration.seconds(3)
    /// How many jobs a server works on at once, so that a long one does not keep the others waiting.
    static let workers = 3
    /// How long the runner sleeps when there is nothing to do and nobody wakes it.
    static let pollInterval = Duration.seconds(1)
    /// The longest pause before a job that failed is tried again.
    static let retryPauseLimit = Duration.seconds(300)
    /// How often each server forgets what has expired.
    static let housekeepingInterval = Duration.seconds(600)

    /// The pause before a job that failed is tried again: 1 s, doubling.
    static func retryPause(afterAttempts attempts: Int) -> Duration {
        min(.seconds(1 << min(attempts, 10)), retryPauseLimit)
    }
}
