package import RecollectVocabulary

/// On whose behalf a request acts.
///
/// Only authentication makes one, and every function of the domain takes one: another account's data cannot be asked
/// for.
package struct AccountScope: Sendable {
    /// The account.
    package let account: AccountSID
    /// What the caller's Idempotency-Key stands for, if it sent one.
    package let claim: IdempotencyClaim?

    /// The scope of an authenticated account.
    init(account: AccountSID, claim: IdempotencyClaim? = nil) {
        self.account = account
        self.claim = claim
    }

    /// The same scope for a request that must be applied once.
    ///
    /// - Parameter claim: what the caller's Idempotency-Key stands for.
    /// - Returns: the scope with the claim.
    package func claiming(_ claim: IdempotencyClaim) -> AccountScope {
        AccountScope(account: account, claim: claim)
    }
}
