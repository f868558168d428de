/// Why and when two profiles became one.
package struct ProfileMerge: Sendable, Equatable {
    /// The most merges on a page.
    ///
    /// Source: ours.
    package static let pageLimit = 100

    /// The merge's id, which carries when it happened.
    package let id: MergeID
    /// The profile that stands for both since.
    package let canonical: ProfileID
    /// The profile that was merged into it.
    package let merged: ProfileID
    /// The identifier that showed them to be one; its type is the matching rule.
    package let identifier: Identifier
    /// When it was undone, if it was.
    package let undoneAt: Timestamp?

    /// A merge.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - canonical: the profile that stands for both.
    ///   - merged: the profile that was merged into it.
    ///   - identifier: the identifier that showed them to be one.
    ///   - undoneAt: when it was undone.
    package init(
        id: MergeID,
        canonical: ProfileID,
        merged: ProfileID,
        identifier: Identifier,
        undoneAt: Timestamp? = nil
    ) {
        self.id = id
        self.canonical = canonical
        self.merged = merged
        self.identifier = identifier
        self.undoneAt = undoneAt
    }
}

/// A write or a recall named a profile that was merged into another, which is to be asked instead.
package struct ProfileMoved: Error, Sendable, Equatable {
    /// The profile that stands for it.
    package let canonical: ProfileID

    /// A profile that has moved.
    ///
    /// - Parameter canonical: the profile that stands for it.
    package init(to canonical: ProfileID) {
        self.canonical = canonical
    }
}

/// What was read of a profile, and of which: the one asked for, or the one that it was merged into.
package struct Resolved<Value> {
    /// The profile that was read.
    package let profile: ProfileID
    /// What was read.
    package let value: Value

    /// What was read.
    ///
    /// - Parameters:
    ///   - value: what was read.
    ///   - profile: the profile that was read.
    package init(_ value: Value, of profile: ProfileID) {
        self.value = value
        self.profile = profile
    }
}

extension Resolved: Sendable where Value: Sendable {}
