import RecollectEngine
import RecollectSQL
package import RecollectVocabulary

/// What accounts may still send, whichever servers they send to: a row an account, which all servers settle with.
package struct RequestBudgets: Sendable {
    let transactions: Transactions
    let clock: any WallClock

    /// Takes what a server has admitted from the accounts' budgets.
    ///
    /// - Parameters:
    ///   - admitted: how many requests of each account.
    ///   - rate: how many requests a second an account may send; as many at once when it has been quiet for a second.
    /// - Returns: what each of the accounts has left; less than nothing where it is in debt.
    /// - Throws: `Rejection` when the database cannot be written.
    package func settle(_ admitted: [AccountSID: Int], rate: Double) async throws -> [AccountSID: Double] {
        let now = clock.now()
        // In one order on all servers, so that none waits for another crosswise.
        let accounts = admitted.sorted { $0.key.text < $1.key.text }
        return try await transactions.write { connection in
            var left: [AccountSID: Double] = [:]
            for (account, count) in accounts {
                left[account] = try connection.first(
                    RequestBudgetQueries.settle,
                    account,
                    Double(count),
                    now,
                    max(1, rate),
                    rate / 1_000_000
                )
            }
            return left
        }
    }
}
