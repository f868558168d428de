import Synchronization

/// A caller's consent to reads that may lag behind what was written, and what answered them.
///
/// It travels in the caller's `AccountScope`, so that it is as explicit as on whose behalf something is read.
package final class LaggingReads: Sendable {
    private let counts = Mutex((replica: 0, primary: 0))

    /// A consent that nothing has been read under.
    package init() {}

    /// Whether something was read, and all of it from a replica.
    package var areFromReplica: Bool {
        counts.withLock { $0.replica > 0 && $0.primary == 0 }
    }

    func answered(byReplica isReplica: Bool) {
        counts.withLock { counts in
            if isReplica { counts.replica += 1 } else { counts.primary += 1 }
        }
    }
}
