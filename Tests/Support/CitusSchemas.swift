import RecollectEngine
import RecollectPostgres
import RecollectSQL
import Synchronization

// Distributing a schema takes a second, and two at once wait for each other crosswise: so the schemas are made one at a time, and
// one that a test has left as it found it is emptied and given to the next. What is left at the end stays: tests are given a
// database that is for nothing else.

/// The schemas of tests on Citus that are distributed and empty.
enum CitusSchemas {
    private static let free = Mutex<[String]>([])
    private static let making = Seats(1)

    /// A schema of the newest version, distributed and empty; nil when one has to be made.
    static func takeFree() -> String? {
        free.withLock { $0.popLast() }
    }

    /// Makes a schema.
    static func make(_ name: String, _ owner: any Database) async throws {
        try await alone {
            _ = try await owner.write { connection in try connection.run(Statement("CREATE SCHEMA \(name)"), []) }
        }
    }

    /// Distributes the tables of a schema.
    static func distribute(_ database: any Database) async throws {
        try await alone { try await Distribution(shards: 4).runOnce(on: database) }
    }

    /// Empties a schema for another test, or removes it when a test has changed more than rows.
    ///
    /// - Parameters:
    ///   - name: the schema, from which the connections of `owner` start.
    ///   - owner: a database of it.
    /// - Throws: `EngineError`.
    static func giveBack(_ name: String, _ owner: any Database) async throws {
        let isReusable = try await owner.write { connection in
            try connection.run(Statement("SET LOCAL search_path = \(name)"), [])
            let tables = try connection.rows(tables, []) { columns throws(EngineError) -> String in try columns.next() }
            let versions = try connection.rows(version, []) { columns throws(EngineError) -> Int in try columns.next() }
            guard Set(tables) == Set(SchemaTable.all.map(\.name)), versions == [Schema.version] else { return false }
            for table in tables where table != "schema_version" {
                try connection.run(Statement("DELETE FROM \(name).\(table)"), [])
            }
            return true
        }
        if isReusable {
            free.withLock { $0.append(name) }
        } else {
            try await drop(name, owner)
        }
    }

    /// Removes a schema.
    static func drop(_ name: String, _ owner: any Database) async throws {
        try await alone {
            _ = try await owner.write { connection in
                try connection.run(Statement("SET LOCAL citus.multi_shard_modify_mode = 'sequential'"), [])
                return try connection.run(Statement("DROP SCHEMA \(name) CASCADE"), [])
            }
        }
    }

    /// Does what changes the tables of the cluster, when nobody else does.
    private static func alone(_ body: () async throws -> Void) async rethrows {
        await making.take()
        defer { making.giveUp() }
        try await body()
    }

    /// The tables and views of the schema; Citus keeps its shards out of sight.
    private static let tables = Statement(
        """
        SELECT CAST(pg_class.relname AS TEXT) FROM pg_class
        JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace
        WHERE pg_namespace.nspname = current_schema() AND pg_class.relkind IN ('r', 'v')
        """
    )

    private static let version = Statement("SELECT version FROM schema_version WHERE version > 0")
}
