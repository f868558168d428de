// What recall needs to be hybrid, incremental and able to look back:
//   provenance       the messages an observation was drawn from, and their words
//   memory_version   on each observation and summary, the version of the profile's memory that its last change made, so that an
//                    index of an earlier version reads only what has changed since
//   history          superseded states of summaries, and when something was deleted; kept until the profile or item is erased
//   language         of a store, whose stems its words are compared by
//   vectors          an item's embedding, valid while the item is at the version it was made from, and the queue of those to make

extension Migration {
    /// The tables of hybrid recall.
    static let second = Migration(number: 2, statements: provenance + versions + history + vectors)

    private static let provenance = ["observation", "observation_revision"].flatMap { table in
        [
            "ALTER TABLE \(table) ADD COLUMN communication_ids {text} NOT NULL DEFAULT ''",
            "ALTER TABLE \(table) ADD COLUMN evidence {text} NOT NULL DEFAULT ''",
        ]
    }

    private static let versions =
        ["observation", "conversation_summary"].flatMap { table in
            [
                "ALTER TABLE \(table) ADD COLUMN memory_version {integer} NOT NULL DEFAULT 0",
                "CREATE INDEX \(table)_by_version ON \(table) (profile_id, memory_version)",
            ]
        }

    private static let history = [
        """
        CREATE TABLE conversation_summary_revision (
            profile_id {bytes} NOT NULL,
            summary_id {bytes} NOT NULL,
            memory_version {integer} NOT NULL,
            updated_at {integer} NOT NULL,
            content {text} NOT NULL,
            source {text},
            occurred_at {integer} NOT NULL,
            conversation_id {text} NOT NULL,
            PRIMARY KEY (profile_id, summary_id, memory_version)
        ) {clustered table}
        """,
        """
        CREATE TABLE memory_deletion (
            profile_id {bytes} NOT NULL,
            memory_version {integer} NOT NULL,
            item_id {bytes} NOT NULL,
            deleted_at {integer} NOT NULL,
            PRIMARY KEY (profile_id, memory_version, item_id)
        ) {clustered table}
        """,
    ]

    private static let vectors = [
        "ALTER TABLE store ADD COLUMN language {text} NOT NULL DEFAULT 'en'",
        "ALTER TABLE store ADD COLUMN embedding_model {text} NOT NULL DEFAULT ''",
        "CREATE INDEX store_by_embedding_model ON store (embedding_model)",
        // `item_version` is the memory version of the item from which the vector was made, `memory_version` the one that
        // storing it made.
        """
        CREATE TABLE memory_vector (
            profile_id {bytes} NOT NULL,
            item_id {bytes} NOT NULL,
            item_version {integer} NOT NULL,
            memory_version {integer} NOT NULL,
            model_key {integer} NOT NULL,
            vector {bytes} NOT NULL,
            PRIMARY KEY (profile_id, item_id)
        ) {clustered table}
        """,
        "CREATE INDEX memory_vector_by_version ON memory_vector (profile_id, memory_version)",
        """
        CREATE TABLE vector_queue (
            profile_id {bytes} NOT NULL,
            item_id {bytes} NOT NULL,
            item_version {integer} NOT NULL,
            due_at {integer} NOT NULL,
            attempts {integer} NOT NULL,
            PRIMARY KEY (profile_id, item_id)
        ) {clustered table}
        """,
        "CREATE INDEX vector_queue_by_due_time ON vector_queue (due_at, profile_id)",
    ]
}
