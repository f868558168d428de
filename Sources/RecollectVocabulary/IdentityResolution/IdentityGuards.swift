/// What keeps merges from running away: the limit of a store, and how many values it blocks.
package struct IdentityGuards: Sendable, Equatable {
    /// The most values that a store may block.
    ///
    /// Source: ours; they are read one by one, by their values.
    package static let blockedLimit = 1000
    /// What the limit of merges may be.
    ///
    /// Source: ours.
    package static let dailyMergesRange = 0...1_000_000

    /// How many profiles may be merged into one within 24 hours; nil for any number.
    package let dailyMergesLimit: Int?
    /// How many values are blocked.
    package let blockedCount: Int

    /// Guards.
    ///
    /// - Parameters:
    ///   - dailyMergesLimit: how many profiles may be merged into one within 24 hours.
    ///   - blockedCount: how many values are blocked.
    package init(dailyMergesLimit: Int?, blockedCount: Int) {
        self.dailyMergesLimit = dailyMergesLimit
        self.blockedCount = blockedCount
    }
}
