import RecollectEngine
import RecollectSQL
package import RecollectVocabulary

extension DataMappings {
    /// Makes the dataset of a mapping be read now.
    ///
    /// What is asked for while a run is under way, or waits to begin, is that run.
    ///
    /// - Parameters:
    ///   - id: the mapping.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the operation that ends when all rows there are have been read.
    /// - Throws: `Rejection` when there is no such store or mapping, it has no dataset or one that is not registered, or it is
    ///   disabled.
    package func sync(_ id: DataMappingID, of store: StoreID, in scope: AccountScope) async throws -> OperationID {
        let now = clock.now()
        let operation: OperationID = ids.next(at: now)
        let followed = try await transactions.write(scope) { connection in
            let key = try connection.resolve(store, in: scope, locking: .schemaStays)
            let mapping = try connection.dataMapping(id, of: key)
            guard let dataset = mapping.source.dataset,
                var sync = try connection.first(DataMappingSyncQueries.lock, id, key)
            else { throw Self.withoutDataset(id) }
            guard mapping.isEnabled else {
                throw Rejection(.conflict, "dataMappingId", "is disabled: enable the data mapping first")
            }
            guard datasets?.dataset(dataset, for: scope.account) != nil else {
                throw Rejection(
                    .conflict,
                    "dataMappingId",
                    "reads the dataset \(dataset.text), which the server's configuration does not name"
                )
            }
            if let pending = sync.operation { return pending }
            sync.operation = operation
            try connection.recordRunning(operation, resource: "\(id)", in: scope)
            try connection.tell(OperationCounts(), of: operation)
            if sync.status != .running {
                sync.nextDueAt = now
                try connection.run(DataMappingSyncQueries.wake, DataMappingSyncJob.id(for: id), now)
            }
            try connection.record(sync, of: id)
            return operation
        }
        jobs.wake()
        return followed
    }

    /// How far the dataset of a mapping is read.
    ///
    /// - Parameters:
    ///   - id: the mapping.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: its sync, and the rows refused latest, the latest first.
    /// - Throws: `Rejection` when there is no such store or mapping, or it has no dataset.
    package func syncState(
        _ id: DataMappingID,
        of store: StoreID,
        in scope: AccountScope
    ) async throws -> (sync: DataMappingSync, refused: [DatasetRowError]) {
        try await transactions.read(.snapshot, for: scope) { connection in
            let key = try connection.resolve(store, in: scope)
            _ = try connection.dataMapping(id, of: key)
            guard let sync = try connection.first(DataMappingSyncQueries.fetch, id, key) else {
                throw Self.withoutDataset(id)
            }
            let limit = DataMappingSync.rowErrorsLimit
            return (sync, try connection.all(DataMappingSyncQueries.errors, id, limit))
        }
    }

    private static func withoutDataset(_ id: DataMappingID) -> Rejection {
        Rejection(.notFound, "dataMappingId", "the data mapping \(id) has no dataset to read")
    }
}

extension Connection {
    /// Prepares the sync of a new data mapping: its row and its job.
    func insertSync(of id: DataMappingID, in store: StoreKey, due: Timestamp) throws(EngineError) {
        guard try run(DataMappingSyncQueries.insert, id, store, due) > 0 else { return }
        try enqueue(DataMappingSyncJob(on: id), as: DataMappingSyncJob.id(for: id), due: due)
    }

    /// Makes the sync of a data mapping that was enabled go on.
    func wakeSync(of id: DataMappingID, at now: Timestamp) throws(EngineError) {
        try run(DataMappingSyncQueries.wake, DataMappingSyncJob.id(for: id), now)
    }

    /// Removes the sync of a data mapping of a locked store; its job ends by itself.
    func deleteSync(of id: DataMappingID, in store: StoreKey, at now: Timestamp) throws(EngineError) {
        guard var sync = try first(DataMappingSyncQueries.lock, id, store) else { return }
        try endOperation(of: &sync, because: "the data mapping was deleted", at: now)
        try run(DataMappingSyncQueries.deleteErrors, id)
        try run(DataMappingSyncQueries.delete, id)
    }

    /// Removes the syncs of a deleted store; their jobs end by themselves.
    func deleteSyncs(of store: StoreID, at now: Timestamp) throws(EngineError) {
        for operation in try all(DataMappingSyncQueries.operationsOfStore, store) {
            try run(OperationQueries.complete, operation, .failed, now, "the store was deleted")
        }
        try run(DataMappingSyncQueries.deleteErrorsOfStore, store)
        try run(DataMappingSyncQueries.deleteOfStore, store)
    }

    /// Writes what has become of a locked sync.
    func record(_ sync: DataMappingSync, of id: DataMappingID) throws(EngineError) {
        try run(
            DataMappingSyncQueries.update,
            id,
            sync.status,
            sync.cursor.map { JSONList($0.parts) },
            sync.rowsApplied,
            sync.rowsRefused,
            sync.counts.created,
            sync.counts.updated,
            sync.counts.merged,
            sync.counts.failed,
            sync.operation,
            sync.failures,
            sync.failure,
            sync.startedAt,
            sync.finishedAt,
            sync.nextDueAt
        )
    }

    /// Ends the operation that follows a sync, if there is one: without a failure, it is done.
    func endOperation(of sync: inout DataMappingSync, because failure: String?, at now: Timestamp) throws(EngineError) {
        guard let operation = sync.operation else { return }
        try tell(sync.counts, of: operation)
        try run(OperationQueries.complete, operation, failure == nil ? .completed : .failed, now, failure)
        sync.operation = nil
    }
}
