import Synchronization

/// How far a copy or a comparison is.
package struct TransferProgress: Sendable, Equatable {
    /// What is being done.
    package enum Stage: Sendable {
        /// Rows are copied.
        case copying
        /// Both sides are read again, and compared.
        case verifying
    }

    /// What is being done.
    package let stage: Stage
    /// The table at hand.
    package let table: String
    /// The rows done, of all tables; those of both sides when verifying.
    package let done: Int
    /// The rows to do.
    package let whole: Int
}

/// Counts rows and tells of them.
final class ProgressCounter: Sendable {
    private let stage: TransferProgress.Stage
    private let whole: Int
    private let done: Mutex<Int>
    private let tell: @Sendable (TransferProgress) -> Void

    init(
        _ stage: TransferProgress.Stage,
        done: Int = 0,
        of whole: Int,
        _ tell: @escaping @Sendable (TransferProgress) -> Void
    ) {
        self.stage = stage
        self.whole = whole
        self.done = Mutex(done)
        self.tell = tell
    }

    func add(_ rows: Int, of table: String) {
        let sum = done.withLock { done in
            done += rows
            return done
        }
        tell(TransferProgress(stage: stage, table: table, done: sum, whole: whole))
    }
}
