import RecollectVocabulary
import Synchronization

/// Credentials that were right a moment ago, so that a live call does not pay a query and a decryption for each request.
///
/// Held by their digest, for a few seconds only: a revoked key stays good for that long at most.
final class VerifiedCredentials: Sendable {
    /// How long credentials are taken for right without asking the database.
    static let lifetime = Duration.seconds(5)
    /// The most credentials remembered; beyond it all are forgotten, which costs one query each.
    static let countLimit = 10_000

    private let accounts = Mutex<[[UInt8]: (account: AccountSID, expiresAt: Timestamp)]>([:])

    func account(for proof: [UInt8], at now: Timestamp) -> AccountSID? {
        accounts.withLock { accounts in
            // A clock set back must not prolong trust.
            guard let entry = accounts[proof], (entry.expiresAt - Self.lifetime...entry.expiresAt).contains(now) else {
                return nil
            }
            return entry.account
        }
    }

    func remember(_ account: AccountSID, for proof: [UInt8], until expiry: Timestamp) {
        accounts.withLock { accounts in
            if accounts.count >= Self.countLimit { accounts.removeAll() }
            accounts[proof] = (account, expiry)
        }
    }
}
