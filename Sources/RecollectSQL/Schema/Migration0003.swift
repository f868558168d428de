// Syncs of data mappings with their datasets. A mapping has one row here and one job, whose id is the mapping's: both from its
// creation on, or from here for the mappings that are older. Where it stands in the list of migrations is of no matter to it.

extension Migration {
    /// The tables of syncs of data mappings.
    static let dataMappingSyncs = Migration(
        number: 3,
        statements: [
            """
            CREATE TABLE data_mapping_sync (
                data_mapping_id {bytes} NOT NULL PRIMARY KEY,
                store_id {bytes} NOT NULL,
                status {text} NOT NULL,
                cursor_parts {text},
                rows_applied {integer} NOT NULL,
                rows_refused {integer} NOT NULL,
                created_count {integer} NOT NULL,
                updated_count {integer} NOT NULL,
                merged_count {integer} NOT NULL,
                failed_count {integer} NOT NULL,
                operation_id {bytes},
                failures {integer} NOT NULL,
                failure {text},
                started_at {integer},
                finished_at {integer},
                next_due_at {integer} NOT NULL
            ) {table}
            """,
            "CREATE INDEX data_mapping_sync_by_store ON data_mapping_sync (store_id, data_mapping_id)",
            // Numbered by the rows refused, so that those of an earlier time are found without counting.
            """
            CREATE TABLE data_mapping_sync_error (
                data_mapping_id {bytes} NOT NULL,
                error_number {integer} NOT NULL,
                store_id {bytes} NOT NULL,
                place {text} NOT NULL,
                column_name {text},
                message {text} NOT NULL,
                PRIMARY KEY (data_mapping_id, error_number)
            ) {table}
            """,
            "CREATE INDEX data_mapping_sync_error_by_store ON data_mapping_sync_error (store_id)",
            """
            INSERT INTO data_mapping_sync (
                data_mapping_id, store_id, status, rows_applied, rows_refused, created_count, updated_count,
                merged_count, failed_count, failures, next_due_at
            )
            SELECT data_mapping_id, store_id, 'PENDING', 0, 0, 0, 0, 0, 0, 0, updated_at
            FROM data_mapping WHERE source_kind <> 'INGRESS'
            """,
            """
            INSERT INTO job (job_id, kind, payload, due_at, attempts)
            SELECT data_mapping_id, 'sync data mapping', '', updated_at, 0
            FROM data_mapping WHERE source_kind <> 'INGRESS'
            """,
        ]
    )
}
