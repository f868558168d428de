/// A change of the control plane, from its 202 until it is done.
package struct Operation: Sendable, Equatable {
    /// How far an operation is.
    package enum Status: String, Sendable {
        case pending = "PENDING"
        case running = "RUNNING"
        case cancelled = "CANCELLED"
        case completed = "COMPLETED"
        case failed = "FAILED"
    }

    /// How long an operation can be asked for.
    ///
    /// Source: behaviour.md.
    package static let lifetime = Duration.seconds(7 * 24 * 60 * 60)

    /// Its id, which carries when it was accepted.
    package let id: OperationID
    /// How far it is.
    package let status: Status
    /// When it ended, if it has.
    package let completedAt: Timestamp?
    /// The id or name of what it made or changed.
    package let resourceID: String?
    /// Why it failed, if it did.
    package let failure: String?
    /// What it has done to profiles so far, if it brings any in.
    package let counts: OperationCounts?

    /// An operation.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - status: how far it is.
    ///   - completedAt: when it ended.
    ///   - resourceID: the id or name of what it made or changed.
    ///   - failure: why it failed.
    ///   - counts: what it has done to profiles so far.
    package init(
        id: OperationID,
        status: Status,
        completedAt: Timestamp? = nil,
        resourceID: String? = nil,
        failure: String? = nil,
        counts: OperationCounts? = nil
    ) {
        self.id = id
        self.status = status
        self.completedAt = completedAt
        self.resourceID = resourceID
        self.failure = failure
        self.counts = counts
    }
}
