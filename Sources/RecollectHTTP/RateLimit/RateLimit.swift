import HTTPTypes
import RecollectVocabulary

// A token bucket per account: it holds a second's worth of requests, fills at the rate and loses one token per request. A full
// bucket is the same as none.
//
// One server by itself keeps the buckets (`OwnRateLimit`). Servers that share a database share them there, and each keeps only
// what it may still admit before it must ask again (`SharedRateLimit`, decision 9): no request waits for the database.

/// Limits how many requests a second an account may send.
protocol RateLimit: Sendable {
    /// Lets a request of an account pass.
    ///
    /// - Throws: a refusal that says after how many seconds to come back.
    func admit(_ account: AccountSID) throws(Refusal)
}

extension Refusal {
    /// The refusal of a request that comes too soon.
    static func tooMany(requestsPerSecond rate: Double, wait seconds: Double) -> Refusal {
        Refusal(
            Rejection(.tooManyRequests, nil, "the account sends more than \(rate) requests a second"),
            [.retryAfter: String(Int(max(1, seconds.rounded(.up))))]
        )
    }
}

/// The limits of remembering accounts.
enum RateLimits {
    /// How many accounts are remembered at once.
    ///
    /// Source: ours; some 100 bytes each.
    static let accounts = 10_000
}
