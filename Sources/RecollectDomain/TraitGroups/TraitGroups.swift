import RecollectEngine
import RecollectPatterns
import RecollectSQL
package import RecollectVocabulary

/// Trait groups and the traits they define: create, list, fetch, patch, delete.
package struct TraitGroups: Sendable {
    let transactions: Transactions
    let clock: any WallClock
    let ids: any IDSource
    let jobs: JobQueue

    /// Creates a trait group.
    ///
    /// - Parameters:
    ///   - name: its name, unique in the store.
    ///   - content: what it is for and its traits.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the operation, whose resource is the group's name.
    /// - Throws: `Rejection` when there is no such store, the name is taken, the store has its limit of groups, or a
    ///   trait cannot be defined so.
    package func create(
        _ name: TraitGroupName,
        with content: TraitGroupChange,
        of store: StoreID,
        in scope: AccountScope
    ) async throws -> OperationID {
        let now = clock.now()
        let group = try newGroup(name, with: content, at: now)
        let operation: OperationID = ids.next(at: now)
        return try await transactions.write(scope) { connection in
            let key = try connection.resolve(store, in: scope, locking: .schemaChanges)
            let inserted = try connection.insert(group, into: key.id)
            guard inserted else {
                throw Rejection(
                    .traitGroupNameTaken,
                    "displayName",
                    "the store has another trait group named \(name.text)"
                )
            }
            guard try connection.first(TraitGroupQueries.count, key) ?? 0 <= TraitLimits.groupsPerStore else {
                throw Rejection(
                    .traitGroupLimit,
                    "the store has its limit of \(TraitLimits.groupsPerStore) trait groups"
                )
            }
            try connection.requirePromotions(of: content, name, in: key)
            try connection.recordCompleted(operation, resource: name.text, in: scope)
            return operation
        }
    }

    /// One page of a store's trait groups.
    ///
    /// - Parameters:
    ///   - page: which page.
    ///   - includesTraits: whether the groups come with their definitions.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the groups of the page.
    /// - Throws: `Rejection` when there is no such store.
    package func list(
        _ page: PageQuery<TraitGroupPosition>,
        includingTraits includesTraits: Bool,
        of store: StoreID,
        in scope: AccountScope
    ) async throws -> PageSlice<TraitGroup> {
        try await transactions.read(.snapshot, for: scope) { connection in
            let key = try connection.resolve(store, in: scope)
            let query = page.scansForward ? TraitGroupQueries.pageAscending : TraitGroupQueries.pageDescending
            let start = page.cursor ?? (page.scansForward ? .first : .last)
            let rows = try connection.all(query, key, start.createdAt, start.foldedName, page.rowsWanted)
            let slice = page.slice(rows)
            guard includesTraits else { return slice }
            let names = slice.rows.map(\.name.folded)
            let definitions = try connection.all(TraitGroupQueries.definitions, in: names, key)
            let byGroup = Dictionary(grouping: definitions, by: \.foldedGroupName)
            return PageSlice(
                rows: slice.rows.map { group in group.with((byGroup[group.name.folded] ?? []).map(\.definition)) },
                hasNext: slice.hasNext,
                hasPrevious: slice.hasPrevious
            )
        }
    }

    /// One trait group with its definitions.
    ///
    /// - Parameters:
    ///   - name: its name in any case.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the group.
    /// - Throws: `Rejection` when there is no such store or group.
    package func fetch(_ name: String, of store: StoreID, in scope: AccountScope) async throws -> TraitGroup {
        try await transactions.read(.snapshot, for: scope) { connection in
            try connection.traitGroup(name, of: try connection.resolve(store, in: scope))
        }
    }

    /// Changes what is given of a trait group; traits that are not named stay.
    ///
    /// A change that changes nothing is accepted and leaves the version. The values of a trait removed are hidden at once and
    /// purged in the background.
    ///
    /// - Parameters:
    ///   - name: its name in any case.
    ///   - change: what to change.
    ///   - expected: the versions that the caller accepts to change; nil for any.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the operation, whose resource is the group's name.
    /// - Throws: `Rejection` when there is no such store or group, its version is another, a trait cannot be defined so,
    ///   is built in, would change its type while it has values, or be removed while a data mapping uses it.
    package func patch(
        _ name: String,
        with change: TraitGroupChange,
        expecting expected: ExpectedVersion?,
        of store: StoreID,
        in scope: AccountScope
    ) async throws -> OperationID {
        try Self.requirePatternsCompile(change)
        let now = clock.now()
        let traitIDs: [TraitID] = ids.next(change.traits.count, at: now)
        let operation: OperationID = ids.next(at: now)
        let job: JobID = ids.next(at: now)
        let outcome = try await transactions.write(scope) { connection in
            let key = try connection.resolve(store, in: scope, locking: .schemaChanges)
            let current = try connection.traitGroup(name, of: key)
            try expected.require(current.version)
            let revision = try current.applying(change, drawing: traitIDs)
            try connection.requirePromotions(of: change, current.name, in: key)
            for (definition, field) in revision.retyped {
                guard try connection.first(TraitGroupQueries.anyValue, definition.id) == nil else {
                    throw Rejection(.conflict, "\(field).dataType", "cannot change while the trait has values")
                }
            }
            try connection.requireUnmapped(revision.removed, of: current.name, by: change, in: key)
            try connection.apply(revision, to: current, in: key)
            if !revision.removed.isEmpty {
                try connection.enqueue(TraitPurgeJob(traits: revision.removed.map(\.id)), as: job, due: now)
            }
            try connection.recordCompleted(operation, resource: current.name.text, in: scope)
            return operation
        }
        jobs.wake()
        return outcome
    }

    /// Deletes a trait group: its values are hidden at once and purged in the background.
    ///
    /// - Parameters:
    ///   - name: its name in any case.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the operation, whose resource is the group's name.
    /// - Throws: `Rejection` when there is no such store or group, or the group is built in or used by a data
    ///   mapping.
    package func delete(_ name: String, of store: StoreID, in scope: AccountScope) async throws -> OperationID {
        let now = clock.now()
        let operation: OperationID = ids.next(at: now)
        let job: JobID = ids.next(at: now)
        let outcome = try await transactions.write(scope) { connection in
            let key = try connection.resolve(store, in: scope, locking: .schemaChanges)
            let group = try connection.traitGroup(name, of: key)
            guard !DefaultSchema.isBuiltIn(group.name) else {
                throw Rejection(.builtIn, "traitGroupName", "the trait group \(group.name.text) is built in and stays")
            }
            try connection.requireUnmapped(group.name, in: key)
            try connection.run(TraitGroupQueries.deleteDefinitions, key, group.name.folded)
            try connection.run(TraitGroupQueries.delete, key, group.name.folded)
            if !group.definitions.isEmpty {
                try connection.enqueue(TraitPurgeJob(traits: group.definitions.map(\.id)), as: job, due: now)
            }
            try connection.recordCompleted(operation, resource: group.name.text, in: scope)
            return operation
        }
        jobs.wake()
        return outcome
    }

    /// The group that a caller wants to create.
    private func newGroup(
        _ name: TraitGroupName,
        with content: TraitGroupChange,
        at now: Timestamp
    ) throws -> TraitGroup {
        if let draft = content.traits.first(where: { $0.dataType == nil }) {
            throw Rejection(.controlPlanePayload, "\(draft.field).dataType", "must not be empty in a new group")
        }
        try Self.requirePatternsCompile(content)
        let empty = TraitGroup(
            name: name,
            description: content.description,
            version: 1,
            createdAt: now,
            definitions: []
        )
        let traitIDs: [TraitID] = ids.next(content.traits.count, at: now)
        return empty.with(try empty.applying(content, drawing: traitIDs).put)
    }

    /// Refuses rules whose pattern is none, before a transaction is opened for them.
    private static func requirePatternsCompile(_ change: TraitGroupChange) throws(Rejection) {
        for draft in change.traits {
            guard let pattern = draft.rule?.pattern else { continue }
            do {
                _ = try Pattern(pattern)
            } catch {
                throw Rejection(.controlPlanePayload, "\(draft.field).validationRule.pattern", error.rule)
            }
        }
    }
}

extension PatternError {
    /// The rule that the pattern breaks.
    fileprivate var rule: String {
        switch self {
        case .tooLong: "must be at most \(Pattern.lengthLimit) characters"
        case .invalid(let reason): "must be a regular expression in RE2's syntax: \(reason)"
        case .tooLarge: "must be a smaller regular expression: it takes too much memory when compiled"
        }
    }
}
