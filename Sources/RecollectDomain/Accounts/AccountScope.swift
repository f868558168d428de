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

    /// The caller's consent to reads that may lag; nil without it.
    let laggingReads: LaggingReads?

    /// The scope of an authenticated account.
    init(account: AccountSID, claim: IdempotencyClaim? = nil, laggingReads: LaggingReads? = nil) {
        self.account = account
        self.claim = claim
        self.laggingReads = laggingReads
    }

    /// The same scope for a request that must be applied once.
    ///
    /// - Parameter claim: what the caller's Idempotency-Key stands for.
    /// - Returns: the scope with the claim.
    package func claiming(_ claim: IdempotencyClaim) -> AccountScope {
        AccountScope(account: account, claim: claim, laggingReads: laggingReads)
    }

    /// The same scope for a caller who is content with reads that lag behind what was written.
    ///
    /// - Parameter reads: the consent, which notes what answered.
    /// - Returns: the scope with the consent.
    package func allowing(_ reads: LaggingReads) -> AccountScope {
        AccountScope(account: account, claim: claim, laggingReads: reads)
    }
}
