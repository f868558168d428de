package import RecollectEngine
package import RecollectVocabulary

/// The statements of what accounts may still send.
package enum RequestBudgetQueries {
    /// Every statement, for the tests that read them.
    package static let statements = [settle.statement]

    /// Takes the requests that a server has admitted ($2) from an account's budget, once it is filled up to a time ($3): by so
    /// many requests a microsecond ($5), to so many at most ($4).
    ///
    /// The answer is what is left; less than nothing where servers admitted more together than there were. It is never a
    /// larger debt than a full budget.
    package static let settle = Query(
        """
        INSERT INTO request_budget (account_sid, requests, filled_at) VALUES ($1, $4 - $2, $3)
        ON CONFLICT (account_sid) DO UPDATE SET
            requests = CASE
                WHEN request_budget.requests + (excluded.filled_at - request_budget.filled_at) * $5 > $4 THEN $4 - $2
                WHEN request_budget.requests + (excluded.filled_at - request_budget.filled_at) * $5 - $2 < -$4 THEN -$4
                ELSE request_budget.requests + (excluded.filled_at - request_budget.filled_at) * $5 - $2
            END,
            filled_at = excluded.filled_at
        RETURNING requests
        """,
        taking: AccountSID.self,
        Double.self,
        Timestamp.self,
        Double.self,
        Double.self,
        row: { columns throws(EngineError) -> Double in try columns.next() }
    )
}
