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

    fileprivate init(id: ProfileID) {
        self.id = id
    }
}

/// A profile with those that were merged into it: their rows are read together.
package struct ProfileFamily: Sendable {
    /// The profile that stands for all of them, the earliest.
    package let canonical: ProfileKey
    /// Those that were merged into it, in the order of the merges.
    package let merged: [ProfileKey]

    /// All of them, the canonical one first.
    package var all: [ProfileKey] { [canonical] + merged }

    fileprivate init(canonical: ProfileKey, merged: MergedProfiles) {
        self.canonical = canonical
        self.merged = merged.ids.map(ProfileKey.init(id:))
    }
}

/// The ids of the profiles that were merged into one, as they stand in its row: 16 bytes each.
package struct MergedProfiles: Sendable, SQLBindable, SQLReadable {
    /// The ids, in the order of the merges.
    package let ids: [ProfileID]

    package static var sqlType: SQLType { .bytes }
    package var sqlValue: SQLValue { .bytes(ids.flatMap(\.bytes)) }

    /// The profiles of a row to write.
    ///
    /// - Parameter ids: their ids, in the order of the merges.
    package init(_ ids: [ProfileID] = []) {
        self.ids = ids
    }

    package init(from columns: inout Columns) throws(EngineError) {
        let bytes: [UInt8] = try columns.next()
        let width = ProfileID.byteCount
        guard bytes.count.isMultiple(of: width) else { throw EngineError(.corrupt, "ids of \(bytes.count) bytes") }
        ids = stride(from: 0, to: bytes.count, by: width).map { ProfileID(bytes: bytes[$0..<$0 + width]) }
    }
}

/// A profile as its row says, locked.
package struct LockedProfile: Sendable {
    /// The profile with those that were merged into it.
    package let family: ProfileFamily
    /// The profile into which it was merged; nil while it stands for itself.
    package let canonicalID: ProfileID?
    /// Counts the changes of its observations and summaries.
    package let memoryVersion: Int

    /// The profile's id.
    package var id: ProfileID { family.canonical.id }
}

/// A locked profile whose observations or summaries change in this transaction.
package struct ChangingMemory: Sendable {
    /// The profile with those that were merged into it.
    package let family: ProfileFamily
    /// The memory version that this change makes: what is changed is marked with it.
    package let version: Int
    /// The model that the store's vectors are made by; empty when nobody makes any.
    package let embeddingModel: String
}

/// A profile as a read finds it.
package struct ResolvedProfile: Sendable {
    /// Its store.
    package let store: StoreKey
    /// The language of the store's memories.
    package let language: MemoryLanguage
    /// The profile with those that were merged into it.
    package let family: ProfileFamily
    /// The profile into which it was merged; nil while it stands for itself.
    package let canonicalID: ProfileID?
    /// Counts the changes of its observations and summaries: what was computed from them is valid while this stays.
    package let memoryVersion: Int

    /// The profile's id.
    package var id: ProfileID { family.canonical.id }
}

