// Every table, once: whatever must know all of them (a distributed engine, a copy into another database) reads this list, and a
// test compares it with what the migrations make. A migration that adds a table declares it here.

/// A table of the schema: what tells its rows apart, and what they are found by.
package struct SchemaTable: Sendable {
    /// Its name.
    package let name: String
    /// The columns of its primary key, in their order.
    package let primaryKey: [String]
    /// What its rows belong to.
    package let family: TableFamily

    private init(_ name: String, _ family: TableFamily, key primaryKey: String...) {
        self.name = name
        self.family = family
        self.primaryKey = primaryKey
    }

    /// Every table, in an order in which they can be filled: what a row speaks of is in a table before it.
    package static let all = controlPlane + background + profiles + identifiers + requests

    private static let controlPlane = [
        SchemaTable("schema_version", .controlPlane, key: "singleton"),
        SchemaTable("account", .controlPlane, key: "account_sid"),
        SchemaTable("api_key", .controlPlane, key: "key_sid"),
        SchemaTable("store", .controlPlane, key: "store_id"),
        SchemaTable("trait_group", .controlPlane, key: "store_id", "folded_name"),
        SchemaTable("trait_definition", .controlPlane, key: "store_id", "folded_group_name", "folded_name"),
        SchemaTable("identity_settings", .controlPlane, key: "store_id"),
        SchemaTable("blocked_identifier", .controlPlane, key: "store_id", "id_type", "value"),
        SchemaTable("identifier_config", .controlPlane, key: "store_id", "id_type"),
        SchemaTable("data_mapping", .controlPlane, key: "store_id", "data_mapping_id"),
        SchemaTable(
            "data_mapping_trait",
            .controlPlane,
            key: "store_id",
            "data_mapping_id",
            "folded_group_name",
            "folded_trait_name"
        ),
        SchemaTable("data_mapping_suggestion", .controlPlane, key: "suggestion_id"),
    ]

    private static let background = [
        SchemaTable("job", .background, key: "job_id"),
        SchemaTable("data_mapping_sync", .background, key: "data_mapping_id"),
        SchemaTable("data_mapping_sync_error", .background, key: "data_mapping_id", "error_number"),
        SchemaTable("server", .background, key: "server_id"),
        SchemaTable("request_budget", .background, key: "account_sid"),
    ]

    private static let profiles = [
        SchemaTable("profile", .profile, key: "profile_id"),
        SchemaTable("profile_merge", .profile, key: "profile_id", "merge_id"),
        SchemaTable("trait", .profile, key: "profile_id", "trait_id"),
        SchemaTable("profile_identifier", .profile, key: "profile_id", "id_type", "value"),
        SchemaTable("observation", .profile, key: "profile_id", "observation_id"),
        SchemaTable("observation_revision", .profile, key: "profile_id", "observation_id", "revision"),
        SchemaTable("observation_conversation", .profile, key: "profile_id", "conversation_id", "observation_id"),
        SchemaTable("conversation_summary", .profile, key: "profile_id", "summary_id"),
        SchemaTable("conversation_summary_revision", .profile, key: "profile_id", "summary_id", "memory_version"),
        SchemaTable("memory_deletion", .profile, key: "profile_id", "memory_version", "item_id"),
        SchemaTable("memory_vector", .profile, key: "profile_id", "item_id"),
        SchemaTable("vector_queue", .profile, key: "profile_id", "item_id"),
    ]

    private static let identifiers = [
        SchemaTable("identifier", .identifier, key: "identifier_key", "claimant"),
        SchemaTable("fuzzy_identifier", .fuzzyIdentifier, key: "type_key", "length", "value", "profile_id"),
    ]

    private static let requests = [
        SchemaTable("operation", .operation, key: "operation_id"),
        SchemaTable("idempotency_claim", .idempotencyClaim, key: "account_sid", "claim_key"),
        SchemaTable("profile_import", .profileImport, key: "import_id"),
        SchemaTable("import_chunk", .profileImport, key: "import_id", "upload", "chunk"),
        SchemaTable("import_error", .profileImport, key: "import_id", "row_number"),
    ]
}

/// What the rows of a table belong to, and so what they lie beside where a database is spread over several nodes.
///
/// Statements join tables of one family, or one with the control plane; no foreign key and no statement goes from one family
/// into another.
package enum TableFamily: Sendable, CaseIterable {
    /// Read by every request and changed by operators: on every node.
    case controlPlane
    /// What servers do in the background, in the order of time, and what they tell each other every second: on one node.
    case background
    /// Everything that belongs to a profile.
    case profile
    /// Whose an identifier is.
    case identifier
    /// The values of the types that are matched by similarity, those of one type together.
    case fuzzyIdentifier
    /// The operations that callers follow.
    case operation
    /// The requests that must not be applied twice.
    case idempotencyClaim
    /// The files of imports and what has become of them.
    case profileImport

    /// The column whose value tells on which node a row lies; nil where a family is not spread.
    package var distributionColumn: String? {
        switch self {
        case .controlPlane, .background: nil
        case .profile: "profile_id"
        case .identifier: "identifier_key"
        case .fuzzyIdentifier: "type_key"
        case .operation: "operation_id"
        case .idempotencyClaim: "claim_key"
        case .profileImport: "import_id"
        }
    }
}
