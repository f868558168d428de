import RecollectEngine
import RecollectSQL
package import RecollectVocabulary

/// Data mappings and suggestions for them: how the columns of a source become traits.
package struct DataMappings: Sendable {
    let transactions: Transactions
    let clock: any WallClock
    let ids: any IDSource
    let matcher: ColumnMatcher
    let datasets: Datasets?
    let jobs: JobQueue

    /// Creates a data mapping.
    ///
    /// - Parameters:
    ///   - draft: its content.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the operation, whose resource is the mapping's id.
    /// - Throws: `Rejection` when there is no such store, the name is taken, or a mapping names a column or trait that does
    ///   not exist.
    package func create(
        _ draft: DataMappingDraft,
        of store: StoreID,
        in scope: AccountScope
    ) async throws -> OperationID {
        let now = clock.now()
        let id: DataMappingID = ids.next(at: now)
        let operation: OperationID = ids.next(at: now)
        let written = try await transactions.write(scope) { connection in
            let key = try connection.resolve(store, in: scope, locking: .schemaChanges)
            let mapping = try draft.mapping(as: id, in: try connection.schema(of: key))
            guard try connection.insert(mapping, into: key) else { throw Self.nameTaken(mapping.displayName) }
            if mapping.source.dataset != nil { try connection.insertSync(of: id, in: key, due: now) }
            try connection.recordCompleted(operation, resource: "\(id)", in: scope)
            return operation
        }
        jobs.wake()
        return written
    }

    /// One page of a store's data mappings.
    ///
    /// - Parameters:
    ///   - page: which page.
    ///   - kind: the kind of source to show; nil for all.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the mappings of the page.
    /// - Throws: `Rejection` when there is no such store.
    package func list(
        _ page: PageQuery<DataMappingID>,
        from kind: MappingSource.Kind?,
        of store: StoreID,
        in scope: AccountScope
    ) async throws -> PageSlice<DataMapping> {
        let bounds = IDBounds(page)
        let query = page.scansForward ? DataMappingQueries.pageAscending : DataMappingQueries.pageDescending
        let rows = try await transactions.read(.snapshot, for: scope) { connection in
            let key = try connection.resolve(store, in: scope)
            return try connection.all(
                query,
                key,
                bounds.lower,
                bounds.upper,
                kind?.rawValue ?? "",
                page.rowsWanted
            )
        }
        return page.slice(rows)
    }

    /// One data mapping.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the mapping.
    /// - Throws: `Rejection` when there is no such store or mapping.
    package func fetch(_ id: DataMappingID, of store: StoreID, in scope: AccountScope) async throws -> DataMapping {
        try await transactions.read(.snapshot, for: scope) { connection in
            try connection.dataMapping(id, of: try connection.resolve(store, in: scope))
        }
    }

    /// Changes what is given of a data mapping.
    ///
    /// A change that changes nothing is accepted and leaves the version.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - change: what to change.
    ///   - expected: the versions that the caller accepts to change; nil for any.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the operation, whose resource is the mapping's id.
    /// - Throws: `Rejection` when there is no such store or mapping, its version is another, the name is taken, or a mapping
    ///   names a column or trait that does not exist.
    package func patch(
        _ id: DataMappingID,
        with change: DataMappingChange,
        expecting expected: ExpectedVersion?,
        of store: StoreID,
        in scope: AccountScope
    ) async throws -> OperationID {
        let now = clock.now()
        let operation: OperationID = ids.next(at: now)
        let written = try await transactions.write(scope) { connection in
            let key = try connection.resolve(store, in: scope, locking: .schemaChanges)
            let current = try connection.dataMapping(id, of: key)
            try expected.require(current.version)
            let resolved =
                change.mappings == nil ? change : try change.resolved(in: try connection.schema(of: key))
            let changed = try current.applying(resolved, at: now)
            if changed != current {
                let name = changed.displayName
                guard try connection.first(DataMappingQueries.nameIsTaken, key, name.folded, id) == nil else {
                    throw Self.nameTaken(name)
                }
                try connection.replace(current, by: changed, in: key)
                if changed.isEnabled, changed.source.dataset != nil { try connection.wakeSync(of: id, at: now) }
            }
            try connection.recordCompleted(operation, resource: "\(id)", in: scope)
            return operation
        }
        jobs.wake()
        return written
    }

    /// Deletes a data mapping; what it has mapped stays.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the operation, whose resource is the mapping's id.
    /// - Throws: `Rejection` when there is no such store or mapping.
    package func delete(_ id: DataMappingID, of store: StoreID, in scope: AccountScope) async throws -> OperationID {
        let now = clock.now()
        let operation: OperationID = ids.next(at: now)
        return try await transactions.write(scope) { connection in
            let key = try connection.resolve(store, in: scope, locking: .schemaChanges)
            guard try connection.run(DataMappingQueries.delete, key, id) > 0 else { throw Self.notFound(id) }
            try connection.run(DataMappingQueries.deleteLinks, key, id)
            try connection.deleteSync(of: id, in: key, at: now)
            try connection.recordCompleted(operation, resource: "\(id)", in: scope)
            return operation
        }
    }

    static func notFound(_ id: DataMappingID) -> Rejection {
        Rejection(.dataMappingNotFound, "dataMappingId", "the store has no data mapping \(id)")
    }

    private static func nameTaken(_ name: DataMappingName) -> Rejection {
        Rejection(.dataMappingNameTaken, "displayName", "the store has another data mapping named \(name.text)")
    }
}
