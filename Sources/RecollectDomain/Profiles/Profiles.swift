import RecollectEngine
import RecollectSQL
package import RecollectVocabulary

/// Profiles and their traits: create with resolution, fetch, patch, list, delete.
package struct Profiles: Sendable {
    let transactions: Transactions
    let clock: any WallClock
    let ids: any IDSource
    let jobs: JobQueue
    let mergeLog: MergeLog

    /// Creates a profile, or updates the one that the given identifiers lead to; several that they lead to become one.
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
        let (id, outcome) = try await resolving(scope) { connection in
            let key = try connection.resolve(store, in: scope, locking: .schemaStays)
            let assignments = try connection.schema(of: key).assignments(of: inputs, matches: PatternCache().matches)
            let identity = try connection.identity(of: key)
            let identifiers = try connection.identifiers(in: assignments, identity)
            guard !identifiers.isEmpty else { throw Self.unidentified }
            let resolution = Resolution(identity, at: now, newIDs: [newID], ids)
            return try resolution.apply([CustomerRecord(assignments, identifiedBy: identifiers)], on: connection)
        }
        mergeLog.tell(outcome)
        return id
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
    ) async throws -> Resolved<Profile> {
        let (profile, traits, schema) = try await read(place, groups: groups, scope)
        return Resolved(Profile(id: profile, traits: traits, schema: schema), of: profile)
    }

    /// Changes the traits that are given.
    ///
    /// A new value of a promoted trait adds an identifier and keeps the old ones; removing the value keeps them too. A value
    /// that another profile has shows that both are one: they are merged.
    ///
    /// - Parameters:
    ///   - place: the profile.
    ///   - inputs: the traits; nil values remove.
    ///   - scope: on whose behalf.
    /// - Throws: `Rejection` when there is no such profile or a trait cannot be set so; `ProfileMoved`.
    package func patch(_ place: ProfilePlace, with inputs: [TraitInput], _ scope: AccountScope) async throws {
        let now = clock.now()
        let (_, outcome) = try await resolving(scope) { connection in
            let found = try connection.resolveUnmoved(place, in: scope, keepingSchema: true)
            let assignments = try connection.schema(of: found.store)
                .assignments(of: inputs, matches: PatternCache().matches)
            guard assignments.contains(where: { $0.value != nil && $0.definition.promotedIDType != nil }) else {
                return try connection.apply(assignments, to: found, at: now)
            }
            let identity = try connection.identity(of: found.store)
            let identifiers = try connection.identifiers(in: assignments, identity)
            let record = CustomerRecord(assignments, identifiedBy: identifiers, of: place.profile)
            return try Resolution(identity, at: now, newIDs: [], ids).apply([record], on: connection)
        }
        mergeLog.tell(outcome)
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
        let rows = try await transactions.read(for: scope) { connection in
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
    ) async throws -> Resolved<PageSlice<ProfileTrait>> {
        let (profile, traits, _) = try await read(place, groups: groups, scope)
        let ascending = traits.sorted { $0.position < $1.position }
        // A profile's traits are few and were read whole: the page is cut out of them here.
        let ordered = page.scansForward ? ascending : ascending.reversed()
        let rest = ordered.drop { trait in
            guard let cursor = page.cursor else { return false }
            return page.scansForward ? trait.position <= cursor : trait.position >= cursor
        }
        return Resolved(page.slice(Array(rest.prefix(page.rowsWanted))), of: profile)
    }

    /// Deletes a profile and those merged into it: gone from every read at once, their memories follow in the background.
    ///
    /// - Parameters:
    ///   - place: the profile.
    ///   - scope: on whose behalf.
    /// - Throws: `Rejection` when there is no such profile; `ProfileMoved`.
    package func delete(_ place: ProfilePlace, _ scope: AccountScope) async throws {
        let now = clock.now()
        _ = try await transactions.write(scope) { connection in
            let family = try connection.lockForMemoryChange(place, in: scope).family
            let jobs: [JobID] = ids.next(family.all.count, at: now)
            for (profile, job) in zip(family.all.map(\.id), jobs) {
                try connection.forgetIdentity(of: profile, in: place.store)
                try connection.run(ProfileQueries.delete, profile)
                try connection.enqueue(ProfilePurgeJob(on: profile), as: job, due: now)
            }
            return Applied()
        }
        jobs.wake()
    }

    /// Writes what resolves one record, and tells what became of it unless it is answered from an earlier request.
    private func resolving(
        _ scope: AccountScope,
        _ body: @escaping @Sendable (any Connection) throws -> ResolutionOutcome
    ) async throws -> (profile: ProfileID, outcome: ResolutionOutcome) {
        let resolved = try await transactions.write(scope) { connection in
            ResolvedRecord(try body(connection))
        }
        return (resolved.profile, resolved.outcome)
    }

    /// A profile's values whose traits are defined, and the schema they were read with.
    private func read(
        _ place: ProfilePlace,
        groups: [String]?,
        _ scope: AccountScope
    ) async throws -> (profile: ProfileID, traits: [ProfileTrait], schema: TraitSchema) {
        let wanted = groups.map { Set($0.map { $0.lowercased() }) }
        return try await transactions.read(for: scope) { connection in
            let profile = try connection.resolve(place, in: scope)
            let schema = try connection.schema(of: profile.store)
            let traits = try connection.traits(of: profile.family).compactMap { row -> ProfileTrait? in
                guard let value = row.value, let (group, definition) = schema.definition(of: row.trait),
                    wanted?.contains(group.name.folded) ?? true
                else { return nil }
                return ProfileTrait(
                    group: group.name,
                    definition: definition,
                    value: value,
                    updatedAt: row.updatedAt
                )
            }
            return (profile.id, traits, schema)
        }
    }

    static let unidentified = Rejection(
        .malformed,
        "traits",
        "needs a value for a trait that is promoted to an identifier, and that the store does not block"
    )
}

extension Connection {
    /// Sets and removes values that identify nobody.
    fileprivate func apply(
        _ assignments: [TraitAssignment],
        to profile: ResolvedProfile,
        at now: Timestamp
    ) throws -> ResolutionOutcome {
        let locked = try all(ProfileQueries.lock, in: [profile.id], profile.store).first
        // Deleted or merged since it was looked up: look again.
        guard let locked, locked.canonicalID == nil else { throw RepeatTransaction() }
        let latest = Dictionary(assignments.map { ($0.definition.id, $0) }, uniquingKeysWith: { _, second in second })
        try apply([TraitChange(family: locked.family.all.map(\.id), isNew: false, assignments: latest)], at: now)
        var outcome = ResolutionOutcome()
        outcome.profiles = [profile.id]
        return outcome
    }
}

/// One resolved record, as an outcome that is answered again to a repeated request.
private struct ResolvedRecord: ReplayableOutcome {
    let profile: ProfileID
    let outcome: ResolutionOutcome

    var replayText: String { profile.replayText }

    init(_ outcome: ResolutionOutcome) {
        profile = outcome.profiles.first ?? .nobody
        self.outcome = outcome
    }

    init?(replayText: String) {
        guard let profile = ProfileID(replayText: replayText) else { return nil }
        self.profile = profile
        outcome = ResolutionOutcome()
    }
}
