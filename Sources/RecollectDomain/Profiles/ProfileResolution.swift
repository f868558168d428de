import RecollectEngine
import RecollectSQL
package import RecollectVocabulary

/// Which profile a request is about.
package struct ProfilePlace: Sendable {
    /// The store.
    package let store: StoreID
    /// The profile in it.
    package let profile: ProfileID

    /// A place.
    ///
    /// - Parameters:
    ///   - store: the store.
    ///   - profile: the profile in it.
    package init(store: StoreID, profile: ProfileID) {
        self.store = store
        self.profile = profile
    }
}

extension Connection {
    /// Finds a profile for a read; one that was merged is read as its canonical one.
    func resolve(_ place: ProfilePlace, in scope: AccountScope) throws -> ResolvedProfile {
        let found = try resolveAsNamed(place, in: scope)
        guard let canonical = found.canonicalID else { return found }
        return try resolve(ProfilePlace(store: place.store, profile: canonical), in: scope)
    }

    /// Finds a profile that has to be named as itself: a merged one has moved.
    ///
    /// With `keepingSchema`, the store's schema and settings stay as they are until the end of the transaction.
    func resolveUnmoved(
        _ place: ProfilePlace,
        in scope: AccountScope,
        keepingSchema: Bool = false
    ) throws -> ResolvedProfile {
        let found = try resolveAsNamed(place, in: scope, keepingSchema: keepingSchema)
        if let canonical = found.canonicalID { throw ProfileMoved(to: canonical) }
        return found
    }

    /// Locks a profile and announces that its observations or summaries change.
    func lockForMemoryChange(_ place: ProfilePlace, in scope: AccountScope) throws -> ChangingMemory {
        if let memory = try first(ProfileQueries.lockForMemoryChange, scope.account, place.store, place.profile) {
            return memory
        }
        // Nothing was changed: say why, or look again if the profile has appeared since.
        _ = try resolveUnmoved(place, in: scope)
        throw RepeatTransaction()
    }

    private func resolveAsNamed(
        _ place: ProfilePlace,
        in scope: AccountScope,
        keepingSchema: Bool = false
    ) throws -> ResolvedProfile {
        let query = keepingSchema ? ProfileQueries.resolveShared : ProfileQueries.resolve
        guard let found = try first(query, scope.account, place.store, place.profile) else {
            throw Stores.notFound(place.store)
        }
        guard found.status == .active else {
            throw Rejection(.storeNotActive, "storeId", "the store is \(found.status.rawValue), not ACTIVE")
        }
        guard let resolved = found.profile else {
            throw Rejection(.notFound, "profileId", "the store has no profile \(place.profile)")
        }
        return resolved
    }

    /// Finds a store that can be used.
    func resolve(_ store: StoreID, in scope: AccountScope, locking lock: StoreLock = .none) throws -> StoreKey {
        let query =
            switch lock {
            case .none: StoreQueries.resolve
            case .schemaStays: StoreQueries.resolveShared
            case .schemaChanges: StoreQueries.resolveLocked
            }
        guard let found = try first(query, store, scope.account) else { throw Stores.notFound(store) }
        guard found.status == .active else {
            throw Rejection(.storeNotActive, "storeId", "the store is \(found.status.rawValue), not ACTIVE")
        }
        return found.key
    }
}

/// What a transaction needs of a store's schema and settings.
enum StoreLock {
    /// Nothing: it does not look at them.
    case none
    /// They must stay as read until the end of the transaction.
    case schemaStays
    /// It changes them.
    case schemaChanges
}

extension ProfileFamily {
    /// One page of rows that each profile has in the same order, as if one profile had them all.
    func page<Row, Cursor: Comparable>(
        _ page: PageQuery<Cursor>,
        by position: (Row) -> Cursor,
        _ rows: (ProfileKey) throws -> [Row]
    ) rethrows -> [Row] {
        guard !merged.isEmpty else { return try rows(canonical) }
        let gathered = try all.flatMap(rows).sorted { left, right in
            page.scansForward ? position(left) < position(right) : position(left) > position(right)
        }
        return Array(gathered.prefix(page.rowsWanted))
    }
}
