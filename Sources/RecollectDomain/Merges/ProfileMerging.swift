import RecollectEngine
import RecollectSQL
import RecollectVocabulary

// A merge is a link: the merged profile's row names its canonical one, which lists it; their rows stay where they are and are
// read together. So a merge costs the same however much the profiles hold, and can be undone: what each profile brought is
// still its own. Chains are flattened: every profile that was merged names the last canonical one.

extension Connection {
    /// How many profiles may still be merged into one.
    func mergesAllowed(into family: ProfileFamily, _ guards: IdentityGuards, at now: Timestamp) throws -> Int {
        guard let limit = guards.dailyMergesLimit else { return .max }
        let dayAgo = MergeID.first(at: now - MergeLimits.day)
        let merged = try all(MergeQueries.countSince, in: family.all, dayAgo).reduce(0, +)
        return max(limit - merged, 0)
    }

    /// Makes a locked profile, and those merged into it, aliases of the canonical profile, and records why.
    func record(_ merge: ProfileMerge, of newcomer: ProfileFamily) throws(EngineError) {
        _ = try all(ProfileQueries.link, in: newcomer.all.map(\.id), merge.canonical, MergedProfiles())
        try insert(
            MergeQueries.insert,
            [(merge.canonical, merge.id, merge.merged, merge.identifier.type, merge.identifier.value)]
        )
    }
}

/// The limits of merges.
enum MergeLimits {
    /// The time within which the merges into one profile are counted.
    static let day = Duration.seconds(24 * 60 * 60)
}
