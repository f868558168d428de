package import RecollectEngine
package import RecollectVocabulary

extension Store.Status: SQLName {}
extension MemoryLanguage: SQLName {}

/// A store that was found in the caller's account.
///
/// Only the queries here make one, and only from an account: what takes a `StoreKey` cannot reach into another account.
package struct StoreKey: Sendable, SQLBindable, SQLReadable {
    /// The store's id.
    package let id: StoreID

    package static var sqlType: SQLType { StoreID.sqlType }
    package var sqlValue: SQLValue { id.sqlValue }

    package init(from columns: inout Columns) throws(EngineError) {
        id = try columns.next()
    }
}

/// The statements of stores.
package enum StoreQueries {
    /// Every statement, for the tests that read them.
    package static let statements = [
        resolve.statement, owner.statement, resolveShared.statement, resolveLocked.statement, fetch.statement,
        fetchLocked.statement,
        pageAscending.statement, pageDescending.statement, count.statement, lockAccount.statement,
        insert.statement, update.statement, delete.statement,
    ]

    /// Finds a store of an account.
    package static let resolve = Query(
        "SELECT store_id, status FROM store WHERE store_id = $1 AND account_sid = $2",
        taking: StoreID.self,
        AccountSID.self,
        row: resolved
    )

    /// Whose a store is, for an operator at the machine.
    package static let owner = Query(
        "SELECT account_sid FROM store WHERE store_id = $1",
        taking: StoreID.self,
        row: { columns throws(EngineError) -> AccountSID in try columns.next() }
    )

    /// Finds a store and keeps its schema and settings from changing, and itself from being deleted, until the end of the transaction.
    package static let resolveShared = Query(
        "SELECT store_id, status FROM store WHERE store_id = $1 AND account_sid = $2 {for share}",
        taking: StoreID.self,
        AccountSID.self,
        row: resolved
    )

    /// Finds a store and locks it for a change of its schema or settings.
    ///
    /// By a change that changes nothing: where the store has a copy on every node, this locks all of them, and whoever keeps
    /// the schema from changing has locked the one beside a profile.
    package static let resolveLocked = Query(
        "UPDATE store SET version = version WHERE store_id = $1 AND account_sid = $2 RETURNING store_id, status",
        taking: StoreID.self,
        AccountSID.self,
        row: resolved
    )

    /// One store of an account.
    package static let fetch = Query(
        """
        SELECT store_id, display_name, description, status, language, version FROM store
        WHERE store_id = $1 AND account_sid = $2
        """,
        taking: StoreID.self,
        AccountSID.self,
        row: store
    )

    /// One store of an account, locked for a change.
    package static let fetchLocked = Query(
        """
        SELECT store_id, display_name, description, status, language, version FROM store
        WHERE store_id = $1 AND account_sid = $2 {for update}
        """,
        taking: StoreID.self,
        AccountSID.self,
        row: store
    )

    /// One page of an account's stores after an id, oldest first.
    ///
    /// Index: store_by_account.
    package static let pageAscending = Query(
        "SELECT store_id FROM store WHERE account_sid = $1 AND store_id > $2 ORDER BY store_id LIMIT $3",
        taking: AccountSID.self,
        StoreID.self,
        Int.self,
        row: { columns throws(EngineError) -> StoreID in try columns.next() }
    )

    /// One page of an account's stores before an id, newest first.
    ///
    /// Index: store_by_account.
    package static let pageDescending = Query(
        "SELECT store_id FROM store WHERE account_sid = $1 AND store_id < $2 ORDER BY store_id DESC LIMIT $3",
        taking: AccountSID.self,
        StoreID.self,
        Int.self,
        row: { columns throws(EngineError) -> StoreID in try columns.next() }
    )

    /// How many stores an account has.
    package static let count = Query(
        "SELECT COUNT(*) FROM store WHERE account_sid = $1",
        taking: AccountSID.self,
        row: { columns throws(EngineError) -> Int in try columns.next() }
    )

    /// Locks an account, so that its stores are counted and created by one transaction at a time.
    package static let lockAccount = Query(
        "SELECT account_sid FROM account WHERE account_sid = $1 {for update}",
        taking: AccountSID.self,
        row: { columns throws(EngineError) -> AccountSID in try columns.next() }
    )

    /// A new store; changes nothing when the name is taken.
    package static let insert = Command(
        """
        INSERT INTO store (store_id, account_sid, display_name, folded_name, description, status, language,
            version, embedding_model)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (account_sid, folded_name) DO NOTHING
        """,
        taking: StoreID.self,
        AccountSID.self,
        String.self,
        String.self,
        String?.self,
        Store.Status.self,
        MemoryLanguage.self,
        Int.self,
        String.self
    )

    /// Whether another store of the account has a name.
    package static let nameIsTaken = Query(
        "SELECT store_id FROM store WHERE account_sid = $1 AND folded_name = $2 AND store_id <> $3",
        taking: AccountSID.self,
        String.self,
        StoreID.self,
        row: { columns throws(EngineError) -> StoreID in try columns.next() }
    )

    /// Changes a locked store.
    package static let update = Command(
        """
        UPDATE store SET display_name = $2, folded_name = $3, description = $4, language = $5, version = $6
        WHERE store_id = $1
        """,
        taking: StoreID.self,
        String.self,
        String.self,
        String?.self,
        MemoryLanguage.self,
        Int.self
    )

    /// Removes a store: nothing of it can be found any more.
    package static let delete = Command(
        "DELETE FROM store WHERE store_id = $1 AND account_sid = $2",
        taking: StoreID.self,
        AccountSID.self
    )

    private static func resolved(_ columns: inout Columns) throws(EngineError) -> (key: StoreKey, status: Store.Status)
    {
        (try columns.next(), try columns.next())
    }

    private static func store(_ columns: inout Columns) throws(EngineError) -> Store {
        let id: StoreID = try columns.next()
        let displayName: String = try columns.next()
        let description: String? = try columns.next()
        do {
            return Store(
                id: id,
                displayName: try StoreName(displayName),
                description: try description.map { text throws(Rejection) in try StoreDescription(text) },
                status: try columns.next(),
                language: try columns.next(),
                version: try columns.next()
            )
        } catch let error as EngineError {
            throw error
        } catch {
            throw EngineError(.corrupt, "store \(id): \(error)")
        }
    }
}
