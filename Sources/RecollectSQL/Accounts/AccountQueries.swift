package import RecollectEngine
package import RecollectVocabulary

/// The statements of accounts and their API keys.
package enum AccountQueries {
    /// Every statement, for the tests that read them.
    package static let statements = [
        sealedToken.statement, secretDigest.statement, list.statement, insert.statement, replaceToken.statement,
        keys.statement, insertKey.statement, revokeKey.statement,
    ]

    /// The sealed auth token of an account.
    package static let sealedToken = Query(
        "SELECT sealed_token FROM account WHERE account_sid = $1",
        taking: AccountSID.self,
        row: { columns throws(EngineError) -> [UInt8] in try columns.next() }
    )

    /// The account and the digest of the secret of an API key that has not been revoked.
    package static let secretDigest = Query(
        "SELECT account_sid, secret_digest FROM api_key WHERE key_sid = $1 AND revoked_at IS NULL",
        taking: APIKeySID.self,
        row: { columns throws(EngineError) -> (account: AccountSID, digest: [UInt8]) in
            (try columns.next(), try columns.next())
        }
    )

    /// Every account, oldest first.
    package static let list = Query(
        "SELECT account_sid, created_at FROM account ORDER BY created_at, account_sid",
        row: { columns throws(EngineError) -> (account: AccountSID, createdAt: Timestamp) in
            (try columns.next(), try columns.next())
        }
    )

    /// A new account; changes nothing when there is one of that SID.
    package static let insert = Command(
        """
        INSERT INTO account (account_sid, sealed_token, created_at) VALUES ($1, $2, $3)
        ON CONFLICT (account_sid) DO NOTHING
        """,
        taking: AccountSID.self,
        [UInt8].self,
        Timestamp.self
    )

    /// Gives an account another auth token.
    package static let replaceToken = Command(
        "UPDATE account SET sealed_token = $2 WHERE account_sid = $1",
        taking: AccountSID.self,
        [UInt8].self
    )

    /// The API keys of an account, revoked ones included.
    ///
    /// Index: api_key_by_account.
    package static let keys = Query(
        "SELECT key_sid, created_at, revoked_at FROM api_key WHERE account_sid = $1 ORDER BY key_sid",
        taking: AccountSID.self,
        row: { columns throws(EngineError) -> APIKey in
            APIKey(sid: try columns.next(), createdAt: try columns.next(), revokedAt: try columns.next())
        }
    )

    /// A new API key.
    package static let insertKey = Command(
        "INSERT INTO api_key (key_sid, account_sid, secret_digest, created_at) VALUES ($1, $2, $3, $4)",
        taking: APIKeySID.self,
        AccountSID.self,
        [UInt8].self,
        Timestamp.self
    )

    /// Revokes an API key; changes nothing when it is unknown or revoked already.
    package static let revokeKey = Command(
        "UPDATE api_key SET revoked_at = $2 WHERE key_sid = $1 AND revoked_at IS NULL",
        taking: APIKeySID.self,
        Timestamp.self
    )
}
