package import RecollectEngine

// While a database is the target of a copy it says that no program is new enough for it, whatever its version. So no server of
// any version begins to serve half of a copy, and what is in the database can have been put there by the copy alone.

/// The mark of a database into which another one is being copied.
package enum CopyMark {
    /// A version that no program will have.
    static let oldestCompatibleVersion = 1_000_000_000

    /// What is known of a database's schema.
    package struct State: Sendable, Equatable {
        /// Its version.
        package let version: Int
        /// Whether a copy into it has begun and not ended.
        package let isMarked: Bool
    }

    /// Reads the state of a database that has been migrated once.
    ///
    /// - Parameter connection: the database.
    /// - Returns: its state; nil when it has no schema of ours.
    /// - Throws: `EngineError`.
    package static func state(on connection: any Connection) throws(EngineError) -> State? {
        guard try TableLayout.names(on: connection).contains(Schema.versionTable),
            let found = try connection.first(Schema.currentVersion)
        else { return nil }
        return State(version: found.version, isMarked: found.oldestCompatible == oldestCompatibleVersion)
    }

    /// Marks a database.
    ///
    /// - Parameter connection: the database.
    /// - Throws: `EngineError`.
    package static func set(on connection: any Connection) throws(EngineError) {
        try connection.run(Schema.setVersion, 1, Schema.version, oldestCompatibleVersion)
    }

    /// Takes the mark off: from now on servers may use the database.
    ///
    /// - Parameter connection: the database.
    /// - Throws: `EngineError`.
    package static func remove(on connection: any Connection) throws(EngineError) {
        try connection.run(Schema.setVersion, 1, Schema.version, Schema.oldestCompatibleVersion)
    }
}

/// The database is the target of a copy that has not ended.
package struct CopyUnfinished: Error, CustomStringConvertible {
    /// What happened and what to do.
    package var description: String {
        """
        a copy into this database has not ended: run the same `recollect database copy` again, which goes on where it stopped, \
        or begin with an empty database
        """
    }
}
