package import RecollectEngine
package import RecollectVocabulary

extension IdentifierConfig.MatchingAlgorithm: SQLName {}
extension IdentifierConfig.LimitPolicy: SQLName {}
extension IdentifierNormalization: SQLName {}

extension IdentifierType: SQLBindable, SQLReadable {
    package static var sqlType: SQLType { .text }
    package var sqlValue: SQLValue { .text(text) }
    package init(from columns: inout Columns) throws(EngineError) {
        let text: String = try columns.next()
        do {
            try self.init(text)
        } catch {
            throw EngineError(.corrupt, error.message)
        }
    }
}

/// A row of identity resolution settings: one identifier type.
package struct IdentitySettingsRow: Sendable {
    /// The version of the settings.
    package let version: Int
    /// What keeps merges from running away.
    package let guards: IdentityGuards
    /// The type's place among the matching rules, if it is one.
    package let rulePosition: Int?
    /// The type's configuration.
    package let config: IdentifierConfig

    init(from columns: inout Columns) throws(EngineError) {
        version = try columns.next()
        guards = IdentityGuards(dailyMergesLimit: try columns.next(), blockedCount: try columns.next())
        rulePosition = try columns.next()
        let idType: IdentifierType = try columns.next()
        do {
            config = try IdentifierConfig(
                idType: idType,
                matchingAlgorithm: try columns.next(),
                matchingThreshold: try columns.next(),
                limit: try columns.next(),
                limitPolicy: try columns.next(),
                enforceUnique: try columns.next(),
                normalization: try columns.next(),
                field: idType.text
            )
        } catch let error as EngineError {
            throw error
        } catch {
            throw EngineError(.corrupt, "identifier type \(idType.text): \(error)")
        }
    }

    /// The settings that rows tell of.
    ///
    /// - Parameter rows: the rows of one store, in the order of the identifier types.
    /// - Returns: the settings; nil when there are no rows.
    /// - Throws: `EngineError` of kind `.corrupt` when they do not fit each other.
    package static func settings(of rows: [IdentitySettingsRow]) throws(EngineError) -> IdentitySettings? {
        guard let version = rows.first?.version else { return nil }
        let rules = rows.compactMap { row in row.rulePosition.map { (position: $0, idType: row.config.idType) } }
        do {
            return try IdentitySettings(
                configs: rows.map(\.config),
                matchingRules: rules.sorted { $0.position < $1.position }.map(\.idType),
                version: version
            )
        } catch {
            throw EngineError(.corrupt, "identity settings: \(error)")
        }
    }
}

/// The statements of identity resolution settings.
package enum IdentityResolutionQueries {
    /// Every statement, for the tests that read them.
    package static let statements: [Statement] =
        [
            settings.statement, insertSettings.statement, setVersion.statement, deleteConfigs.statement,
            deleteConfigsOfStore.statement, deleteSettingsOfStore.statement, setGuards.statement,
            allBlocked.statement, deleteBlocked.statement, deleteBlockedOfStore.statement,
        ] + insertConfigs.statements.values + blocked.statements.values + insertBlocked.statements.values

    /// The settings of a store, one row an identifier type, in their order.
    ///
    /// Index: the primary keys, led by the store.
    package static let settings = Query(
        """
        SELECT identity_settings.version, identity_settings.daily_merges_limit, identity_settings.blocked_count,
            identifier_config.rule_position, identifier_config.id_type, identifier_config.matching_algorithm,
            identifier_config.matching_threshold, identifier_config.value_limit, identifier_config.limit_policy,
            identifier_config.enforce_unique, identifier_config.normalization
        FROM identity_settings JOIN identifier_config ON identifier_config.store_id = identity_settings.store_id
        WHERE identity_settings.store_id = $1
        ORDER BY identifier_config.position
        """,
        taking: StoreKey.self,
        row: { columns throws(EngineError) -> IdentitySettingsRow in try IdentitySettingsRow(from: &columns) }
    )

    /// The settings of a new store.
    package static let insertSettings = Command(
        "INSERT INTO identity_settings (store_id, version, blocked_count) VALUES ($1, $2, 0)",
        taking: StoreID.self,
        Int.self
    )

    /// Counts a change of the settings of a locked store.
    package static let setVersion = Command(
        "UPDATE identity_settings SET version = $2 WHERE store_id = $1",
        taking: StoreKey.self,
        Int.self
    )

    /// New identifier types.
    package static let insertConfigs = Insertion(
        """
        INSERT INTO identifier_config (
            store_id, id_type, position, rule_position, matching_algorithm, matching_threshold, value_limit,
            limit_policy, enforce_unique, normalization
        ) VALUES {rows}
        """,
        columns: StoreID.self,
        IdentifierType.self,
        Int.self,
        Int?.self,
        IdentifierConfig.MatchingAlgorithm.self,
        Int.self,
        Int.self,
        IdentifierConfig.LimitPolicy.self,
        Bool.self,
        IdentifierNormalization.self
    )

    /// Removes the identifier types of a locked store, for others to take their place.
    package static let deleteConfigs = Command(
        "DELETE FROM identifier_config WHERE store_id = $1",
        taking: StoreKey.self
    )

    /// Sets what keeps the merges of a locked store from running away.
    package static let setGuards = Command(
        "UPDATE identity_settings SET daily_merges_limit = $2, blocked_count = $3 WHERE store_id = $1",
        taking: StoreKey.self,
        Int?.self,
        Int.self
    )

    /// Which of some values are blocked in a store, with their types.
    package static let blocked = ListQuery(
        "SELECT id_type, value FROM blocked_identifier WHERE store_id = $1 AND value IN ({list})",
        listing: String.self,
        taking: StoreKey.self,
        row: blockedIdentifier
    )

    /// Every blocked value of a store.
    package static let allBlocked = Query(
        "SELECT id_type, value FROM blocked_identifier WHERE store_id = $1 ORDER BY id_type, value",
        taking: StoreKey.self,
        row: blockedIdentifier
    )

    /// Blocks values.
    package static let insertBlocked = Insertion(
        "INSERT INTO blocked_identifier (store_id, id_type, value) VALUES {rows}",
        columns: StoreKey.self,
        IdentifierType.self,
        String.self
    )

    /// Unblocks every value of a locked store, for others to take their place.
    package static let deleteBlocked = Command(
        "DELETE FROM blocked_identifier WHERE store_id = $1",
        taking: StoreKey.self
    )

    /// Removes the blocked values of a deleted store.
    package static let deleteBlockedOfStore = Command(
        "DELETE FROM blocked_identifier WHERE store_id = $1",
        taking: StoreID.self
    )

    private static func blockedIdentifier(_ columns: inout Columns) throws(EngineError) -> Identifier {
        Identifier(stored: try columns.next(), value: try columns.next())
    }

    /// Removes the identifier types of a deleted store.
    package static let deleteConfigsOfStore = Command(
        "DELETE FROM identifier_config WHERE store_id = $1",
        taking: StoreID.self
    )

    /// Removes the settings of a deleted store.
    package static let deleteSettingsOfStore = Command(
        "DELETE FROM identity_settings WHERE store_id = $1",
        taking: StoreID.self
    )
}
