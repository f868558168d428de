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
