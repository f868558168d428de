import RecollectVocabulary

/// What one request, entry of a bulk or row of a file says of a customer.
struct CustomerRecord: Sendable {
    /// The values it gives and removes.
    let assignments: [TraitAssignment]
    /// What identifies the customer, without what the store blocks.
    let identifiers: [KeyedIdentifier]
    /// The profile that the request names, if it names one.
    let profile: ProfileID?

    init(_ assignments: [TraitAssignment], identifiedBy identifiers: [KeyedIdentifier], of profile: ProfileID? = nil) {
        self.assignments = assignments
        self.identifiers = identifiers
        self.profile = profile
    }
}

/// What became of records.
struct ResolutionOutcome: Sendable {
    /// A merge that the store's limit refused.
    struct RefusedMerge: Sendable, Equatable {
        let canonical: ProfileID
        let newcomer: ProfileID
    }

    /// The profile of each record, in their order.
    var profiles: [ProfileID] = []
    /// How many profiles were created, and how many updated.
    var (created, updated) = (0, 0)
    /// The merges there were.
    var merges: [ProfileMerge] = []
    /// The merges that the store's limit refused.
    var refused: [RefusedMerge] = []

    /// What the operation tells of it.
    var counts: OperationCounts {
        OperationCounts(created: created, updated: updated, merged: merges.count, failed: 0)
    }
}
