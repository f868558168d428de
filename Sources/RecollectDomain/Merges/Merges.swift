import RecollectEngine
import RecollectSQL
package import RecollectVocabulary

/// The merges of profiles: why they happened, and how one is undone.
package struct Merges: Sendable {
    let transactions: Transactions
    let clock: any WallClock

    /// One page of the merges that made a profile what it is, those undone among them.
    ///
    /// - Parameters:
    ///   - page: which page.
    ///   - place: the profile.
    ///   - scope: on whose behalf.
    /// - Returns: the merges of the page.
    /// - Throws: `Rejection` when there is no such profile.
    package func list(
        _ page: PageQuery<MergeID>,
        of place: ProfilePlace,
        _ scope: AccountScope
    ) async throws -> Resolved<PageSlice<ProfileMerge>> {
        let bounds = IDBounds(page)
        let query = page.scansForward ? MergeQueries.pageAscending : MergeQueries.pageDescending
        return try await transactions.read(.snapshot, for: scope) { connection in
            let profile = try connection.resolve(place, in: scope)
            let rows = try profile.family.page(page, by: \.id) { key in
                try connection.all(query, key, bounds.lower, bounds.upper, page.rowsWanted)
            }
            return Resolved(page.slice(rows), of: profile.id)
        }
    }

    /// Undoes a merge: the two profiles have again what each brought.
    ///
    /// What was written since stays with the canonical one; a change of a memory that the other brought goes with the memory.
    /// What was merged into the other before goes with it.
    ///
    /// - Parameters:
    ///   - merge: the merge.
    ///   - place: the canonical profile.
    ///   - scope: on whose behalf.
    /// - Returns: the profile that stands for itself again.
    /// - Throws: `Rejection` when there is no such merge or it is undone already; `ProfileMoved`.
    package func undo(_ merge: MergeID, of place: ProfilePlace, _ scope: AccountScope) async throws -> ProfileID {
        let now = clock.now()
        return try await transactions.write(scope) { connection in
            let memory = try connection.lockForMemoryChange(place, in: scope)
            let family = memory.family
            guard let found = try connection.all(MergeQueries.find, in: family.all, merge).first else {
                throw Rejection(.notFound, "mergeId", "the profile has no merge \(merge)")
            }
            guard found.undoneAt == nil else { throw Rejection(.conflict, "mergeId", "the merge is undone already") }
            let standing = try connection.all(MergeQueries.standing, in: family.all)
            let leaving = Self.descendants(of: found.merged, in: standing)
            let staying = family.merged.map(\.id).filter { !leaving.contains($0) && $0 != found.merged }
            let following = family.merged.map(\.id).filter(leaving.contains)
            try connection.run(MergeQueries.markUndone, found.canonical, found.id, now)
            _ = try connection.all(ProfileQueries.link, in: following, found.merged, MergedProfiles())
            try connection.run(ProfileQueries.unite, found.merged, MergedProfiles(following), memory.version)
            try connection.run(ProfileQueries.unite, family.canonical.id, MergedProfiles(staying), memory.version)
            return found.merged
        }
    }

    /// The profiles that were merged into one, directly and through others.
    private static func descendants(of profile: ProfileID, in merges: [ProfileMerge]) -> Set<ProfileID> {
        let children = Dictionary(grouping: merges, by: \.canonical).mapValues { $0.map(\.merged) }
        var found: Set<ProfileID> = []
        var next = children[profile] ?? []
        while let child = next.popLast() {
            if found.insert(child).inserted { next += children[child] ?? [] }
        }
        return found
    }
}
