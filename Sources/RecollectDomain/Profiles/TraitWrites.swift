import RecollectEngine
import RecollectSQL
import RecollectVocabulary

// The traits of profiles that were merged stand in the rows of each; what is shown of a trait is its last write. A write goes
// to the canonical profile and must win over what the others brought, also when the clock has been set back; a removal must
// hide it, so there it is a row without a value. A profile that stands alone has only rows with values.

/// The traits that a customer gains and loses.
struct TraitChange {
    /// The canonical profile, then those merged into it.
    let family: [ProfileID]
    let isNew: Bool
    let assignments: [TraitID: TraitAssignment]
}

extension Connection {
    /// Sets and removes the values of locked profiles.
    func apply(_ changes: [TraitChange], at now: Timestamp) throws {
        var rows: [(ProfileID, TraitID, TraitValue?, Timestamp)] = []
        for change in changes {
            guard let profile = change.family.first, !change.assignments.isEmpty else { continue }
            let isMerged = change.family.count > 1
            let time = isMerged ? try lastTraitChange(of: change.family, before: now) : now
            for assignment in change.assignments.values.sorted(by: { $0.definition.id < $1.definition.id }) {
                let trait = assignment.definition.id
                if assignment.value != nil || isMerged {
                    rows.append((profile, trait, assignment.value, time))
                } else if !change.isNew {
                    try runLater(TraitQueries.remove, profile, trait)
                }
            }
        }
        try insertLater(TraitQueries.put, rows)
    }

    /// The values of a profile and of those merged into it, by the last write of each trait.
    ///
    /// Of two at the same time that of the earlier profile counts.
    func traits(of family: ProfileFamily) throws(EngineError) -> [StoredTrait] {
        let rows = try all(TraitQueries.all, in: family.all)
        guard !family.merged.isEmpty else { return rows.filter { $0.value != nil } }
        var latest: [TraitID: StoredTrait] = [:]
        for row in rows {
            guard let present = latest[row.trait] else {
                latest[row.trait] = row
                continue
            }
            let isLater =
                row.updatedAt == present.updatedAt
                ? row.profile < present.profile : row.updatedAt > present.updatedAt
            if isLater { latest[row.trait] = row }
        }
        return latest.values.filter { $0.value != nil }
    }

    /// A time for a write that wins over those before it.
    private func lastTraitChange(of family: [ProfileID], before now: Timestamp) throws -> Timestamp {
        let keys = try all(ProfileQueries.keys, in: family)
        let last = try all(TraitQueries.all, in: keys).map(\.updatedAt).max() ?? now
        return max(now, last + .microseconds(1))
    }
}
