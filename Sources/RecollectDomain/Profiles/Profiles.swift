import RecollectEngine
import RecollectPatterns
import RecollectSQL
package import RecollectVocabulary

/// Profiles and their traits: create with resolution, fetch, patch, list, delete.
package struct Profiles: Sendable {
    let transactions: Transactions
    let clock: any WallClock
    let ids: any IDSource
    let jobs: JobQueue

    /// Creates a profile, or updates the one that the given identifiers lead to.
    ///
    /// - Parameters:
    ///   - inputs: the traits; at least one must be promoted to an identifier and have a value.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the profile's id.
    /// - Throws: `Rejection` when there is no such store or a trait cannot be set so.
    package func create(_ inputs: [TraitInput], in store: StoreID, _ scope: AccountScope) async throws -> ProfileID {
        let now = clock.now()
        let newID: ProfileID = ids.next(at: now)
        return try await transactions.write(scope) { connection in
            let key = try connection.resolve(store, in: scope, locking: .schemaStays)
            let assignments = try connection.schema(of: key).assignments(of: inputs, matches: PatternCache().matches)
            let identifiers = try assignments.identifiers(connection.identitySettings(of: key), in: key)
            guard !identifiers.isEmpty else {
                throw Rejection(.malformed, "traits", "needs a value for a trait that is promoted to an identifier")
            }
            let owners = try IdentifierOwners(of: identifiers, on: connection)
            let existing = Self.target(of: owners.matches(identifiers))
            if let existing {
                // The profile may have been deleted since its identifiers were read: then look again.
                guard try connection.first(ProfileQueries.lock, existing, key) != nil else { throw RepeatTransaction() }
            } else {
                try connection.run(ProfileQueries.insert, newID, key)
            }
            let profile = existing ?? newID
            try connection.claim(identifiers, for: profile, owners, isNew: existing == nil, at: now)
            try connection.apply(assignments, to: profile, at: now)
            return profile
        }
    }

    /// The profile that a create updates when its identifiers lead to several: the earliest, as a merge would choose it.
    ///
    /// The profiles stay apart, each with its identifiers, until merging is built.
    private static func target(of matches: Set<ProfileID>) -> ProfileID? {
        matches.min()
    }

    /// One profile.
    ///
    /// - Parameters:
    ///   - place: the profile.
    ///   - groups: only these groups, in any case; nil for all. Names of no group are ignored.
    ///   - scope: on whose behalf.
    /// - Returns: the profile with the groups in which it has values.
    /// - Throws: `Rejection` when there is no such profile.
    package func fetch(
        _ place: ProfilePlace,
        groups: [String]? = nil,
        _ scope: AccountScope
    ) async throws -> Profile {
        let (traits, schema) = try await read(place, groups: groups, scope)
        return Profile(id: place.profile, traits: traits, schema: schema)
    }

    /// Changes the traits that are given.
    ///
    /// A new value of a promoted trait adds an identifier and keeps the old ones; removing the value keeps them too.
    ///
    /// - Parameters:
    ///   - place: the profile.
    ///   - inputs: the traits; nil values remove.
    ///   - scope: on whose behalf.
    /// - Throws: `Rejection` when there is no such profile or a trait cannot be set so.
    package func patch(_ place: ProfilePlace, with inputs: [TraitInput], _ scope: AccountScope) async throws {
        let now = clock.now()
        _ = try await transactions.write(scope) { connection in
            let key = try connection.resolve(place.store, in: scope, locking: .schemaStays)
            guard try connection.first(ProfileQueries.lock, place.profile, key) != nil else {
                throw Self.notFound(place.profile)
            }
            let assignments = try connection.schema(of: key).assignments(of: inputs, matches: PatternCache().matches)
            let promotes = assignments.contains { $0.value != nil && $0.definition.promotedIDType != nil }
            if promotes {
                let identifiers = try assignments.identifiers(connection.identitySettings(of: key), in: key)
                let owners = try IdentifierOwners(of: identifiers, on: connection)
                try connection.claim(identifiers, for: place.profile, owners, isNew: false, at: now)
            }
            try connection.apply(assignments, to: place.profile, at: now)
            return Applied()
        }
    }

    /// One page of a store's profiles.
    ///
    /// - Parameters:
    ///   - page: which page.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the ids of the page.
    /// - Throws: `Rejection` when there is no such store.
    package func list(
        _ page: PageQuery<ProfileID>,
        in store: StoreID,
        _ scope: AccountScope
    ) async throws -> PageSlice<ProfileID> {
        let bounds = IDBounds(page)
        let rows = try await transactions.read { connection in
            let key = try connection.resolve(store, in: scope)
            if page.scansForward {
                return try connection.all(
                    ProfileQueries.pageAscending,
                    key,
                    bounds.lower,
                    bounds.upper,
                    page.rowsWanted
                )
            }
            return try connection.all(
                ProfileQueries.pageDescending,
                key,
                bounds.lower,
                bounds.upper,
                page.rowsWanted
            )
        }
        return page.slice(rows)
    }

    /// One page of a profile's traits, by the time they were set.
    ///
    /// - Parameters:
    ///   - page: which page.
    ///   - place: the profile.
    ///   - groups: only these groups, in any case; nil for all.
    ///   - scope: on whose behalf.
    /// - Returns: the traits of the page.
    /// - Throws: `Rejection` when there is no such profile.
    package func traits(
        _ page: PageQuery<TraitPosition>,
        of place: ProfilePlace,
        groups: [String]? = nil,
        _ scope: AccountScope
    ) async throws -> PageSlice<ProfileTrait> {
        let ascending = try await read(place, groups: groups, scope).traits.sorted { $0.position < $1.position }
        // A profile's traits are few and were read whole: the page is cut out of them here.
        let ordered = page.scansForward ? ascending : ascending.reversed()
        let rest = ordered.drop { trait in
            guard let cursor = page.cursor else { return false }
            return page.scansForward ? trait.position <= cursor : trait.position >= cursor
        }
        return page.slice(Array(rest.prefix(page.rowsWanted)))
    }

    /// Deletes a profile: it is gone from every read at once, its memories follow in the background.
    ///
    /// - Parameters:
    ///   - place: the profile.
    ///   - scope: on whose behalf.
    /// - Throws: `Rejection` when there is no such profile.
    package func delete(_ place: ProfilePlace, _ scope: AccountScope) async throws {
        let now = clock.now()
        let job: JobID = ids.next(at: now)
        _ = try await transactions.write(scope) { connection in
            let key = try connection.resolve(place.store, in: scope)
            guard try connection.first(ProfileQueries.lock, place.profile, key) != nil else {
                throw Self.notFound(place.profile)
            }
            for command in ProfileErasureQueries.identity {
                try connection.run(command, place.profile)
            }
            try connection.run(ProfileQueries.delete, place.profile)
            try connection.enqueue(ProfilePurgeJob(profile: place.profile), as: job, due: now)
            return Applied()
        }
        jobs.wake()
    }

    /// A profile's values whose traits are defined, and the schema they were read with.
    private func read(
        _ place: ProfilePlace,
        groups: [String]?,
        _ scope: AccountScope
    ) async throws -> (traits: [ProfileTrait], schema: TraitSchema) {
        let wanted = groups.map { Set($0.map { $0.lowercased() }) }
        return try await transactions.read { connection in
            let profile = try connection.resolve(place, in: scope)
            let schema = try connection.schema(of: profile.store)
            let traits = try connection.all(TraitQueries.all, profile.key).compactMap { row -> ProfileTrait? in
                guard let (group, definition) = schema.definition(of: row.trait),
                    wanted?.contains(group.name.folded) ?? true
                else { return nil }
                return ProfileTrait(
                    group: group.name,
                    definition: definition,
                    value: row.value,
                    updatedAt: row.updatedAt
                )
            }
            return (traits, schema)
        }
    }

    private static func notFound(_ id: ProfileID) -> Rejection {
        Rejection(.notFound, "profileId", "the store has no profile \(id)")
    }
}

extension Connection {
    /// Sets and removes the values of a locked profile.
    fileprivate func apply(
        _ assignments: [TraitAssignment],
        to profile: ProfileID,
        at now: Timestamp
    ) throws(EngineError) {
        let set = assignments.compactMap { assignment in
            assignment.value.map { (profile, assignment.definition.id, $0, now) }
        }
        try insert(TraitQueries.put, set)
        for assignment in assignments where assignment.value == nil {
            try run(TraitQueries.remove, profile, assignment.definition.id)
        }
    }
}

/// The patterns of one request, each compiled once.
private final class PatternCache {
    private var patterns: [String: Pattern] = [:]

    /// Whether a text contains a match of a pattern that was accepted when it was defined.
    func matches(_ source: String, _ text: String) throws -> Bool {
        if let pattern = patterns[source] { return pattern.matches(text) }
        let pattern = try Pattern(source)
        patterns[source] = pattern
        return pattern.matches(text)
    }
}
