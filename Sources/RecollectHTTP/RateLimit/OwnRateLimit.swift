import RecollectVocabulary
import Synchronization

/// The rate limit of a server that shares its database with no other.
final class OwnRateLimit: RateLimit {
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

    func admit(_ account: AccountSID) throws(Refusal) {
        let now = clock.now()
        let wait = buckets.withLock { buckets -> Double? in
            if buckets.count >= RateLimits.accounts, buckets[account] == nil { makeRoom(&buckets, now) }
            var bucket = filled(buckets[account] ?? Bucket(tokens: capacity, filledAt: now), now)
            defer { buckets[account] = bucket }
            guard bucket.tokens >= 1 else { return (1 - bucket.tokens) / rate }
            bucket.tokens -= 1
            return nil
        }
        if let wait { throw .tooMany(requestsPerSecond: rate, wait: wait) }
    }

    private func filled(_ bucket: Bucket, _ now: Timestamp) -> Bucket {
        let seconds = Double(max(0, now.microseconds - bucket.filledAt.microseconds)) / 1_000_000
        return Bucket(tokens: min(capacity, bucket.tokens + seconds * rate), filledAt: now)
    }

    /// Forgets full buckets, or all of them if that is not enough: for a moment some accounts may send more.
    private func makeRoom(_ buckets: inout [AccountSID: Bucket], _ now: Timestamp) {
        buckets = buckets.filter { filled($0.value, now).tokens < capacity }
        if buckets.count >= RateLimits.accounts { buckets = [:] }
    }
}
