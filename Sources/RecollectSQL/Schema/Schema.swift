package import RecollectEngine

/// One numbered step of the schema.
struct Migration: Sendable {
    /// Its place in the list, counted from 1.
    let number: Int
    /// What it does, in portable SQL, one statement an element.
    let statements: [String]
}

/// The tables of the database, and how an older database becomes the newest.
package enum Schema {
    /// Every migration, in order.
    ///
    /// A step that has been released is never changed: the next one mends it. A step only adds tables, indexes, and columns
    /// with a default, so that servers of the version before go on while it is taken and after it.
    private static let migrations = [Migration.first, Migration.second, Migration.dataMappingSyncs, Migration.servers]

    /// The version this program writes.
    package static let version = migrations.count

    /// The table that tells which version a database is at.
    package static let versionTable = "schema_version"

    /// The oldest program, by its schema version, that can still work with a database this program has migrated.
    static let oldestCompatibleVersion = 2

    /// Brings a database to this program's version, in one transaction; servers that start together wait for each other.
    ///
    /// - Parameters:
    ///   - database: an empty database, or one that an earlier version made.
    ///   - target: the version wanted; an earlier one than this program's is for tests of upgrades.
    /// - Returns: the version found, 0 for an empty database.
    /// - Throws: `SchemaTooNew` when a newer program has changed the database beyond our understanding; `CopyUnfinished` when
    ///   another database is being copied into this one; `EngineError`.
    @discardableResult
    package static func migrate(_ database: any Database, to target: Int = version) async throws -> Int {
        try await database.write { connection in
            // An index of a large table takes its time, and so do those who wait for the server that makes it.
            _ = try connection.rows(Statement("{no time limits}"), []) { _ throws(EngineError) in 0 }
            _ = try connection.rows(Statement("{lock schema}"), []) { _ throws(EngineError) in 0 }
            try connection.run(Statement(makeVersionTable), [])
            let found = try connection.first(currentVersion)
            if found?.oldestCompatible == CopyMark.oldestCompatibleVersion { throw CopyUnfinished() }
            if let found, found.oldestCompatible > version {
                throw SchemaTooNew(found: found.version, known: version)
            }
            let current = found?.version ?? 0
            let isDistributed = try current < target && connection.prepareMigration()
            for migration in migrations where migration.number > current && migration.number <= target {
                for statement in migration.statements {
                    try connection.run(Statement(statement), [])
                }
            }
            if isDistributed { try connection.distributeNewTables() }
            if current < target {
                try connection.run(setVersion, 1, target, min(oldestCompatibleVersion, target))
            }
            return current
        }
    }

    private static let makeVersionTable = """
        CREATE TABLE IF NOT EXISTS \(versionTable) (
            singleton {integer} NOT NULL PRIMARY KEY,
            version {integer} NOT NULL,
            oldest_compatible {integer} NOT NULL
        ) {table}
        """

    /// The version of the schema, and the oldest program that can work with it.
    ///
    /// There is no such table before the first migration.
    package static let currentVersion = Query(
        "SELECT version, oldest_compatible FROM schema_version",
        row: { columns throws(EngineError) -> (version: Int, oldestCompatible: Int) in
            (try columns.next(), try columns.next())
        }
    )

    static let setVersion = Command(
        """
        INSERT INTO schema_version (singleton, version, oldest_compatible) VALUES ($1, $2, $3)
        ON CONFLICT (singleton) DO UPDATE
        SET version = excluded.version, oldest_compatible = excluded.oldest_compatible
        """,
        taking: Int.self,
        Int.self,
        Int.self
    )
}

/// The database was changed by a newer program that this one does not understand.
package struct SchemaTooNew: Error, CustomStringConvertible {
    /// The version found in the database.
    package let found: Int
    /// The newest version this program knows.
    package let known: Int

    /// What happened and what to do.
    package var description: String {
        "the database has schema version \(found), this program knows up to \(known): start a newer recollect"
    }
}
