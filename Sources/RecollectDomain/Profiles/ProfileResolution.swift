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
    /// Finds a profile for a read.
    func resolve(_ place: ProfilePlace, in scope: AccountScope) throws -> ResolvedProfile {
        guard let found = try first(ProfileQueries.resolve, scope.account, place.store, place.profile) else {
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

    /// Locks a profile and announces that its observations or summaries change.
    func lockForMemoryChange(_ place: ProfilePlace, in scope: AccountScope) throws -> ProfileKey {
        if let key = try first(ProfileQueries.lockForMemoryChange, scope.account, place.store, place.profile) {
            return key
        }
        // Nothing was changed: say why, or look again if the profile has appeared since.
        _ = try resolve(place, in: scope)
        throw RepeatTransaction()
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
