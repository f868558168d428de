import Crypto
import RecollectEngine
import RecollectSQL
package import RecollectVocabulary

/// Accounts and API keys: who may call, and what proves it.
///
/// An account's auth token must be recoverable (it will sign webhooks), so it is kept encrypted (AES-GCM, bound to the
/// account). An API key's secret need not be, so only its SHA-256 is kept; 256 random bits need no slow hash.
package struct Accounts: Sendable {
    let transactions: Transactions
    let clock: any WallClock
    let ids: any IDSource
    let secret: ServerSecret
    let verified = VerifiedCredentials()

    /// Who a caller is.
    ///
    /// - Parameters:
    ///   - user: an account's SID or an API key's.
    ///   - password: the account's auth token or the key's secret.
    /// - Returns: the account's scope; nil when the credentials are wrong.
    /// - Throws: `Rejection` when the database cannot be asked.
    package func authenticate(user: String, password: String) async throws -> AccountScope? {
        let now = clock.now()
        let proof = SHA256.hash(data: Array("\(user):\(password)".utf8)).bytes
        if let account = verified.account(for: proof, at: now) { return AccountScope(account: account) }
        let account: AccountSID?
        if let sid = try? AccountSID(user) {
            account = try await verify(sid, token: password)
        } else if let sid = try? APIKeySID(user) {
            account = try await verify(sid, secret: password)
        } else {
            account = nil
        }
        guard let account else { return nil }
        verified.remember(account, for: proof, until: now + VerifiedCredentials.lifetime)
        return AccountScope(account: account)
    }

    /// Creates an account, or gives the one of that SID another token.
    ///
    /// - Parameters:
    ///   - sid: its SID; nil draws one.
    ///   - token: its auth token; nil draws one.
    /// - Returns: the account and its token.
    /// - Throws: `Rejection` when the database cannot be written.
    package func create(
        sid: AccountSID? = nil,
        token: String? = nil
    ) async throws -> (account: AccountSID, token: String) {
        let sid = sid ?? AccountSID(from: ids)
        let token = token ?? ids.secret(16).hexadecimal
        let sealed = try seal(token, of: sid)
        let now = clock.now()
        try await transactions.write { connection in
            if try connection.run(AccountQueries.insert, sid, sealed, now) == 0 {
                try connection.run(AccountQueries.replaceToken, sid, sealed)
            }
        }
        return (sid, token)
    }

    /// Every account, oldest first.
    ///
    /// - Returns: SIDs and creation times.
    /// - Throws: `Rejection` when the database cannot be read.
    package func list() async throws -> [(account: AccountSID, createdAt: Timestamp)] {
        try await transactions.read { connection in try connection.all(AccountQueries.list) }
    }

    /// The accounts whose auth tokens the installation's secret does not open: they were sealed with another.
    ///
    /// - Returns: their SIDs, oldest first.
    /// - Throws: `Rejection` when the database cannot be read.
    package func unreadable() async throws -> [AccountSID] {
        try await transactions.read { connection in
            try connection.all(AccountQueries.list).map(\.account).filter { account in
                guard let sealed = try connection.first(AccountQueries.sealedToken, account) else { return false }
                return (try? open(sealed, of: account)) == nil
            }
        }
    }

    /// Creates an API key.
    ///
    /// - Parameter account: whose.
    /// - Returns: the key's SID and its secret, which is kept nowhere.
    /// - Throws: `Rejection` when there is no such account or the database cannot be written.
    package func createKey(for account: AccountSID) async throws -> (sid: APIKeySID, secret: String) {
        let sid = APIKeySID(from: ids)
        let secret = ids.secret(32).hexadecimal
        let digest = SHA256.hash(data: Array(secret.utf8)).bytes
        let now = clock.now()
        try await transactions.write { connection in
            guard try connection.first(AccountQueries.sealedToken, account) != nil else {
                throw Rejection(.notFound, "accountSid", "there is no account \(account.text)")
            }
            try connection.run(AccountQueries.insertKey, sid, account, digest, now)
        }
        return (sid, secret)
    }

    /// The API keys of an account, revoked ones included.
    ///
    /// - Parameter account: whose.
    /// - Returns: the keys.
    /// - Throws: `Rejection` when the database cannot be read.
    package func keys(of account: AccountSID) async throws -> [APIKey] {
        try await transactions.read { connection in try connection.all(AccountQueries.keys, account) }
    }

    /// Revokes an API key.
    ///
    /// A running server notices within the lifetime of `VerifiedCredentials`.
    ///
    /// - Parameter sid: the key.
    /// - Throws: `Rejection` when it is unknown or revoked already, or the database cannot be written.
    package func revokeKey(_ sid: APIKeySID) async throws {
        let now = clock.now()
        let revoked = try await transactions.write { connection in
            try connection.run(AccountQueries.revokeKey, sid, now)
        }
        guard revoked > 0 else {
            throw Rejection(.notFound, "keySid", "there is no valid key \(sid.text)")
        }
    }

    private func verify(_ account: AccountSID, token: String) async throws -> AccountSID? {
        let sealed = try await transactions.read { connection in
            try connection.first(AccountQueries.sealedToken, account)
        }
        guard let sealed, let expected = try? open(sealed, of: account) else { return nil }
        // Digests of one length are compared, in constant time: neither length nor prefix of the token can be measured.
        return SHA256.hash(data: expected) == SHA256.hash(data: Array(token.utf8)) ? account : nil
    }

    private func verify(_ key: APIKeySID, secret: String) async throws -> AccountSID? {
        let found = try await transactions.read { connection in
            try connection.first(AccountQueries.secretDigest, key)
        }
        guard let found, SHA256.hash(data: Array(secret.utf8)) == found.digest else { return nil }
        return found.account
    }

    private func seal(_ token: String, of account: AccountSID) throws -> [UInt8] {
        let box = try AES.GCM.seal(
            Array(token.utf8),
            using: secret.accountTokenKey,
            authenticating: Array(account.text.utf8)
        )
        guard let combined = box.combined else {
            preconditionFailure("a box with a standard nonce has a combined form")
        }
        return Array(combined)
    }

    private func open(_ sealed: [UInt8], of account: AccountSID) throws -> [UInt8] {
        let box = try AES.GCM.SealedBox(combined: sealed)
        return Array(try AES.GCM.open(box, using: secret.accountTokenKey, authenticating: Array(account.text.utf8)))
    }
}

extension SHA256Digest {
    /// The digest's 32 bytes.
    fileprivate var bytes: [UInt8] { Array(self) }
}
