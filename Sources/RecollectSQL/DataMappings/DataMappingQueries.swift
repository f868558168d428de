package import RecollectEngine
package import RecollectVocabulary

/// The statements of data mappings.
package enum DataMappingQueries {
    /// Every statement, for the tests that read them.
    package static let statements =
        [
            fetch.statement, pageAscending.statement, pageDescending.statement, insert.statement,
            nameIsTaken.statement, update.statement, delete.statement, deleteLinks.statement,
            firstUsingGroup.statement, firstUsingTrait.statement, deleteLinksOfStore.statement,
            deleteOfStore.statement,
        ] + Array(link.statements.values)

    private static let columns = """
        data_mapping_id, display_name, description, is_enabled, source_kind, dataset_id, source_columns, mappings,
        version, updated_at
        """

    /// One data mapping of a store.
    package static let fetch = Query(
        "SELECT \(columns) FROM data_mapping WHERE store_id = $1 AND data_mapping_id = $2",
        taking: StoreKey.self,
        DataMappingID.self,
        row: mapping
    )

    /// One page within bounds, oldest first; an empty kind of source is any.
    ///
    /// Index: the primary key.
    package static let pageAscending = page(order: "ASC")
    /// One page within bounds, newest first; an empty kind of source is any.
    ///
    /// Index: the primary key.
    package static let pageDescending = page(order: "DESC")

    /// A new data mapping; changes nothing when the name is taken.
    package static let insert = Command(
        """
        INSERT INTO data_mapping (
            store_id, data_mapping_id, display_name, folded_name, description, is_enabled, source_kind, dataset_id,
            source_columns, mappings, version, updated_at
        ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (store_id, folded_name) DO NOTHING
        """,
        taking: StoreKey.self,
        DataMappingID.self,
        String.self,
        String.self,
        String?.self,
        Bool.self,
        MappingSource.Kind.self,
        String?.self,
        IngressColumns?.self,
        TraitMappings.self,
        Int.self,
        Timestamp.self
    )

    /// Whether another data mapping of the store has a name.
    ///
    /// Index: data_mapping_by_name.
    package static let nameIsTaken = Query(
        "SELECT data_mapping_id FROM data_mapping WHERE store_id = $1 AND folded_name = $2 AND data_mapping_id <> $3",
        taking: StoreKey.self,
        String.self,
        DataMappingID.self,
        row: { columns throws(EngineError) -> DataMappingID in try columns.next() }
    )

    /// Changes a data mapping of a locked store.
    package static let update = Command(
        """
        UPDATE data_mapping
        SET display_name = $3, folded_name = $4, description = $5, is_enabled = $6, mappings = $7, version = $8,
            updated_at = $9
        WHERE store_id = $1 AND data_mapping_id = $2
        """,
        taking: StoreKey.self,
        DataMappingID.self,
        String.self,
        String.self,
        String?.self,
        Bool.self,
        TraitMappings.self,
        Int.self,
        Timestamp.self
    )

    /// Removes a data mapping.
    package static let delete = Command(
        "DELETE FROM data_mapping WHERE store_id = $1 AND data_mapping_id = $2",
        taking: StoreKey.self,
        DataMappingID.self
    )

    /// Links of a data mapping to the traits that it uses.
    package static let link = Insertion(
        """
        INSERT INTO data_mapping_trait (store_id, data_mapping_id, folded_group_name, folded_trait_name) VALUES {rows}
        """,
        columns: StoreKey.self,
        DataMappingID.self,
        String.self,
        String.self
    )

    /// Removes the links of a data mapping to traits.
    package static let deleteLinks = Command(
        "DELETE FROM data_mapping_trait WHERE store_id = $1 AND data_mapping_id = $2",
        taking: StoreKey.self,
        DataMappingID.self
    )

    /// The name of the oldest data mapping that uses a trait group.
    ///
    /// Index: data_mapping_trait_by_trait.
    package static let firstUsingGroup = Query(
        """
        \(users) AND data_mapping_trait.folded_group_name = $2
        ORDER BY data_mapping_trait.data_mapping_id LIMIT 1
        """,
        taking: StoreKey.self,
        String.self,
        row: { columns throws(EngineError) -> String in try columns.next() }
    )

    /// The name of the oldest data mapping that uses a trait.
    ///
    /// Index: data_mapping_trait_by_trait.
    package static let firstUsingTrait = Query(
        """
        \(users) AND data_mapping_trait.folded_group_name = $2 AND data_mapping_trait.folded_trait_name = $3
        ORDER BY data_mapping_trait.data_mapping_id LIMIT 1
        """,
        taking: StoreKey.self,
        String.self,
        String.self,
        row: { columns throws(EngineError) -> String in try columns.next() }
    )

    /// Removes the links of a deleted store's data mappings.
    package static let deleteLinksOfStore = Command(
        "DELETE FROM data_mapping_trait WHERE store_id = $1",
        taking: StoreID.self
    )

    /// Removes the data mappings of a deleted store.
    package static let deleteOfStore = Command(
        "DELETE FROM data_mapping WHERE store_id = $1",
        taking: StoreID.self
    )

    private static let users = """
        SELECT data_mapping.display_name FROM data_mapping_trait JOIN data_mapping
        ON data_mapping.store_id = data_mapping_trait.store_id
        AND data_mapping.data_mapping_id = data_mapping_trait.data_mapping_id
        WHERE data_mapping_trait.store_id = $1
        """

    private static func page(
        order: String
    ) -> Query<DataMapping, StoreKey, DataMappingID, DataMappingID, String, Int> {
        Query(
            """
            SELECT \(columns) FROM data_mapping
            WHERE store_id = $1 AND data_mapping_id >= $2 AND data_mapping_id < $3 AND ($4 = '' OR source_kind = $4)
            ORDER BY data_mapping_id \(order) LIMIT $5
            """,
            taking: StoreKey.self,
            DataMappingID.self,
            DataMappingID.self,
            String.self,
            Int.self,
            row: mapping
        )
    }

    private static func mapping(_ columns: inout Columns) throws(EngineError) -> DataMapping {
        try DataMapping.next(from: &columns)
    }
}
