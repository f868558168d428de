package import RecollectEngine
package import RecollectVocabulary

/// A job as its queue is measured.
package struct MeasuredJob: Sendable {
    /// Its id.
    package let id: JobID
    /// Which handler it is for.
    package let kind: String
    /// When it is due, or its lease ends.
    package let dueAt: Timestamp
    /// How often it has been claimed.
    package let attempts: Int
    /// What the handler needs to know.
    package let payload: String
}

/// The statements by which the queues are measured: each reads an index up to a limit, whatever the tables hold.
package enum GaugeQueries {
    /// Every statement, for the tests that read them.
    package static let statements = [jobs.statement, queuedVectors.statement, profilesAfter.statement]

    /// The jobs that are due first after a time ($1), at most $2.
    ///
    /// Index: job_by_due_time.
    package static let jobs = Query(
        """
        SELECT job_id, kind, due_at, attempts, payload FROM job WHERE due_at >= $1 ORDER BY due_at, job_id LIMIT $2
        """,
        taking: Timestamp.self,
        Int.self,
        row: { columns throws(EngineError) -> MeasuredJob in
            MeasuredJob(
                id: try columns.next(),
                kind: try columns.next(),
                dueAt: try columns.next(),
                attempts: try columns.next(),
                payload: try columns.next()
            )
        }
    )

    /// How many items wait for vectors, counted to $2; all are due after a time ($1).
    ///
    /// Index: vector_queue_by_due_time.
    package static let queuedVectors = Query(
        "SELECT COUNT(*) FROM (SELECT due_at FROM vector_queue WHERE due_at >= $1 LIMIT $2) AS bounded",
        taking: Timestamp.self,
        Int.self,
        row: { columns throws(EngineError) -> Int in try columns.next() }
    )

    /// How many profiles of a store ($1) come after one ($2), counted to $3.
    ///
    /// Index: profile_by_store.
    package static let profilesAfter = Query(
        """
        SELECT COUNT(*) FROM (
            SELECT profile_id FROM profile WHERE store_id = $1 AND profile_id > $2 LIMIT $3
        ) AS bounded
        """,
        taking: StoreID.self,
        ProfileID.self,
        Int.self,
        row: { columns throws(EngineError) -> Int in try columns.next() }
    )
}
