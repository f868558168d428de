/// How far a dataset is read.
///
/// Only the dataset understands it: the first of its parts is for people.
package struct DatasetCursor: Sendable, Equatable {
    /// What it consists of, at least one text.
    package let parts: [String]

    /// A place in a dataset.
    ///
    /// - Parameter parts: what it consists of, first what people may read.
    package init(_ parts: [String]) {
        precondition(!parts.isEmpty, "a place is told in words")
        self.parts = parts
    }

    /// The place in words.
    package var text: String { parts[0] }
}

/// Why a row of a dataset was refused.
package struct DatasetRowError: Sendable, Equatable {
    /// Where the row is, in words.
    package let place: String
    /// The column, if it is about one.
    package let column: String?
    /// The rule that was broken.
    package let message: String

    /// Why a row was refused.
    ///
    /// - Parameters:
    ///   - place: where the row is, in words.
    ///   - column: the column, if it is about one.
    ///   - message: the rule that was broken.
    package init(place: String, column: String?, message: String) {
        self.place = place
        self.column = column
        self.message = message
    }
}

/// How far the rows of a mapping's dataset have become profiles.
package struct DataMappingSync: Sendable, Equatable {
    /// What a sync is at.
    package enum Status: String, Sendable {
        /// It will begin when it is due.
        case pending = "PENDING"
        /// It reads and applies rows.
        case running = "RUNNING"
        /// It has read all rows there were.
        case completed = "COMPLETED"
        /// It could not go on, and will when it is due.
        case failed = "FAILED"
        /// The mapping is disabled.
        case disabled = "DISABLED"
        /// The server's configuration has no such dataset for the account.
        case unregistered = "UNREGISTERED"
    }

    /// How many of the latest refused rows are kept.
    ///
    /// Source: ours.
    package static let rowErrorsLimit = 100

    /// The longest text of a failure that is kept, in characters.
    ///
    /// Source: ours.
    package static let failureLimit = 1000

    /// What it is at.
    package var status = Status.pending
    /// The place after the last row applied; nil at the beginning.
    package var cursor: DatasetCursor?
    /// How many rows were applied, ever.
    package var rowsApplied = 0
    /// How many rows were refused, ever.
    package var rowsRefused = 0
    /// What the latest run has done so far.
    package var counts = OperationCounts()
    /// The operation that follows it, if someone has asked for one that is not done.
    package var operation: OperationID?
    /// How many runs have failed since one did not.
    package var failures = 0
    /// Why it cannot go on.
    package var failure: String?
    /// When the latest run began.
    package var startedAt: Timestamp?
    /// When the latest run ended; nil while it goes on.
    package var finishedAt: Timestamp?
    /// When the next run is due.
    package var nextDueAt: Timestamp

    /// A sync that has not begun.
    ///
    /// - Parameter nextDueAt: when it is due.
    package init(nextDueAt: Timestamp) {
        self.nextDueAt = nextDueAt
    }
}
