/// What went wrong in the database, told by the engine's codes and never by its texts.
package struct EngineError: Error, Sendable {
    /// The kinds of trouble that the rooms above can tell apart.
    package enum Kind: Sendable, Equatable {
        /// A key that must be unique is there already.
        case unique
        /// Another transaction was in the way; the same one, run again, may pass. Drivers repeat it before they give up.
        case contention
        /// No connection, a lost connection, or too many waiting: try later.
        case unavailable
        /// The disk is full, or the database cannot be written.
        case storage
        /// A column holds what the program does not expect.
        case corrupt
        /// The statement itself is wrong: our mistake.
        case statement
    }

    /// The kind of trouble.
    package let kind: Kind
    /// What the engine said, for the log only.
    package let message: String

    /// An error of the database.
    ///
    /// - Parameters:
    ///   - kind: the kind of trouble.
    ///   - message: what the engine said.
    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}

/// Thrown by a transaction's closure that found its picture of the database outdated: roll back and run the closure again.
///
/// For what a unique key decides: another transaction took the key between our look and our insert.
package struct RepeatTransaction: Error, Sendable {
    /// Asks for the transaction to be repeated.
    package init() {}
}

/// How often and how patiently a transaction is repeated.
package struct RepetitionPolicy: Sendable {
    /// Repetitions before the trouble is passed on to the caller.
    package static let attemptsLimit = 10

    /// The pause before a repetition.
    ///
    /// - Parameter attempt: 1 for the first repetition.
    /// - Returns: 1 ms, doubling, at most 128 ms.
    package static func pause(before attempt: Int) -> Duration {
        .milliseconds(1 << min(attempt - 1, 7))
    }

    /// Whether an error says that the same transaction may pass when run again.
    ///
    /// - Parameter error: what the transaction threw.
    /// - Returns: true for contention and `RepeatTransaction`.
    package static func repeats(after error: any Error) -> Bool {
        if error is RepeatTransaction { return true }
        return (error as? EngineError)?.kind == .contention
    }
}
