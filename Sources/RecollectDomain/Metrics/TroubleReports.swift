import RecollectVocabulary

// Trouble that comes with every request is told when it begins, once a minute while it lasts, and when it is over. It is over when
// something has succeeded and nothing has failed for some seconds: of a model that is away, queries that are remembered still
// succeed, and each must not end the trouble and the next one begin it anew.

/// Decides when trouble is told.
struct TroubleReports: Sendable {
    /// What there is to tell.
    enum Report: Equatable {
        /// There is trouble, so many times since it was told last.
        case trouble(times: Int)
        /// It is over.
        case over
    }

    /// How often trouble is told at most.
    static let interval = Duration.seconds(60)
    /// For how long nothing must fail until the trouble counts as over.
    static let quietTime = Duration.seconds(10)

    private var failedAt: Timestamp?
    private var toldAt: Timestamp?
    private var untold = 0
    /// Whether the trouble at hand has been told.
    private var isTold = false

    /// Something failed.
    mutating func failed(at now: Timestamp) -> Report? {
        failedAt = now
        untold += 1
        // A clock that was set back must not keep trouble untold.
        if let toldAt, toldAt <= now, now < toldAt + Self.interval { return nil }
        toldAt = now
        isTold = true
        defer { untold = 0 }
        return .trouble(times: untold)
    }

    /// Something succeeded.
    mutating func succeeded(at now: Timestamp) -> Report? {
        guard let failedAt, now < failedAt || now >= failedAt + Self.quietTime else { return nil }
        self.failedAt = nil
        untold = 0
        defer { isTold = false }
        return isTold ? .over : nil
    }
}
