import RecollectEngine
import RecollectSQL
import RecollectVocabulary

extension Connection {
    /// Finds a profile for a read.
    func resolve(_ profile: ProfileID, of store: StoreID, in scope: AccountScope) throws -> ResolvedProfile {
        guard let found = try first(ProfileQueries.resolve, scope.account, store, profile) else {
            throw Stores.notFound(store)
        }
        guard found.status == .active else {
            throw Rejection(.storeNotActive, "storeId", "the store is \(found.status.rawValue), not ACTIVE")
        }
        guard let resolved = found.profile else {
            throw Rejection(.notFound, "profileId", "the store has no profile \(profile)")
        }
        return resolved
    }

    /// Locks a profile and announces that its observations or summaries change.
    func lockForMemoryChange(_ profile: ProfileID, of store: StoreID, in scope: AccountScope) throws -> ProfileKey {
        if let key = try first(ProfileQueries.lockForMemoryChange, scope.account, store, profile) { return key }
        return try resolve(profile, of: store, in: scope).key
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
