import RecollectEngine
import RecollectSQL
import RecollectTestSupport
import Testing

// A server of the version before must go on working on a database that a newer one has migrated. Its statements name only what
// its version had, so it works as long as all of that is there as it was, and a row written without knowing of a new column is
// accepted. Both are read off the engine's catalogue, before and after each migration.

/// A column of a table, as the engine's catalogue tells.
private struct Column: Hashable, Sendable {
    let table: String
    let name: String
    let type: String
    let isNullable: Bool
    let hasDefault: Bool
}

/// What a database is made of.
private struct Catalogue: Sendable {
    let columns: Set<Column>
    /// Primary keys and unique indexes: tables with the columns that are unique together.
    let keys: Set<String>

    init(of database: any Database, _ engine: EngineKind) async throws {
        let texts = engine == .sqlite ? Self.sqlite : Self.postgres
        (columns, keys) = try await database.read { connection in
            let columns = try connection.rows(Statement(texts.columns), []) { row throws(EngineError) -> Column in
                Column(
                    table: try row.next(),
                    name: try row.next(),
                    type: try row.next(),
                    isNullable: try row.next() == 1,
                    hasDefault: try row.next() == 1
                )
            }
            let keys = try connection.rows(Statement(texts.keys), []) { row throws(EngineError) -> String in
                try row.next()
            }
            return (Set(columns), Set(keys))
        }
    }

    private static let sqlite = (
        columns: """
        SELECT m.name, c.name, c.type, 1 - c."notnull", c.dflt_value IS NOT NULL
        FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table'
        """,
        keys: """
        SELECT m.name || ' ' || (SELECT group_concat(c.name) FROM pragma_index_info(i.name) AS c)
        FROM sqlite_master AS m JOIN pragma_index_list(m.name) AS i WHERE m.type = 'table' AND i."unique" = 1
        """
    )

    // The catalogue itself rather than its views, which look at what other tests drop meanwhile.
    private static let postgres = (
        columns: """
        SELECT CAST(t.relname AS TEXT), CAST(c.attname AS TEXT), format_type(c.atttypid, c.atttypmod),
            CAST(CASE WHEN c.attnotnull THEN 0 ELSE 1 END AS BIGINT),
            CAST(CASE WHEN c.atthasdef THEN 1 ELSE 0 END AS BIGINT)
        FROM pg_attribute AS c JOIN pg_class AS t ON t.oid = c.attrelid
        JOIN pg_namespace AS n ON n.oid = t.relnamespace
        WHERE n.nspname = current_schema() AND t.relkind = 'r' AND c.attnum > 0 AND NOT c.attisdropped
        """,
        keys: """
        SELECT CAST(t.relname AS TEXT) || ' ' || (
            SELECT string_agg(CAST(c.attname AS TEXT), ',' ORDER BY c.attnum)
            FROM pg_attribute AS c WHERE c.attrelid = i.indexrelid
        )
        FROM pg_index AS i JOIN pg_class AS t ON t.oid = i.indrelid JOIN pg_namespace AS n ON n.oid = t.relnamespace
        WHERE n.nspname = current_schema() AND i.indisunique
        """
    )
}

@Suite struct `A server of the version before` {
    @Test(arguments: EngineKind.available)
    func `finds all it knows, and what is new asks nothing of it`(on engine: EngineKind) async throws {
        for earlier in 1..<Schema.version {
            try await withDatabase(on: engine, migratedTo: earlier) { database in
                let before = try await Catalogue(of: database, engine)
                try await Schema.migrate(database, to: earlier + 1)
                let after = try await Catalogue(of: database, engine)
                let lost = before.columns.subtracting(after.columns)
                #expect(lost.isEmpty, "version \(earlier + 1) takes away or changes \(lost)")
                #expect(before.keys.isSubset(of: after.keys), "version \(earlier + 1) takes keys away")
                let known = Set(before.columns.map(\.table))
                for column in after.columns.subtracting(before.columns) where known.contains(column.table) {
                    #expect(column.isNullable || column.hasDefault, "version \(earlier + 1): \(column)")
                }
                for key in after.keys.subtracting(before.keys) {
                    let table = key.prefix { $0 != " " }
                    #expect(!known.contains(String(table)), "version \(earlier + 1) makes \(key) unique")
                }
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `is not refused by a database of this version`(on engine: EngineKind) async throws {
        try await withDatabase(on: engine) { database in
            let oldest = try await database.read { connection in
                try connection.rows(Statement("SELECT oldest_compatible FROM schema_version"), []) {
                    row throws(EngineError) -> Int in try row.next()
                }
            }
            #expect(try #require(oldest.first) <= Schema.version - 1)
        }
    }
}
