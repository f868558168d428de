/// What a caller's Idempotency-Key stands for: this request, once.
package struct IdempotencyClaim: Sendable, Equatable {
    /// The longest key accepted, in characters.
    ///
    /// Source: behaviour.md.
    package static let keyLengthLimit = 255
    /// How long an answer is kept to be replayed.
    ///
    /// Source: behaviour.md.
    package static let lifetime = Duration.seconds(24 * 60 * 60)

    /// The caller's key.
    package let key: String
    /// SHA-256 over method, path and body: the same key with another request is a conflict.
    package let requestDigest: [UInt8]

    /// A claim.
    ///
    /// - Parameters:
    ///   - key: the caller's key.
    ///   - requestDigest: SHA-256 over method, path and body.
    /// - Throws: `Rejection` when the key is empty or too long.
    package init(key: String, requestDigest: [UInt8]) throws(Rejection) {
        guard (1...Self.keyLengthLimit).contains(key.unicodeScalars.count) else {
            throw Rejection(.malformed, "Idempotency-Key", "must be 1 to \(Self.keyLengthLimit) characters")
        }
        self.key = key
        self.requestDigest = requestDigest
    }
}
