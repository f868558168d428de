package import RecollectEngine
package import RecollectVocabulary

/// The statements of trait groups and their definitions.
package enum TraitGroupQueries {
    /// Every statement, for the tests that read them.
    package static let statements =
        [
            schema.statement, fetch.statement, pageAscending.statement, pageDescending.statement, count.statement,
            promotions.statement, insert.statement, update.statement, delete.statement, deleteDefinition.statement,
            deleteDefinitions.statement, anyValue.statement, holders.statement,
            deleteDefinitionsOfStore.statement, deleteGroupsOfStore.statement,
        ] + Array(definitions.statements.values) + Array(putDefinitions.statements.values)
        + Array(deleteValues.statements.values)

    private static let groupColumns = """
        trait_group.display_name, trait_group.description, trait_group.version, trait_group.created_at
        """

    private static let definitionColumns = """
        trait_definition.trait_id, trait_definition.name, trait_definition.data_type, trait_definition.description,
        trait_definition.promoted_id_type, trait_definition.has_rule, trait_definition.rule_pattern,
        trait_definition.rule_minimum, trait_definition.rule_maximum
        """

    private static let groupsWithDefinitions = """
        SELECT \(groupColumns), \(definitionColumns)
        FROM trait_group LEFT JOIN trait_definition
        ON trait_definition.store_id = trait_group.store_id
        AND trait_definition.folded_group_name = trait_group.folded_name
        """

    /// All groups of a store with their definitions, one row a definition and one for a group without any, oldest first.
    ///
    /// Index: the primary keys, led by the store.
    package static let schema = Query(
        """
        \(groupsWithDefinitions)
        WHERE trait_group.store_id = $1
        ORDER BY trait_group.created_at, trait_group.folded_name, trait_definition.trait_id NULLS FIRST
        """,
        taking: StoreKey.self,
        row: { columns throws(EngineError) -> TraitGroupRow in try TraitGroupRow(from: &columns) }
    )

    /// One group of a store with its definitions, as `schema` gives them.
    package static let fetch = Query(
        """
        \(groupsWithDefinitions)
        WHERE trait_group.store_id = $1 AND trait_group.folded_name = $2
        ORDER BY trait_definition.trait_id NULLS FIRST
        """,
        taking: StoreKey.self,
        String.self,
        row: { columns throws(EngineError) -> TraitGroupRow in try TraitGroupRow(from: &columns) }
    )

    /// One page of a store's groups after a position, oldest first, without their definitions.
    ///
    /// A store has at most 50 groups: they are sorted, not indexed.
    package static let pageAscending = Query(
        """
        SELECT \(groupColumns) FROM trait_group
        WHERE store_id = $1 AND (created_at, folded_name) > ($2, $3)
        ORDER BY created_at, folded_name LIMIT $4
        """,
        taking: StoreKey.self,
        Timestamp.self,
        String.self,
        Int.self,
        row: { columns throws(EngineError) -> TraitGroup in try TraitGroupRow.group(from: &columns) }
    )

    /// One page of a store's groups before a position, newest first, without their definitions.
    package static let pageDescending = Query(
        """
        SELECT \(groupColumns) FROM trait_group
        WHERE store_id = $1 AND (created_at, folded_name) < ($2, $3)
        ORDER BY created_at DESC, folded_name DESC LIMIT $4
        """,
        taking: StoreKey.self,
        Timestamp.self,
        String.self,
        Int.self,
        row: { columns throws(EngineError) -> TraitGroup in try TraitGroupRow.group(from: &columns) }
    )

    /// The definitions of some groups, in the order in which they were defined.
    package static let definitions = ListQuery(
        """
        SELECT folded_group_name, \(definitionColumns) FROM trait_definition
        WHERE store_id = $1 AND folded_group_name IN ({list}) ORDER BY trait_id
        """,
        listing: String.self,
        taking: StoreKey.self,
        row: { columns throws(EngineError) -> (foldedGroupName: String, definition: TraitDefinition) in
            let name: String = try columns.next()
            return (name, try TraitGroupRow.definition(try columns.next(), from: &columns))
        }
    )

    /// How many groups a store has.
    package static let count = Query(
        "SELECT COUNT(*) FROM trait_group WHERE store_id = $1",
        taking: StoreKey.self,
        row: { columns throws(EngineError) -> Int in try columns.next() }
    )

    /// The traits of a store that are promoted to identifiers.
    package static let promotions = Query(
        """
        SELECT trait_group.display_name, trait_definition.name, trait_definition.promoted_id_type
        FROM trait_definition JOIN trait_group
        ON trait_group.store_id = trait_definition.store_id
        AND trait_group.folded_name = trait_definition.folded_group_name
        WHERE trait_definition.store_id = $1 AND trait_definition.promoted_id_type IS NOT NULL
        ORDER BY trait_definition.trait_id
        """,
        taking: StoreKey.self,
        row: { columns throws(EngineError) -> (group: String, trait: String, idType: IdentifierType) in
            (try columns.next(), try columns.next(), try columns.next())
        }
    )

    /// A new group; changes nothing when the name is taken.
    package static let insert = Command(
        """
        INSERT INTO trait_group (store_id, folded_name, display_name, description, version, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (store_id, folded_name) DO NOTHING
        """,
        taking: StoreID.self,
        String.self,
        String.self,
        String?.self,
        Int.self,
        Timestamp.self
    )

    /// Changes a group of a locked store.
    package static let update = Command(
        "UPDATE trait_group SET description = $3, version = $4 WHERE store_id = $1 AND folded_name = $2",
        taking: StoreKey.self,
        String.self,
        String?.self,
        Int.self
    )

    /// Removes a group.
    package static let delete = Command(
        "DELETE FROM trait_group WHERE store_id = $1 AND folded_name = $2",
        taking: StoreKey.self,
        String.self
    )

    /// New definitions, or new contents of those that are there.
    package static let putDefinitions = Insertion(
        """
        INSERT INTO trait_definition (
            store_id, folded_group_name, folded_name, trait_id, name, data_type, description, promoted_id_type,
            has_rule, rule_pattern, rule_minimum, rule_maximum
        ) VALUES {rows}
        ON CONFLICT (store_id, folded_group_name, folded_name) DO UPDATE
        SET data_type = excluded.data_type, description = excluded.description,
            promoted_id_type = excluded.promoted_id_type, has_rule = excluded.has_rule,
            rule_pattern = excluded.rule_pattern, rule_minimum = excluded.rule_minimum,
            rule_maximum = excluded.rule_maximum
        """,
        columns: StoreID.self,
        String.self,
        String.self,
        TraitID.self,
        String.self,
        TraitDataType.self,
        String?.self,
        IdentifierType?.self,
        Bool.self,
        String?.self,
        Double?.self,
        Double?.self
    )

    /// Removes a definition: the trait's values are hidden from now on.
    package static let deleteDefinition = Command(
        "DELETE FROM trait_definition WHERE store_id = $1 AND folded_group_name = $2 AND folded_name = $3",
        taking: StoreKey.self,
        String.self,
        String.self
    )

    /// Removes the definitions of a group.
    package static let deleteDefinitions = Command(
        "DELETE FROM trait_definition WHERE store_id = $1 AND folded_group_name = $2",
        taking: StoreKey.self,
        String.self
    )

    /// A profile that has a value of a trait.
    ///
    /// Index: trait_by_definition.
    package static let anyValue = Query(
        "SELECT profile_id FROM trait WHERE trait_id = $1 AND value IS NOT NULL ORDER BY profile_id LIMIT 1",
        taking: TraitID.self,
        row: { columns throws(EngineError) -> ProfileID in try columns.next() }
    )

    /// The profiles whose values are removed in one step at most.
    package static let holdersLimit = 512

    /// Some profiles that have a value of a trait, or its removal; none once nobody does.
    ///
    /// Index: trait_by_definition.
    package static let holders = Query(
        "SELECT profile_id FROM trait WHERE trait_id = $1 ORDER BY profile_id LIMIT \(holdersLimit)",
        taking: TraitID.self,
        row: { columns throws(EngineError) -> ProfileID in try columns.next() }
    )

    /// Removes what profiles have of a trait that is defined no more.
    package static let deleteValues = ListQuery(
        "DELETE FROM trait WHERE trait_id = $1 AND profile_id IN ({list}) RETURNING profile_id",
        listing: ProfileID.self,
        taking: TraitID.self,
        row: { columns throws(EngineError) -> ProfileID in try columns.next() }
    )

    /// Removes the definitions of a deleted store.
    package static let deleteDefinitionsOfStore = Command(
        "DELETE FROM trait_definition WHERE store_id = $1",
        taking: StoreID.self
    )

    /// Removes the groups of a deleted store.
    package static let deleteGroupsOfStore = Command(
        "DELETE FROM trait_group WHERE store_id = $1",
        taking: StoreID.self
    )
}
