package import RecollectEngine
package import RecollectVocabulary

/// A job as it stands in the queue.
package struct QueuedJob: Sendable, Equatable {
    /// Its id.
    package let id: JobID
    /// Which handler it is for.
    package let kind: String
    /// What the handler needs to know, in the handler's own form.
    package let payload: String
    /// How often it has been claimed, this time included.
    package let attempts: Int
}

/// The statements of the queue of background work.
package enum JobQueries {
    /// Every statement, for the tests that read them.
    package static let statements =
        [insert.statement, reschedule.statement, advance.statement, delete.statement]
        + claim.statements.values

    /// A new job.
    package static let insert = Command(
        "INSERT INTO job (job_id, kind, payload, due_at, attempts) VALUES ($1, $2, $3, $4, 0)",
        taking: JobID.self,
        String.self,
        String.self,
        Timestamp.self
    )

    /// Claims the job that has been due longest at a time ($1), by making it due again only when the lease ends ($2).
    ///
    /// Of the kinds given, one chunk of them at most: a newer server may have queued jobs that an older one cannot do.
    /// A server that dies simply lets its lease run out. Index: job_by_due_time.
    package static let claim = ListQuery(
        """
        UPDATE job SET due_at = $2, attempts = attempts + 1 WHERE job_id IN (
            SELECT job_id FROM job WHERE due_at <= $1 AND kind IN ({list})
            ORDER BY due_at, job_id LIMIT 1 {for update skip locked}
        )
        RETURNING job_id, kind, payload, attempts
        """,
        listing: String.self,
        taking: Timestamp.self,
        Timestamp.self,
        row: { columns throws(EngineError) -> QueuedJob in
            QueuedJob(
                id: try columns.next(),
                kind: try columns.next(),
                payload: try columns.next(),
                attempts: try columns.next()
            )
        }
    )

    /// Makes a claimed job due at another time, to prolong its lease or to try it later; changes nothing when another claim
    /// ($2) has been made since.
    package static let reschedule = Command(
        "UPDATE job SET due_at = $3 WHERE job_id = $1 AND attempts = $2",
        taking: JobID.self,
        Int.self,
        Timestamp.self
    )

    /// Notes how far a claimed job has come.
    package static let advance = Command(
        "UPDATE job SET payload = $2 WHERE job_id = $1",
        taking: JobID.self,
        String.self
    )

    /// Removes a job that is done.
    package static let delete = Command(
        "DELETE FROM job WHERE job_id = $1",
        taking: JobID.self
    )
}
