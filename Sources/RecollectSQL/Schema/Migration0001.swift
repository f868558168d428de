// The first schema. Three families of tables, so that a distributed engine can spread them without a statement changing:
//   control plane    small, read everywhere: account, store, trait definitions, settings, operations, jobs
//   profile          everything that belongs to one profile, its primary key led by profile_id
//   identifier       keyed by a digest of store, type and normalised value: one point read finds the profile
// No foreign keys: they would cross families. Creation times are in the ids (see TypeID).

extension Migration {
    /// The tables of the first version.
    static let first = Migration(
        number: 1,
        statements: controlPlane + profileFamily + identifierFamily
    )

    private static let controlPlane =
        [
            """
            CREATE TABLE account (
                account_sid {text} NOT NULL PRIMARY KEY,
                sealed_token {bytes} NOT NULL,
                created_at {integer} NOT NULL
            ) {table}
            """,
            """
            CREATE TABLE api_key (
                key_sid {text} NOT NULL PRIMARY KEY,
                account_sid {text} NOT NULL,
                secret_digest {bytes} NOT NULL,
                created_at {integer} NOT NULL,
                revoked_at {integer}
            ) {table}
            """,
            "CREATE INDEX api_key_by_account ON api_key (account_sid, key_sid)",
            """
            CREATE TABLE store (
                store_id {bytes} NOT NULL PRIMARY KEY,
                account_sid {text} NOT NULL,
                display_name {text} NOT NULL,
                folded_name {text} NOT NULL,
                description {text},
                status {text} NOT NULL,
                version {integer} NOT NULL
            ) {table}
            """,
            "CREATE UNIQUE INDEX store_by_name ON store (account_sid, folded_name)",
            "CREATE INDEX store_by_account ON store (account_sid, store_id)",
            """
            CREATE TABLE operation (
                operation_id {bytes} NOT NULL PRIMARY KEY,
                account_sid {text} NOT NULL,
                status {text} NOT NULL,
                completed_at {integer},
                resource_id {text},
                failure {text},
                created_count {integer},
                updated_count {integer},
                merged_count {integer},
                failed_count {integer}
            ) {table}
            """,
            """
            CREATE TABLE idempotency_claim (
                account_sid {text} NOT NULL,
                claim_key {text} NOT NULL,
                request_digest {bytes} NOT NULL,
                outcome {text} NOT NULL,
                expires_at {integer} NOT NULL,
                PRIMARY KEY (account_sid, claim_key)
            ) {table}
            """,
            "CREATE INDEX idempotency_claim_by_expiry ON idempotency_claim (expires_at)",
            """
            CREATE TABLE job (
                job_id {bytes} NOT NULL PRIMARY KEY,
                kind {text} NOT NULL,
                payload {text} NOT NULL,
                due_at {integer} NOT NULL,
                attempts {integer} NOT NULL
            ) {table}
            """,
            "CREATE INDEX job_by_due_time ON job (due_at, job_id)",
            """
            CREATE TABLE trait_group (
                store_id {bytes} NOT NULL,
                folded_name {text} NOT NULL,
                display_name {text} NOT NULL,
                description {text},
                version {integer} NOT NULL,
                created_at {integer} NOT NULL,
                PRIMARY KEY (store_id, folded_name)
            ) {table}
            """,
            """
            CREATE TABLE trait_definition (
                store_id {bytes} NOT NULL,
                folded_group_name {text} NOT NULL,
                folded_name {text} NOT NULL,
                trait_id {bytes} NOT NULL,
                name {text} NOT NULL,
                data_type {text} NOT NULL,
                description {text},
                has_rule {integer} NOT NULL,
                rule_pattern {text},
                rule_minimum {real},
                rule_maximum {real},
                promoted_id_type {text},
                PRIMARY KEY (store_id, folded_group_name, folded_name)
            ) {table}
            """,
            """
            CREATE TABLE identity_settings (
                store_id {bytes} NOT NULL PRIMARY KEY,
                version {integer} NOT NULL,
                daily_merges_limit {integer},
                blocked_count {integer} NOT NULL
            ) {table}
            """,
            """
            CREATE TABLE blocked_identifier (
                store_id {bytes} NOT NULL,
                id_type {text} NOT NULL,
                value {text} NOT NULL,
                PRIMARY KEY (store_id, id_type, value)
            ) {table}
            """,
            """
            CREATE TABLE identifier_config (
                store_id {bytes} NOT NULL,
                id_type {text} NOT NULL,
                position {integer} NOT NULL,
                rule_position {integer},
                matching_algorithm {text} NOT NULL,
                matching_threshold {integer} NOT NULL,
                value_limit {integer} NOT NULL,
                limit_policy {text} NOT NULL,
                enforce_unique {integer} NOT NULL,
                normalization {text} NOT NULL,
                PRIMARY KEY (store_id, id_type)
            ) {table}
            """,
        ] + imports + dataMappings

