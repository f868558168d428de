package import RecollectEngine
package import RecollectVocabulary

/// A profile that was found in a store of the caller's account.
///
/// Only the queries here make one.
package struct ProfileKey: Sendable, SQLBindable, SQLReadable {
    /// The profile's id.
    package let id: ProfileID

    package static var sqlType: SQLType { ProfileID.sqlType }
    package var sqlValue: SQLValue { id.sqlValue }

    package init(from columns: inout Columns) throws(EngineError) {
        id = try columns.next()
    }
}

/// A profile as a read finds it.
package struct ResolvedProfile: Sendable {
    /// Its store.
    package let store: StoreKey
    /// The profile.
    package let key: ProfileKey
    /// Counts the changes of its observations and summaries: what was computed from them is valid while this stays.
    package let memoryVersion: Int
}

/// The statements of profiles.
package enum ProfileQueries {
    /// Every statement, for the tests that read them.
    package static let statements: [Statement] = [
        resolve.statement, lock.statement, lockForMemoryChange.statement, pageAscending.statement,
        pageDescending.statement, firstOfStore.statement, insert.statement, delete.statement,
    ]

    /// Finds a profile through its store and account.
    ///
    /// No row: the account has no such store. No profile in the row: the store has no such profile.
    package static let resolve = Query(
        """
        SELECT store.store_id, store.status, profile.profile_id, profile.memory_version
        FROM store LEFT JOIN profile ON profile.profile_id = $3 AND profile.store_id = store.store_id
        WHERE store.store_id = $2 AND store.account_sid = $1
        """,
        taking: AccountSID.self,
        StoreID.self,
        ProfileID.self,
        row: { columns throws(EngineError) -> (status: Store.Status, profile: ResolvedProfile?) in
            let store: StoreKey = try columns.next()
            let status: Store.Status = try columns.next()
            let key: ProfileKey? = try columns.next()
            let memoryVersion: Int? = try columns.next()
            guard let key, let memoryVersion else { return (status, nil) }
            return (status, ResolvedProfile(store: store, key: key, memoryVersion: memoryVersion))
        }
    )

    /// Locks a profile and announces a change of its observations or summaries, in one statement.
    ///
    /// No row: `resolve` tells why.
    package static let lockForMemoryChange = Query(
        """
        UPDATE profile SET memory_version = memory_version + 1
        WHERE profile_id = $3 AND store_id IN (
            SELECT store_id FROM store WHERE store_id = $2 AND account_sid = $1 AND status = 'ACTIVE'
        )
        RETURNING profile_id
        """,
        taking: AccountSID.self,
        StoreID.self,
        ProfileID.self,
        row: { columns throws(EngineError) -> ProfileKey in try columns.next() }
    )

    /// Locks a profile of a store against change and deletion.
    package static let lock = Query(
        "SELECT profile_id FROM profile WHERE profile_id = $1 AND store_id = $2 {for update}",
        taking: ProfileID.self,
        StoreKey.self,
        row: { columns throws(EngineError) -> ProfileKey in try columns.next() }
    )

    /// One page of a store's profiles within bounds, oldest first.
    ///
    /// Index: profile_by_store.
    package static let pageAscending = Query(
        """
        SELECT profile_id FROM profile WHERE store_id = $1 AND profile_id >= $2 AND profile_id < $3
        ORDER BY profile_id LIMIT $4
        """,
        taking: StoreKey.self,
        ProfileID.self,
        ProfileID.self,
        Int.self,
        row: { columns throws(EngineError) -> ProfileID in try columns.next() }
    )

    /// One page of a store's profiles within bounds, newest first.
    ///
    /// Index: profile_by_store.
    package static let pageDescending = Query(
        """
        SELECT profile_id FROM profile WHERE store_id = $1 AND profile_id >= $2 AND profile_id < $3
        ORDER BY profile_id DESC LIMIT $4
        """,
        taking: StoreKey.self,
        ProfileID.self,
        ProfileID.self,
        Int.self,
        row: { columns throws(EngineError) -> ProfileID in try columns.next() }
    )

    /// A new profile.
    package static let insert = Command(
        "INSERT INTO profile (profile_id, store_id, memory_version) VALUES ($1, $2, 1)",
        taking: ProfileID.self,
        StoreKey.self
    )

    /// A profile of a store that is being purged.
    ///
    /// Index: profile_by_store.
    package static let firstOfStore = Query(
        "SELECT profile_id FROM profile WHERE store_id = $1 ORDER BY profile_id LIMIT 1",
        taking: StoreID.self,
        row: { columns throws(EngineError) -> ProfileID in try columns.next() }
    )

    /// Removes a profile: none of its data can be found any more.
    package static let delete = Command(
        "DELETE FROM profile WHERE profile_id = $1",
        taking: ProfileID.self
    )
}
