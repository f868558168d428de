package import RecollectEngine

/// What a PostgreSQL server says of itself.
package struct PostgresServerState: Sendable {
    /// Its version, such as 150020 for 15.20.
    package var version = 0
    /// The encoding of its texts.
    package var encoding = ""
    /// The most connections it takes.
    package var connectionsLimit = 0
    /// How many of them are for superusers alone.
    package var reservedConnections = 0
    /// Whether it only follows another server.
    package var isStandby = false
    /// When it acknowledges a commit.
    package var synchronousCommit = ""
    /// Whether it waits for the disk.
    package var fsync = ""

    /// A server that has not been asked.
    package init() {}

    /// Asks a server.
    ///
    /// - Parameter connection: a connection to it.
    /// - Throws: `EngineError`.
    package init(on connection: any Connection) throws(EngineError) {
        version = Int(try Self.setting("server_version_num", on: connection)) ?? 0
        encoding = try Self.setting("server_encoding", on: connection)
        connectionsLimit = Int(try Self.setting("max_connections", on: connection)) ?? 0
        reservedConnections = Int(try Self.setting("superuser_reserved_connections", on: connection)) ?? 0
        isStandby = try Self.setting("in_hot_standby", on: connection) == "on"
        synchronousCommit = try Self.setting("synchronous_commit", on: connection)
        fsync = try Self.setting("fsync", on: connection)
    }

    private static func setting(_ name: String, on connection: any Connection) throws(EngineError) -> String {
        let query = Query(
            "SELECT COALESCE(current_setting('\(name)', true), '')",
            row: { columns throws(EngineError) -> String in try columns.next() }
        )
        return try connection.first(query) ?? ""
    }
}