    private static let imports = [
        """
        CREATE TABLE profile_import (
            import_id {bytes} NOT NULL PRIMARY KEY,
            store_id {bytes} NOT NULL,
            account_sid {text} NOT NULL,
            operation_id {bytes} NOT NULL,
            status {text} NOT NULL,
            file_name {text} NOT NULL,
            file_size {integer} NOT NULL,
            column_mappings {text} NOT NULL,
            header {text},
            upload {integer} NOT NULL,
            updated_at {integer} NOT NULL,
            position {integer} NOT NULL,
            row_count {integer} NOT NULL,
            line_count {integer} NOT NULL,
            warning_count {integer} NOT NULL,
            created_count {integer} NOT NULL,
            updated_count {integer} NOT NULL,
            merged_count {integer} NOT NULL,
            failed_count {integer} NOT NULL,
            failure {text}
        ) {table}
        """,
        "CREATE INDEX profile_import_by_store ON profile_import (store_id, import_id)",
        // The file in pieces of one size; those of an upload that was cut off are under an earlier upload's number.
        """
        CREATE TABLE import_chunk (
            import_id {bytes} NOT NULL,
            upload {integer} NOT NULL,
            chunk {integer} NOT NULL,
            content {bytes} NOT NULL,
            PRIMARY KEY (import_id, upload, chunk)
        ) {table}
        """,
        """
        CREATE TABLE import_error (
            import_id {bytes} NOT NULL,
            row_number {integer} NOT NULL,
            line_number {integer} NOT NULL,
            column_name {text},
            message {text} NOT NULL,
            PRIMARY KEY (import_id, row_number)
        ) {table}
        """,
    ]

    private static let dataMappings = [
        """
        CREATE TABLE data_mapping (
            store_id {bytes} NOT NULL,
            data_mapping_id {bytes} NOT NULL,
            display_name {text} NOT NULL,
            folded_name {text} NOT NULL,
            description {text},
            is_enabled {integer} NOT NULL,
            source_kind {text} NOT NULL,
            dataset_id {text},
            source_columns {text},
            mappings {text} NOT NULL,
            version {integer} NOT NULL,
            updated_at {integer} NOT NULL,
            PRIMARY KEY (store_id, data_mapping_id)
        ) {table}
        """,
        "CREATE UNIQUE INDEX data_mapping_by_name ON data_mapping (store_id, folded_name)",
        """
        CREATE TABLE data_mapping_trait (
            store_id {bytes} NOT NULL,
            data_mapping_id {bytes} NOT NULL,
            folded_group_name {text} NOT NULL,
            folded_trait_name {text} NOT NULL,
            PRIMARY KEY (store_id, data_mapping_id, folded_group_name, folded_trait_name)
        ) {table}
        """,
        """
        CREATE INDEX data_mapping_trait_by_trait
        ON data_mapping_trait (store_id, folded_group_name, folded_trait_name, data_mapping_id)
        """,
        """
        CREATE TABLE data_mapping_suggestion (
            suggestion_id {bytes} NOT NULL PRIMARY KEY,
            store_id {bytes} NOT NULL,
            source_kind {text} NOT NULL,
            dataset_id {text},
            source_columns {text},
            mappings {text} NOT NULL
        ) {table}
        """,
        """
        CREATE INDEX data_mapping_suggestion_by_store ON data_mapping_suggestion (store_id, suggestion_id)
        """,
    ]

