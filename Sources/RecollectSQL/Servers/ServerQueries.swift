package import RecollectEngine
package import RecollectVocabulary

/// The statements of servers that share a database.
package enum ServerQueries {
    /// Every statement, for the tests that read them.
    package static let statements = [
        time.statement, beat.statement, list.statement, leave.statement, forget.statement,
        endStalledSessions.statement,
    ]

    /// The time by the database's clock.
    package static let time = Query(
        "SELECT {now}",
        row: { columns throws(EngineError) -> Timestamp in try columns.next() }
    )

    /// Says that a server is alive.
    package static let beat = Command(
        """
        INSERT INTO server (server_id, name, seen_at) VALUES ($1, $2, $3)
        ON CONFLICT (server_id) DO UPDATE SET seen_at = excluded.seen_at
        """,
        taking: ServerID.self,
        String.self,
        Timestamp.self
    )

    /// Every server, the one started first first.
    package static let list = Query(
        "SELECT server_id, name, seen_at FROM server ORDER BY server_id",
        row: { columns throws(EngineError) -> RunningServer in
            RunningServer(id: try columns.next(), name: try columns.next(), seenAt: try columns.next())
        }
    )

    /// Removes a server that stops.
    package static let leave = Command("DELETE FROM server WHERE server_id = $1", taking: ServerID.self)

    /// Removes a server ($1), unless it has been heard of after a time ($2).
    package static let forget = Command(
        "DELETE FROM server WHERE server_id = $1 AND seen_at <= $2",
        taking: ServerID.self,
        Timestamp.self
    )

    /// Ends the sessions of servers that hang in the middle of sending, and so keep what they have locked; counts them.
    package static let endStalledSessions = Query(
        "{end stalled sessions}",
        row: { columns throws(EngineError) -> Int in try columns.next() }
    )
}
