import Crypto

/// The one secret of an installation, from which the keys for its purposes are derived (HMAC-SHA-256 over the purpose).
///
/// Every server on one database must have the same. Losing it makes the stored auth tokens unreadable.
package struct ServerSecret: Sendable {
    /// Its length in bytes.
    package static let length = 32

    private let key: SymmetricKey

    /// A secret.
    ///
    /// - Parameter bytes: 32 random bytes.
    package init(_ bytes: [UInt8]) {
        precondition(bytes.count == Self.length, "a server secret has \(Self.length) bytes")
        key = SymmetricKey(data: bytes)
    }

    /// The key that page tokens are sealed with.
    package var pageTokenKey: [UInt8] { derive("page tokens") }

    /// The key that the URLs of uploads are signed with.
    package var uploadKey: [UInt8] { derive("uploads") }

    /// The key that auth tokens are encrypted with.
    var accountTokenKey: SymmetricKey { SymmetricKey(data: derive("account tokens")) }

    private func derive(_ purpose: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array("recollect \(purpose)".utf8), using: key))
    }
}
