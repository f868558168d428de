package import RecollectEngine
package import RecollectVocabulary

extension DataMappingSync.Status: SQLName {}

/// A data mapping and its sync, as the job of the sync needs them.
package struct SyncedMapping: Sendable {
    /// The mapping.
    package let mapping: DataMapping
    /// Its store.
    package let store: StoreID
    /// The store's account.
    package let account: AccountSID
    /// Its sync.
    package let sync: DataMappingSync
}

/// The statements of syncs of data mappings with their datasets.
package enum DataMappingSyncQueries {
    /// Every statement, for the tests that read them.
    package static let statements: [Statement] =
        [
            insert.statement, fetch.statement, lock.statement, mapping.statement, update.statement, wake.statement,
            delete.statement, deleteErrors.statement, deleteOfStore.statement, deleteErrorsOfStore.statement,
            errors.statement, forgetErrors.statement, operationsOfStore.statement,
        ] + insertErrors.statements.values

    private static let columns = """
        status, cursor_parts, rows_applied, rows_refused, created_count, updated_count, merged_count, failed_count,
        operation_id, failures, failure, started_at, finished_at, next_due_at
        """

    /// The sync of a new data mapping; changes nothing when there is one.
    package static let insert = Command(
        """
        INSERT INTO data_mapping_sync (
            data_mapping_id, store_id, status, rows_applied, rows_refused, created_count, updated_count, merged_count,
            failed_count, failures, next_due_at
        ) VALUES ($1, $2, 'PENDING', 0, 0, 0, 0, 0, 0, 0, $3)
        ON CONFLICT (data_mapping_id) DO NOTHING
        """,
        taking: DataMappingID.self,
        StoreKey.self,
        Timestamp.self
    )

    /// The sync of a data mapping.
    package static let fetch = Query(
        "SELECT \(columns) FROM data_mapping_sync WHERE data_mapping_id = $1 AND store_id = $2",
        taking: DataMappingID.self,
        StoreKey.self,
        row: sync
    )

    /// The sync of a data mapping, locked.
    package static let lock = Query(
        "SELECT \(columns) FROM data_mapping_sync WHERE data_mapping_id = $1 AND store_id = $2 {for update}",
        taking: DataMappingID.self,
        StoreKey.self,
        row: sync
    )

    /// A data mapping for the job of its sync, which knows its id alone.
    package static let mapping = Query(
        """
        SELECT data_mapping.data_mapping_id, data_mapping.display_name, data_mapping.description,
            data_mapping.is_enabled, data_mapping.source_kind, data_mapping.dataset_id, data_mapping.source_columns,
            data_mapping.mappings, data_mapping.version, data_mapping.updated_at, store.store_id, store.account_sid,
            data_mapping_sync.status, data_mapping_sync.cursor_parts, data_mapping_sync.rows_applied,
            data_mapping_sync.rows_refused, data_mapping_sync.created_count, data_mapping_sync.updated_count,
            data_mapping_sync.merged_count, data_mapping_sync.failed_count, data_mapping_sync.operation_id,
            data_mapping_sync.failures, data_mapping_sync.failure, data_mapping_sync.started_at,
            data_mapping_sync.finished_at, data_mapping_sync.next_due_at
        FROM data_mapping_sync
        JOIN data_mapping ON data_mapping.store_id = data_mapping_sync.store_id
            AND data_mapping.data_mapping_id = data_mapping_sync.data_mapping_id
        JOIN store ON store.store_id = data_mapping_sync.store_id
        WHERE data_mapping_sync.data_mapping_id = $1
        """,
        taking: DataMappingID.self,
        row: { columns throws(EngineError) -> SyncedMapping in
            SyncedMapping(
                mapping: try DataMapping.next(from: &columns),
                store: try columns.next(),
                account: try columns.next(),
                sync: try sync(&columns)
            )
        }
    )

    /// Records how far a sync is, and all else of it.
    package static let update = Command(
        """
        UPDATE data_mapping_sync
        SET status = $2, cursor_parts = $3, rows_applied = $4, rows_refused = $5, created_count = $6,
            updated_count = $7, merged_count = $8, failed_count = $9, operation_id = $10, failures = $11,
            failure = $12, started_at = $13, finished_at = $14, next_due_at = $15
        WHERE data_mapping_id = $1
        """,
        taking: DataMappingID.self,
        DataMappingSync.Status.self,
        JSONList<String>?.self,
        Int.self,
        Int.self,
        Int.self,
        Int.self,
        Int.self,
        Int.self,
        OperationID?.self,
        Int.self,
        String?.self,
        Timestamp?.self,
        Timestamp?.self,
        Timestamp.self
    )

    /// Makes a sync's job ($1) due, unless it is at work: taking it away from its server would only make another one go on.
    package static let wake = Command(
        """
        UPDATE job SET due_at = $2
        WHERE job_id = $1 AND due_at > $2 AND NOT EXISTS (
            SELECT 1 FROM data_mapping_sync
            WHERE data_mapping_sync.data_mapping_id = $1 AND data_mapping_sync.status = 'RUNNING'
        )
        """,
        taking: JobID.self,
        Timestamp.self
    )

    /// Removes the sync of a data mapping; its job ends when it finds none.
    package static let delete = Command(
        "DELETE FROM data_mapping_sync WHERE data_mapping_id = $1",
        taking: DataMappingID.self
    )

    /// Removes the refused rows of a data mapping's sync.
    package static let deleteErrors = Command(
        "DELETE FROM data_mapping_sync_error WHERE data_mapping_id = $1",
        taking: DataMappingID.self
    )

    /// Removes the syncs of a deleted store.
    ///
    /// Index: data_mapping_sync_by_store.
    package static let deleteOfStore = Command(
        "DELETE FROM data_mapping_sync WHERE store_id = $1",
        taking: StoreID.self
    )

    /// The operations that follow syncs of a store.
    ///
    /// Index: data_mapping_sync_by_store.
    package static let operationsOfStore = Query(
        "SELECT operation_id FROM data_mapping_sync WHERE store_id = $1 AND operation_id IS NOT NULL",
        taking: StoreID.self,
        row: { columns throws(EngineError) -> OperationID in try columns.next() }
    )

    /// Removes the refused rows of a deleted store's syncs.
    ///
    /// Index: data_mapping_sync_error_by_store.
    package static let deleteErrorsOfStore = Command(
        "DELETE FROM data_mapping_sync_error WHERE store_id = $1",
        taking: StoreID.self
    )

    /// The rows refused latest, the latest first.
    package static let errors = Query(
        """
        SELECT place, column_name, message FROM data_mapping_sync_error
        WHERE data_mapping_id = $1 ORDER BY error_number DESC LIMIT $2
        """,
        taking: DataMappingID.self,
        Int.self,
        row: { columns throws(EngineError) -> DatasetRowError in
            DatasetRowError(place: try columns.next(), column: try columns.next(), message: try columns.next())
        }
    )

    /// Records rows that were refused.
    package static let insertErrors = Insertion(
        """
        INSERT INTO data_mapping_sync_error (data_mapping_id, error_number, store_id, place, column_name, message)
        VALUES {rows}
        """,
        columns: DataMappingID.self,
        Int.self,
        StoreKey.self,
        String.self,
        String?.self,
        String.self
    )

    /// Forgets the refused rows up to a number.
    package static let forgetErrors = Command(
        "DELETE FROM data_mapping_sync_error WHERE data_mapping_id = $1 AND error_number <= $2",
        taking: DataMappingID.self,
        Int.self
    )

    private static func sync(_ columns: inout Columns) throws(EngineError) -> DataMappingSync {
        let status: DataMappingSync.Status = try columns.next()
        let cursor: JSONList<String>? = try columns.next()
        let (applied, refused): (Int, Int) = (try columns.next(), try columns.next())
        let counts = OperationCounts(
            created: try columns.next(),
            updated: try columns.next(),
            merged: try columns.next(),
            failed: try columns.next()
        )
        let operation: OperationID? = try columns.next()
        let failures: Int = try columns.next()
        let failure: String? = try columns.next()
        let (startedAt, finishedAt): (Timestamp?, Timestamp?) = (try columns.next(), try columns.next())
        var sync = DataMappingSync(nextDueAt: try columns.next())
        if let cursor {
            guard !cursor.elements.isEmpty else { throw EngineError(.corrupt, "a cursor without parts") }
            sync.cursor = DatasetCursor(cursor.elements)
        }
        sync.status = status
        (sync.rowsApplied, sync.rowsRefused) = (applied, refused)
        sync.counts = counts
        sync.operation = operation
        (sync.failures, sync.failure) = (failures, failure)
        (sync.startedAt, sync.finishedAt) = (startedAt, finishedAt)
        return sync
    }
}
