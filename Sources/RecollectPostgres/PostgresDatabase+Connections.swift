import RecollectEngine

extension PostgresDatabase {
    /// Whether another program of ours is connected to a database.
    ///
    /// - Parameter url: a libpq connection URL.
    /// - Returns: true when there is a connection under our name.
    /// - Throws: `EngineError` when no connection can be made.
    package static func isOpenElsewhere(url: String) async throws -> Bool {
        let database = try await PostgresDatabase(url: url, connections: 1)
        let others = Query(
            """
            SELECT COUNT(*) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'recollect' AND pid <> pg_backend_pid()
            """,
            row: { columns throws(EngineError) -> Int in try columns.next() }
        )
        do {
            let found = try await database.read { connection in try connection.first(others) }
            await database.close()
            return (found ?? 0) > 0
        } catch {
            await database.close()
            throw error
        }
    }
}
