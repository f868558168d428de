/// A server that works on a database.
package struct RunningServer: Sendable, Equatable {
    /// Its id, drawn when it started.
    package let id: ServerID
    /// What people know it by: host and port.
    package let name: String
    /// When it was last heard of.
    package let seenAt: Timestamp

    /// A server.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - name: what people know it by.
    ///   - seenAt: when it was last heard of.
    package init(id: ServerID, name: String, seenAt: Timestamp) {
        self.id = id
        self.name = name
        self.seenAt = seenAt
    }

    /// When it started.
    package var startedAt: Timestamp { id.createdAt }
}