    private static let profileFamily = [
        // A merge is a link: `canonical_id` of the one that was merged, and its id among the canonical one's `merged_ids`
        // (16 bytes each). The rows of both stay where they are.
        """
        CREATE TABLE profile (
            profile_id {bytes} NOT NULL PRIMARY KEY,
            store_id {bytes} NOT NULL,
            memory_version {integer} NOT NULL,
            canonical_id {bytes},
            merged_ids {bytes} NOT NULL
        ) {clustered table}
        """,
        """
        CREATE TABLE profile_merge (
            profile_id {bytes} NOT NULL,
            merge_id {bytes} NOT NULL,
            merged_profile_id {bytes} NOT NULL,
            id_type {text} NOT NULL,
            value {text} NOT NULL,
            undone_at {integer},
            PRIMARY KEY (profile_id, merge_id)
        ) {clustered table}
        """,
        "CREATE INDEX profile_by_store ON profile (store_id, profile_id)",
        // A value that is NULL was removed from a merged profile, and hides what the others of it brought.
        """
        CREATE TABLE trait (
            profile_id {bytes} NOT NULL,
            trait_id {bytes} NOT NULL,
            value {text},
            updated_at {integer} NOT NULL,
            PRIMARY KEY (profile_id, trait_id)
        ) {clustered table}
        """,
        "CREATE INDEX trait_by_definition ON trait (trait_id, profile_id)",
        """
        CREATE TABLE profile_identifier (
            profile_id {bytes} NOT NULL,
            id_type {text} NOT NULL,
            value {text} NOT NULL,
            identifier_key {bytes} NOT NULL,
            added_at {integer} NOT NULL,
            PRIMARY KEY (profile_id, id_type, value)
        ) {clustered table}
        """,
        """
        CREATE TABLE observation (
            profile_id {bytes} NOT NULL,
            observation_id {bytes} NOT NULL,
            revision {integer} NOT NULL,
            content {text} NOT NULL,
            source {text} NOT NULL,
            occurred_at {integer} NOT NULL,
            updated_at {integer} NOT NULL,
            conversation_ids {text} NOT NULL,
            PRIMARY KEY (profile_id, observation_id)
        ) {clustered table}
        """,
        """
        CREATE TABLE observation_revision (
            profile_id {bytes} NOT NULL,
            observation_id {bytes} NOT NULL,
            revision {integer} NOT NULL,
            content {text} NOT NULL,
            source {text} NOT NULL,
            occurred_at {integer} NOT NULL,
            updated_at {integer} NOT NULL,
            conversation_ids {text} NOT NULL,
            PRIMARY KEY (profile_id, observation_id, revision)
        ) {clustered table}
        """,
        """
        CREATE TABLE observation_conversation (
            profile_id {bytes} NOT NULL,
            conversation_id {text} NOT NULL,
            observation_id {bytes} NOT NULL,
            PRIMARY KEY (profile_id, conversation_id, observation_id)
        ) {clustered table}
        """,
        """
        CREATE TABLE conversation_summary (
            profile_id {bytes} NOT NULL,
            summary_id {bytes} NOT NULL,
            conversation_id {text} NOT NULL,
            content {text} NOT NULL,
            source {text},
            occurred_at {integer} NOT NULL,
            updated_at {integer} NOT NULL,
            PRIMARY KEY (profile_id, summary_id)
        ) {clustered table}
        """,
        """
        CREATE INDEX conversation_summary_by_conversation
        ON conversation_summary (profile_id, conversation_id, summary_id)
        """,
    ]

    private static let identifierFamily = [
        // `claimant` is empty where one value may belong to one profile only, so that the primary key keeps it so; where
        // values may be shared (enforceUnique: false) it is the profile's id.
        """
        CREATE TABLE identifier (
            identifier_key {bytes} NOT NULL,
            claimant {bytes} NOT NULL,
            profile_id {bytes} NOT NULL,
            PRIMARY KEY (identifier_key, claimant)
        ) {clustered table}
        """,
        // The values of types that are matched by similarity, by their length: similar values have similar lengths.
        """
        CREATE TABLE fuzzy_identifier (
            type_key {bytes} NOT NULL,
            length {integer} NOT NULL,
            value {text} NOT NULL,
            profile_id {bytes} NOT NULL,
            PRIMARY KEY (type_key, length, value, profile_id)
        ) {clustered table}
        """,
        "CREATE INDEX fuzzy_identifier_by_profile ON fuzzy_identifier (profile_id)",
    ]
}
