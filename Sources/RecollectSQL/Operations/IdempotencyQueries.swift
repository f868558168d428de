package import RecollectEngine
package import RecollectVocabulary

/// The statements of idempotency claims.
package enum IdempotencyQueries {
    /// Every statement, for the tests that read them.
    package static let statements = [
        claim.statement, fetch.statement, settle.statement, expire.statement,
    ]

    /// Claims a key for a request, or changes nothing when the key is taken and still valid at the time given last.
    ///
    /// A taken key makes this wait for the transaction that took it.
    package static let claim = Command(
        """
        INSERT INTO idempotency_claim (account_sid, claim_key, request_digest, outcome, expires_at)
        VALUES ($1, $2, $3, '', $4)
        ON CONFLICT (account_sid, claim_key) DO UPDATE
        SET request_digest = excluded.request_digest, outcome = excluded.outcome, expires_at = excluded.expires_at
        WHERE idempotency_claim.expires_at <= $5
        """,
        taking: AccountSID.self,
        String.self,
        [UInt8].self,
        Timestamp.self,
        Timestamp.self
    )

    /// What a key was claimed for and how that ended.
    package static let fetch = Query(
        "SELECT request_digest, outcome FROM idempotency_claim WHERE account_sid = $1 AND claim_key = $2",
        taking: AccountSID.self,
        String.self,
        row: { columns throws(EngineError) -> (requestDigest: [UInt8], outcome: String) in
            (try columns.next(), try columns.next())
        }
    )

    /// Records how the claimed request ended.
    package static let settle = Command(
        "UPDATE idempotency_claim SET outcome = $3 WHERE account_sid = $1 AND claim_key = $2",
        taking: AccountSID.self,
        String.self,
        String.self
    )

    /// Forgets the claims that expired by a time.
    package static let expire = Command(
        "DELETE FROM idempotency_claim WHERE expires_at <= $1",
        taking: Timestamp.self
    )
}
