/// What the two engines spell differently: the only place above the drivers that knows there are two.
///
/// Statements carry markers in braces, and `render` puts the engine's words in their place, once for each prepared statement.
package struct Dialect: Sendable {
    /// The engine's name, for people.
    package let name: String
    /// The engine's word for each marker.
    private let words: [(marker: String, word: String)]
    /// Whether placeholders are spelled `?1` rather than `$1`.
    private let numbersPlaceholdersByQuestionMark: Bool
    /// Whether one statement cannot lock rows of several keys, as they may lie on different nodes.
    let locksOneKeyAtATime: Bool

    /// SQLite ≥ 3.40.
    ///
    /// `?1` and not `$1`: SQLite gives `$1` its place by order of first appearance, `?1` by its number.
    /// A writer has the database to itself, so the row locks are empty. Tables are STRICT so that types are refused here too.
    package static let sqlite = Dialect(
        name: "SQLite",
        words: [
            ("{integer}", "INTEGER"), ("{real}", "REAL"), ("{text}", "TEXT"), ("{bytes}", "BLOB"),
            ("{table}", "STRICT"), ("{clustered table}", "STRICT, WITHOUT ROWID"),
            ("{for update}", ""), ("{for share}", ""), ("{for share of store}", ""), ("{for update skip locked}", ""),
            ("{lock schema}", "SELECT 1"), ("{no time limits}", "SELECT 1"),
            ("{citus version}", "SELECT '' WHERE 1 = 0"), ("{end stalled sessions}", "SELECT 0"),
            ("{now}", "CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER)"),
            // Whoever writes has the database to itself, so that a table is locked by nothing more.
            ("{lock table}", "SELECT 1 FROM"), ("{against writers}", "LIMIT 0"),
            ("{catalogue}", sqliteCatalogue),
        ],
        numbersPlaceholdersByQuestionMark: true,
        locksOneKeyAtATime: false
    )

    private static let sqliteCatalogue = """
        (
            SELECT listed.name AS table_name, described.name AS column_name,
                CASE described.type
                WHEN 'INTEGER' THEN 'integer' WHEN 'REAL' THEN 'real' WHEN 'TEXT' THEN 'text' WHEN 'BLOB' THEN 'bytes'
                ELSE '' END AS column_type
            FROM sqlite_schema AS listed JOIN pragma_table_info(listed.name) AS described
            WHERE listed.type = 'table' AND listed.name NOT GLOB 'sqlite_*'
        ) AS catalogue
        """

    private static let schemaLock = 731_057_962

    /// PostgreSQL ≥ 15.
    ///
    /// Text is compared by its bytes, as SQLite does. The schema lock is one for each schema; its
    /// number is arbitrary, and only has to be ours.
    package static let postgres = Dialect(
        name: "PostgreSQL",
        words: postgresWords + [("{end stalled sessions}", endingStalledSessions(in: "pg_stat_activity", by: "pid"))],
        numbersPlaceholdersByQuestionMark: false,
        locksOneKeyAtATime: false
    )

    /// PostgreSQL with Citus, an extension that spreads tables over several nodes.
    package static let citus = Dialect(
        name: "Citus",
        // The sessions of all nodes, of which one is told to end by what stands for it on all of them.
        words: postgresWords + [
            ("{end stalled sessions}", endingStalledSessions(in: "citus_stat_activity", by: "global_pid"))
        ],
        numbersPlaceholdersByQuestionMark: false,
        locksOneKeyAtATime: true
    )

    /// Asks for Citus' version: no row where there is no Citus.
    package static let citusVersion = Statement("{citus version}")

    private static let postgresWords = [
        ("{integer}", "BIGINT"), ("{real}", "DOUBLE PRECISION"), ("{text}", "TEXT COLLATE \"C\""),
        ("{bytes}", "BYTEA"), ("{table}", ""), ("{clustered table}", ""),
        ("{for update}", "FOR UPDATE"), ("{for share}", "FOR SHARE"),
        ("{for share of store}", "FOR SHARE OF store"),
        ("{for update skip locked}", "FOR UPDATE SKIP LOCKED"),
        ("{now}", "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"),
        (
            "{no time limits}",
            "SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true)"
        ),
        (
            "{lock schema}",
            "SELECT 1 FROM (SELECT pg_advisory_xact_lock(\(schemaLock), hashtext(current_schema()))) AS locked"
        ),
        ("{lock table}", "LOCK TABLE"), ("{against writers}", "IN SHARE MODE"),
        ("{catalogue}", postgresCatalogue),
        ("{citus version}", "SELECT CAST(extversion AS TEXT) FROM pg_extension WHERE extname = 'citus'"),
    ]

    /// Types by their object ids (pg_type.dat).
    private static let postgresCatalogue = """
        (
            SELECT CAST(described.relname AS TEXT) AS table_name, CAST(attname AS TEXT) AS column_name,
                CASE atttypid WHEN 20 THEN 'integer' WHEN 701 THEN 'real' WHEN 25 THEN 'text' WHEN 17 THEN 'bytes'
                ELSE '' END AS column_type
            FROM pg_class AS described JOIN pg_attribute ON attrelid = described.oid AND attnum > 0 AND NOT attisdropped
            WHERE described.relkind IN ('r', 'p')
            AND described.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
        ) AS catalogue
        """

    /// Ends our sessions whose client has fallen silent in the middle of what it was sending, and counts them.
    ///
    /// What is sent in one go ends with a Sync; until that has come, PostgreSQL < 17 takes a session that has to wait for the
    /// rest for one at work, and `idle_in_transaction_session_timeout` does not apply. `transaction_timeout` of PostgreSQL 17
    /// was not chosen: it ends migrations and copies too. Without the limit (0) nothing is ended.
    private static func endingStalledSessions(in sessions: String, by id: String) -> String {
        """
        SELECT COUNT(*) FILTER (WHERE pg_terminate_backend(\(id))) FROM \(sessions)
        WHERE datname = current_database() AND usename = current_user
        AND application_name = current_setting('application_name')
        AND state = 'active' AND wait_event_type = 'Client' AND wait_event = 'ClientRead'
        AND query_start < clock_timestamp()
            - CAST(NULLIF(current_setting('idle_in_transaction_session_timeout'), '0') AS INTERVAL)
        """
    }

    /// The statement in the engine's words.
    ///
    /// - Parameter text: portable SQL.
    /// - Returns: the text to prepare.
    package func render(_ text: String) -> String {
        var rendered = text
        if rendered.contains("{") {
            for (marker, word) in words {
                rendered.replace(marker, with: word)
            }
        }
        if numbersPlaceholdersByQuestionMark {
            rendered.replace("$", with: "?")
        }
        return rendered
    }
}
