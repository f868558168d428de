package import RecollectEngine
package import RecollectVocabulary

extension Operation.Status: SQLName {}

/// The statements of operations.
package enum OperationQueries {
    /// Every statement, for the tests that read them.
    package static let statements = [
        fetch.statement, insert.statement, count.statement, complete.statement, expire.statement,
    ]

    /// One operation of an account, unless it is older than operations are kept.
    package static let fetch = Query(
        """
        SELECT operation_id, status, completed_at, resource_id, failure, created_count, updated_count, merged_count,
            failed_count
        FROM operation
        WHERE operation_id = $1 AND account_sid = $2 AND operation_id >= $3
        """,
        taking: OperationID.self,
        AccountSID.self,
        OperationID.self,
        row: operation
    )

    /// A new operation.
    package static let insert = Command(
        """
        INSERT INTO operation (operation_id, account_sid, status, completed_at, resource_id) VALUES ($1, $2, $3, $4, $5)
        """,
        taking: OperationID.self,
        AccountSID.self,
        Operation.Status.self,
        Timestamp?.self,
        String?.self
    )

    /// Tells what an operation has done so far: how many profiles were created, updated and merged, how many entries failed.
    package static let count = Command(
        """
        UPDATE operation SET created_count = $2, updated_count = $3, merged_count = $4, failed_count = $5
        WHERE operation_id = $1
        """,
        taking: OperationID.self,
        Int.self,
        Int.self,
        Int.self,
        Int.self
    )

    /// Ends an operation: status, time and, if it failed, why.
    package static let complete = Command(
        "UPDATE operation SET status = $2, completed_at = $3, failure = $4 WHERE operation_id = $1",
        taking: OperationID.self,
        Operation.Status.self,
        Timestamp.self,
        String?.self
    )

    /// Forgets the operations older than an id.
    package static let expire = Command(
        "DELETE FROM operation WHERE operation_id < $1",
        taking: OperationID.self
    )

    private static func operation(_ columns: inout Columns) throws(EngineError) -> Operation {
        Operation(
            id: try columns.next(),
            status: try columns.next(),
            completedAt: try columns.next(),
            resourceID: try columns.next(),
            failure: try columns.next(),
            counts: try counts(&columns)
        )
    }
    private static func counts(_ columns: inout Columns) throws(EngineError) -> OperationCounts? {
        let created: Int? = try columns.next()
        let updated: Int? = try columns.next()
        let merged: Int? = try columns.next()
        let failed: Int? = try columns.next()
        guard let created, let updated, let merged, let failed else { return nil }
        return OperationCounts(created: created, updated: updated, merged: merged, failed: failed)
    }
}