/// The statements of profiles.
package enum ProfileQueries {
    /// Every statement, for the tests that read them.
    package static let statements: [Statement] =
        [
            resolve.statement, resolveShared.statement, lockForMemoryChange.statement, pageAscending.statement,
            pageDescending.statement,
            firstOfStore.statement, ofStoreAfter.statement, unite.statement, delete.statement,
        ] + keys.statements.values + lock.statements.values + canonicals.statements.values + insert.statements.values
        + link.statements.values

    /// Finds a profile through its store and account.
    ///
    /// No row: the account has no such store. No profile in the row: the store has no such profile.
    package static let resolve = Query(
        resolving,
        taking: AccountSID.self,
        StoreID.self,
        ProfileID.self,
        row: resolved
    )

    /// Finds a profile like `resolve`, and keeps the store's schema and settings from changing until the end of the
    /// transaction.
    package static let resolveShared = Query(
        "\(resolving) {for share of store}",
        taking: AccountSID.self,
        StoreID.self,
        ProfileID.self,
        row: resolved
    )

    private static let resolving = """
        SELECT store.store_id, store.status, store.language, profile.profile_id, profile.memory_version, profile.canonical_id,
            profile.merged_ids
        FROM store LEFT JOIN profile ON profile.profile_id = $3 AND profile.store_id = store.store_id
        WHERE store.store_id = $2 AND store.account_sid = $1
        """

    private static func resolved(
        _ columns: inout Columns
    ) throws(EngineError) -> (status: Store.Status, profile: ResolvedProfile?) {
        let store: StoreKey = try columns.next()
        let status: Store.Status = try columns.next()
        let language: MemoryLanguage = try columns.next()
        let key: ProfileKey? = try columns.next()
        let memoryVersion: Int? = try columns.next()
        let canonicalID: ProfileID? = try columns.next()
        let merged: MergedProfiles? = try columns.next()
        guard let key, let memoryVersion, let merged else { return (status, nil) }
        let profile = ResolvedProfile(
            store: store,
            language: language,
            family: ProfileFamily(canonical: key, merged: merged),
            canonicalID: canonicalID,
            memoryVersion: memoryVersion
        )
        return (status, profile)
    }

    /// Locks a profile and announces a change of its observations or summaries, in one statement.
    ///
    /// No row: `resolve` tells why.
    package static let lockForMemoryChange = Query(
        """
        UPDATE profile SET memory_version = memory_version + 1
        WHERE profile_id = $3 AND canonical_id IS NULL AND store_id IN (
            SELECT store_id FROM store WHERE store_id = $2 AND account_sid = $1 AND status = 'ACTIVE'
        )
        RETURNING profile_id, merged_ids, memory_version,
            (SELECT embedding_model FROM store WHERE store_id = profile.store_id)
        """,
        taking: AccountSID.self,
        StoreID.self,
        ProfileID.self,
        row: { columns throws(EngineError) -> ChangingMemory in
            ChangingMemory(
                family: ProfileFamily(canonical: try columns.next(), merged: try columns.next()),
                version: try columns.next(),
                embeddingModel: try columns.next()
            )
        }
    )

    /// Locks profiles of a store against change and deletion, the earliest first, so that nobody waits crosswise.
    package static let lock = ListQuery(
        """
        SELECT profile_id, merged_ids, canonical_id, memory_version FROM profile
        WHERE store_id = $1 AND profile_id IN ({list})
        ORDER BY profile_id {for update}
        """,
        listing: ProfileID.self,
        taking: StoreKey.self,
        row: { columns throws(EngineError) -> LockedProfile in
            LockedProfile(
                family: ProfileFamily(canonical: try columns.next(), merged: try columns.next()),
                canonicalID: try columns.next(),
                memoryVersion: try columns.next()
            )
        }
    )

    /// The keys of profiles that a transaction has locked.
    package static let keys = ListQuery(
        "SELECT profile_id FROM profile WHERE profile_id IN ({list})",
        listing: ProfileID.self,
        row: { columns throws(EngineError) -> ProfileKey in try columns.next() }
    )

    /// Which profiles others were merged into; only those that were merged are in the answer.
    package static let canonicals = ListQuery(
        "SELECT profile_id, canonical_id FROM profile WHERE canonical_id IS NOT NULL AND profile_id IN ({list})",
        listing: ProfileID.self,
        row: { columns throws(EngineError) -> (merged: ProfileID, canonical: ProfileID) in
            (try columns.next(), try columns.next())
        }
    )

    /// One page of a store's profiles within bounds, oldest first.
    ///
    /// Index: profile_by_store.
    package static let pageAscending = Query(
        """
        SELECT profile_id FROM profile
        WHERE store_id = $1 AND profile_id >= $2 AND profile_id < $3 AND canonical_id IS NULL
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
        SELECT profile_id FROM profile
        WHERE store_id = $1 AND profile_id >= $2 AND profile_id < $3 AND canonical_id IS NULL
        ORDER BY profile_id DESC LIMIT $4
        """,
        taking: StoreKey.self,
        ProfileID.self,
        ProfileID.self,
        Int.self,
        row: { columns throws(EngineError) -> ProfileID in try columns.next() }
    )

    /// New profiles.
    package static let insert = Insertion(
        "INSERT INTO profile (profile_id, store_id, memory_version, merged_ids) VALUES {rows}",
        columns: ProfileID.self,
        StoreKey.self,
        Int.self,
        MergedProfiles.self
    )

    /// Makes profiles aliases of another ($1), with none ($2) merged into them any more.
    package static let link = ListQuery(
        """
        UPDATE profile SET canonical_id = $1, merged_ids = $2 WHERE profile_id IN ({list}) RETURNING profile_id
        """,
        listing: ProfileID.self,
        taking: ProfileID.self,
        MergedProfiles.self,
        row: { columns throws(EngineError) -> ProfileID in try columns.next() }
    )

    /// Makes a profile stand for itself and others, and announces that its memories have changed.
    ///
    /// Its memory version goes beyond its own and those of all it was one with before or is now ($3), as what they hold is
    /// marked with theirs.
    package static let unite = Command(
        """
        UPDATE profile SET canonical_id = NULL, merged_ids = $2,
            memory_version = CASE WHEN memory_version < $3 THEN $3 ELSE memory_version END + 1
        WHERE profile_id = $1
        """,
        taking: ProfileID.self,
        MergedProfiles.self,
        Int.self
    )

    /// A profile of a store that is being purged.
    ///
    /// Index: profile_by_store.
    package static let firstOfStore = Query(
        "SELECT profile_id FROM profile WHERE store_id = $1 ORDER BY profile_id LIMIT 1",
        taking: StoreID.self,
        row: { columns throws(EngineError) -> ProfileID in try columns.next() }
    )

    /// The profiles of a store after one, merged ones among them.
    ///
    /// Index: profile_by_store.
    package static let ofStoreAfter = Query(
        "SELECT profile_id FROM profile WHERE store_id = $1 AND profile_id > $2 ORDER BY profile_id LIMIT $3",
        taking: StoreID.self,
        ProfileID.self,
        Int.self,
        row: { columns throws(EngineError) -> ProfileID in try columns.next() }
    )

    /// Removes a profile: none of its data can be found any more.
    package static let delete = Command(
        "DELETE FROM profile WHERE profile_id = $1",
        taking: ProfileID.self
    )
}
