/// What an operation that brings profiles in has done so far.
package struct OperationCounts: Sendable, Equatable {
    /// How many profiles were created.
    package var created: Int
    /// How many profiles were updated.
    package var updated: Int
    /// How many profiles were merged into others.
    package var merged: Int
    /// How many entries could not be applied.
    package var failed: Int

    /// Counts.
    ///
    /// - Parameters:
    ///   - created: how many profiles were created.
    ///   - updated: how many were updated.
    ///   - merged: how many were merged into others.
    ///   - failed: how many entries could not be applied.
    package init(created: Int = 0, updated: Int = 0, merged: Int = 0, failed: Int = 0) {
        self.created = created
        self.updated = updated
        self.merged = merged
        self.failed = failed
    }

    /// The sum of two counts.
    ///
    /// - Parameters:
    ///   - left: the one.
    ///   - right: the other.
    /// - Returns: both together.
    package static func + (left: OperationCounts, right: OperationCounts) -> OperationCounts {
        OperationCounts(
            created: left.created + right.created,
            updated: left.updated + right.updated,
            merged: left.merged + right.merged,
            failed: left.failed + right.failed
        )
    }
}
