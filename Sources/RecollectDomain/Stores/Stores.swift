import RecollectEmbedding
import RecollectEngine
import RecollectSQL
package import RecollectVocabulary

/// Memory stores: create, list, fetch, patch, delete.
package struct Stores: Sendable {
    let transactions: Transactions
    let clock: any WallClock
    let ids: any IDSource
    let limits: StoreLimits
    let jobs: JobQueue
    /// The model of the vectors that this server makes; nil when it makes none.
    let embeddingModel: EmbeddingModel?

    /// On whose behalf an operator at the machine acts on a store, who needs no credentials: its owner's.
    ///
    /// - Parameter store: the store.
    /// - Returns: the owner's scope.
    /// - Throws: `Rejection` when there is no such store.
    package func ownerScope(of store: StoreID) async throws -> AccountScope {
        let account = try await transactions.read { connection in try connection.first(StoreQueries.owner, store) }
        guard let account else { throw Self.notFound(store) }
        return AccountScope(account: account)
    }

    /// Creates a store, ready for use, with the `Contact` trait group and the default identity settings.
    ///
    /// - Parameters:
    ///   - displayName: its name, unique in the account.
    ///   - description: what it is for.
    ///   - scope: on whose behalf.
    /// - Returns: the operation, whose resource is the store's id.
    /// - Throws: `Rejection` when the name is taken or the account has its limit of stores.
    package func create(
        _ displayName: StoreName,
        description: StoreDescription?,
        in scope: AccountScope
    ) async throws -> OperationID {
        let now = clock.now()
        let store = Store(
            id: ids.next(at: now),
            displayName: displayName,
            description: description,
            status: .active,
            version: 1
        )
        let schema = DefaultSchema(drawnFrom: ids, at: now)
        let operation: OperationID = ids.next(at: now)
        return try await transactions.write(scope) { connection in
            _ = try connection.first(StoreQueries.lockAccount, scope.account)
            let count = try connection.first(StoreQueries.count, scope.account) ?? 0
            guard count < limits.storesPerAccount else {
                throw Rejection(.storeLimit, "the account has its limit of \(limits.storesPerAccount) stores")
            }
            let inserted = try connection.run(
                StoreQueries.insert,
                store.id,
                scope.account,
                store.displayName.text,
                store.displayName.folded,
                store.description?.text,
                store.status,
                store.language,
                store.version,
                embeddingModel?.text ?? ""
            )
            guard inserted > 0 else { throw Self.nameTaken(displayName) }
            try schema.insert(into: store.id, on: connection)
            try connection.recordCompleted(operation, resource: "\(store.id)", in: scope)
            return operation
        }
    }

    /// One page of the account's stores.
    ///
    /// - Parameters:
    ///   - page: which page.
    ///   - scope: on whose behalf.
    /// - Returns: the ids of the page.
    /// - Throws: `Rejection`.
    package func list(_ page: PageQuery<StoreID>, in scope: AccountScope) async throws -> PageSlice<StoreID> {
        let ids = try await transactions.read(for: scope) { connection in
            if page.scansForward {
                try connection.all(
                    StoreQueries.pageAscending,
                    scope.account,
                    page.cursor ?? StoreID(bits: 0),
                    page.rowsWanted
                )
            } else {
                try connection.all(
                    StoreQueries.pageDescending,
                    scope.account,
                    page.cursor ?? .nobody,
                    page.rowsWanted
                )
            }
        }
        return page.slice(ids)
    }

    /// One store.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - scope: on whose behalf.
    /// - Returns: the store.
    /// - Throws: `Rejection` when the account has no such store.
    package func fetch(_ id: StoreID, in scope: AccountScope) async throws -> Store {
        let store = try await transactions.read(for: scope) { connection in
            try connection.first(StoreQueries.fetch, id, scope.account)
        }
        guard let store else { throw Self.notFound(id) }
        return store
    }

    /// Changes what is given of a store.
    ///
    /// A change that changes nothing is accepted and leaves the version.
    ///
    /// - Parameters:
    /// - id: its id.
    /// - change: what to change.
    /// - expected: the versions that the caller accepts to change; nil for any.
    /// - scope: on whose behalf.
    /// - Returns: the operation.
    /// - Throws: `Rejection` when there is no such store, its version is another, or the name is taken.
    package func patch(
        _ id: StoreID,
        with change: StoreChange,
        expecting expected: ExpectedVersion?,
        in scope: AccountScope
    ) async throws -> OperationID {
        let operation: OperationID = ids.next(at: clock.now())
        return try await transactions.write(scope) { connection in
            if change.displayName != nil {
                _ = try connection.first(StoreQueries.lockAccount, scope.account)
            }
            guard let store = try connection.first(StoreQueries.fetchLocked, id, scope.account) else {
                throw Self.notFound(id)
            }
            try expected.require(store.version)
            let changed = store.applying(change)
            if changed != store {
                let name = changed.displayName
                guard try connection.first(StoreQueries.nameIsTaken, scope.account, name.folded, id) == nil else {
                    throw Self.nameTaken(name)
                }
                try connection.run(
                    StoreQueries.update,
                    id,
                    name.text,
                    name.folded,
                    changed.description?.text,
                    changed.language,
                    changed.version
                )
            }
            try connection.recordCompleted(operation, resource: "\(id)", in: scope)
            return operation
        }
    }

    /// Deletes a store: it is gone from every read at once, its rows follow in the background.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - scope: on whose behalf.
    /// - Returns: the operation, which completes when the last row is gone.
    /// - Throws: `Rejection` when the account has no such store.
    package func delete(_ id: StoreID, in scope: AccountScope) async throws -> OperationID {
        let now = clock.now()
        let operation: OperationID = ids.next(at: now)
        let purge = StorePurgeJob(store: id, operation: operation)
        let job: JobID = ids.next(at: now)
        let outcome = try await transactions.write(scope) { connection in
            guard try connection.run(StoreQueries.delete, id, scope.account) > 0 else { throw Self.notFound(id) }
            try connection.recordRunning(operation, resource: "\(id)", in: scope)
            try connection.enqueue(purge, as: job, due: now)
            return operation
        }
        jobs.wake()
        return outcome
    }

    static func notFound(_ id: StoreID) -> Rejection {
        Rejection(.storeNotFound, "storeId", "the account has no store \(id)")
    }

    private static func nameTaken(_ name: StoreName) -> Rejection {
        Rejection(.storeNameTaken, "displayName", "the account has another store named \(name.text)")
    }
}
