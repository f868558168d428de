/// An API key of an account, without its secret: that is known only to the caller it was given to.
package struct APIKey: Sendable, Equatable {
    /// Its id, the user name of Basic authentication.
    package let sid: APIKeySID
    /// When it was made.
    package let createdAt: Timestamp
    /// When it was revoked, if it was.
    package let revokedAt: Timestamp?

    /// An API key.
    ///
    /// - Parameters:
    ///   - sid: its id.
    ///   - createdAt: when it was made.
    ///   - revokedAt: when it was revoked.
    package init(sid: APIKeySID, createdAt: Timestamp, revokedAt: Timestamp?) {
        self.sid = sid
        self.createdAt = createdAt
        self.revokedAt = revokedAt
    }
}
