import HTTPTypes
import RecollectVocabulary
import Synchronization

// A token bucket per account: it holds a second's worth of requests, fills at the rate and loses one token per request. A full
// bucket is the same as none, so full ones are forgotten when there are too many.

/// Limits how many requests a second an account may send.
final class RateLimit: Sendable {
    /// How many accounts are remembered at once.
    ///
    /// Source: ours; some 100 bytes each.
    private static let accountsLimit = 10_000

    private struct Bucket {
        var tokens: Double
        var filledAt: Timestamp
    }

    private let rate: Double
    private let capacity: Double
    private let clock: any WallClock
    private let buckets = Mutex<[AccountSID: Bucket]>([:])

    /// - Parameters:
    ///   - rate: requests a second.
    ///   - clock: the time; should it be set back, buckets merely do not fill meanwhile.
    init(rate: Double, clock: any WallClock) {
        precondition(rate > 0, "a rate is positive; no limit is no RateLimit")
        self.rate = rate
        self.clock = clock
        capacity = max(1, rate)
    }

    /// Takes a token from the account's bucket.
    ///
    /// - Throws: a refusal that says after how many seconds to come back.
    func admit(_ account: AccountSID) throws(Refusal) {
        let now = clock.now()
        let wait = buckets.withLock { buckets -> Double? in
            if buckets.count >= Self.accountsLimit, buckets[account] == nil { makeRoom(&buckets, now) }
            var bucket = filled(buckets[account] ?? Bucket(tokens: capacity, filledAt: now), now)
            defer { buckets[account] = bucket }
            guard bucket.tokens >= 1 else { return (1 - bucket.tokens) / rate }
            bucket.tokens -= 1
            return nil
        }
        guard let wait else { return }
        throw Refusal(
            Rejection(.tooManyRequests, nil, "the account sends more than \(rate) requests a second"),
            [.retryAfter: String(Int(wait.rounded(.up)))]
        )
    }

    private func filled(_ bucket: Bucket, _ now: Timestamp) -> Bucket {
        let seconds = Double(max(0, now.microseconds - bucket.filledAt.microseconds)) / 1_000_000
        return Bucket(tokens: min(capacity, bucket.tokens + seconds * rate), filledAt: now)
    }

    /// Forgets full buckets, or all of them if that is not enough: for a moment some accounts may send more.
    private func makeRoom(_ buckets: inout [AccountSID: Bucket], _ now: Timestamp) {
        buckets = buckets.filter { filled($0.value, now).tokens < capacity }
        if buckets.count >= Self.accountsLimit { buckets = [:] }
    }
}
