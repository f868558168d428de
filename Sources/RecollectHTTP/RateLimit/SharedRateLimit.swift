package import Logging
package import RecollectVocabulary
import ServiceLifecycle
import Synchronization

// The bucket of an account is a row in the database. A server admits requests from an allowance, its part of what was in the
// bucket when it last asked, and settles in the background: it takes from the row what it has admitted since and learns what
// is left. Allowances are not set aside for anyone, so nothing of the limit is lost on a server that gets few requests, and
// what servers admit together beyond the limit is a debt, which they all wait out. Over any few seconds as many requests
// pass as the rate allows, however they are spread.
//
// Asking is cheap: an account that uses less than a tenth of a server's part in a second is not settled at all (so a crowd of
// quiet accounts costs nothing, and the limit is exact to a tenth); one at its limit is settled ten times a second; all accounts
// of a tick are one transaction. While the database cannot be asked, each server admits its part of the rate.

/// What a server needs to share rate limits with others.
package struct SharedBudget: Sendable {
    /// How many servers there are.
    let servers: @Sendable () -> Int
    /// Takes what was admitted from the accounts' budgets; gives what is left.
    let settle: @Sendable ([AccountSID: Int]) async throws -> [AccountSID: Double]

    /// A budget that servers share.
    ///
    /// - Parameters:
    ///   - servers: how many servers there are.
    ///   - settle: takes what was admitted from the accounts' budgets, and gives what is left.
    package init(
        servers: @escaping @Sendable () -> Int,
        settle: @escaping @Sendable ([AccountSID: Int]) async throws -> [AccountSID: Double]
    ) {
        self.servers = servers
        self.settle = settle
    }
}

/// The rate limit of servers that share a database; run it as a service beside the server.
package final class SharedRateLimit: RateLimit, Service {
    /// How often the server settles.
    private static let interval = Duration.milliseconds(100)
    /// Which part of what it may admit a server leaves unsettled.
    private static let negligible = 0.1

    private struct Allowance {
        /// What may still be admitted before the next settling.
        var left: Double
        /// What was admitted and is not settled.
        var spent = 0
        /// Whether a request was refused since the last settling.
        var isWanted = false
        /// When it was given.
        var since: Timestamp
    }

    private let rate: Double
    private let capacity: Double
    private let budget: SharedBudget
    private let clock: any WallClock
    private let logger: Logger
    private let allowances = Mutex<[AccountSID: Allowance]>([:])

    /// A limit shared with other servers.
    ///
    /// - Parameters:
    ///   - rate: requests a second.
    ///   - budget: what is shared.
    ///   - clock: the time.
    ///   - logger: where trouble is told.
    package init(rate: Double, budget: SharedBudget, clock: any WallClock, logger: Logger) {
        precondition(rate > 0, "a rate is positive; no limit is no RateLimit")
        self.rate = rate
        capacity = max(1, rate)
        self.budget = budget
        self.clock = clock
        self.logger = logger
    }

    func admit(_ account: AccountSID) throws(Refusal) {
        let now = clock.now()
        let isAdmitted = allowances.withLock { allowances in
            if allowances.count >= RateLimits.accounts, allowances[account] == nil { allowances = [:] }
            var allowance = allowances[account] ?? Allowance(left: part(of: capacity), since: now)
            defer { allowances[account] = allowance }
            guard allowance.left >= 1 else {
                allowance.isWanted = true
                return false
            }
            allowance.left -= 1
            allowance.spent += 1
            return true
        }
        guard isAdmitted else { throw .tooMany(requestsPerSecond: rate, wait: 1) }
    }

    /// Settles until the server shuts down gracefully or is cancelled.
    package func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.interval)
                await settle()
            }
        }
    }

    /// Settles what there is to settle.
    func settle() async {
        let now = clock.now()
        let due = takeDue(at: now)
        guard !due.isEmpty else { return }
        do {
            let left = try await budget.settle(due)
            allowances.withLock { allowances in
                for (account, rest) in left { renew(&allowances[account], with: rest, at: now) }
            }
        } catch {
            logger.warning("cannot settle rate limits with the other servers", metadata: ["error": "\(error)"])
            allowances.withLock { allowances in
                for (account, spent) in due { goOnAlone(&allowances[account], unsettled: spent, at: now) }
            }
        }
    }

    /// What must be settled now, taken out of the allowances; what can be left unsettled is forgotten.
    private func takeDue(at now: Timestamp) -> [AccountSID: Int] {
        allowances.withLock { allowances in
            var due: [AccountSID: Int] = [:]
            for (account, allowance) in allowances {
                let isUsedUp = Double(allowance.spent) >= allowance.left || (allowance.left < 1 && allowance.isWanted)
                let isOld = now >= allowance.since + .seconds(1)
                if isOld, !isUsedUp, Double(allowance.spent) <= Self.negligible * part(of: capacity) {
                    allowances[account] = nil
                } else if isUsedUp && (allowance.spent > 0 || allowance.isWanted) || isOld {
                    due[account] = allowance.spent
                    allowances[account]?.spent = 0
                    allowances[account]?.isWanted = false
                }
            }
            return due
        }
    }

    /// Gives a new allowance out of what is left in a budget.
    private func renew(_ allowance: inout Allowance?, with rest: Double, at now: Timestamp) {
        let spent = allowance?.spent ?? 0
        let given = rest < 1 ? 0 : max(1, part(of: rest))
        allowance = Allowance(
            left: given - Double(spent),
            spent: spent,
            isWanted: allowance?.isWanted ?? false,
            since: now
        )
    }

    /// Lets an allowance fill by this server's part of the rate, and keeps what could not be settled.
    private func goOnAlone(_ allowance: inout Allowance?, unsettled: Int, at now: Timestamp) {
        var kept = allowance ?? Allowance(left: part(of: capacity), since: now)
        let seconds = Double(max(0, now.microseconds - kept.since.microseconds)) / 1_000_000
        kept.left = min(part(of: capacity), kept.left + seconds * part(of: rate))
        kept.spent = min(kept.spent + unsettled, Int(capacity))
        kept.since = now
        allowance = kept
    }

    /// This server's part of something that all share.
    private func part(of whole: Double) -> Double {
        max(whole / Double(max(1, budget.servers())), min(1, whole))
    }
}
