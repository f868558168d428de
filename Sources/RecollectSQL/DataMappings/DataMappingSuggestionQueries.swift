package import RecollectEngine
package import RecollectVocabulary

/// The statements of suggested data mappings.
package enum DataMappingSuggestionQueries {
    /// Every statement, for the tests that read them.
    package static let statements = [
        fetch.statement, pageAscending.statement, pageDescending.statement, insert.statement, expire.statement,
        deleteOfStore.statement,
    ]

    private static let columns = "suggestion_id, source_kind, dataset_id, source_columns, mappings"

    /// One suggestion of a store, unless it is older than suggestions are kept.
    package static let fetch = Query(
        """
        SELECT \(columns) FROM data_mapping_suggestion
        WHERE suggestion_id = $1 AND store_id = $2 AND suggestion_id >= $3
        """,
        taking: SuggestionID.self,
        StoreKey.self,
        SuggestionID.self,
        row: suggestion
    )

    /// One page within bounds, oldest first.
    ///
    /// Index: data_mapping_suggestion_by_store.
    package static let pageAscending = page(order: "ASC")
    /// One page within bounds, newest first.
    ///
    /// Index: data_mapping_suggestion_by_store.
    package static let pageDescending = page(order: "DESC")

    /// A new suggestion.
    package static let insert = Command(
        """
        INSERT INTO data_mapping_suggestion (
            suggestion_id, store_id, source_kind, dataset_id, source_columns, mappings
        ) VALUES ($1, $2, $3, $4, $5, $6)
        """,
        taking: SuggestionID.self,
        StoreKey.self,
        MappingSource.Kind.self,
        String?.self,
        IngressColumns?.self,
        SuggestedMappings.self
    )

    /// Forgets the suggestions older than an id.
    package static let expire = Command(
        "DELETE FROM data_mapping_suggestion WHERE suggestion_id < $1",
        taking: SuggestionID.self
    )

    /// Removes the suggestions of a deleted store.
    ///
    /// Index: data_mapping_suggestion_by_store.
    package static let deleteOfStore = Command(
        "DELETE FROM data_mapping_suggestion WHERE store_id = $1",
        taking: StoreID.self
    )

    private static func page(order: String) -> Query<DataMappingSuggestion, StoreKey, SuggestionID, SuggestionID, Int> {
        Query(
            """
            SELECT \(columns) FROM data_mapping_suggestion
            WHERE store_id = $1 AND suggestion_id >= $2 AND suggestion_id < $3
            ORDER BY suggestion_id \(order) LIMIT $4
            """,
            taking: StoreKey.self,
            SuggestionID.self,
            SuggestionID.self,
            Int.self,
            row: suggestion
        )
    }

    private static func suggestion(_ columns: inout Columns) throws(EngineError) -> DataMappingSuggestion {
        let id: SuggestionID = try columns.next()
        let source = try MappingSource.next(from: &columns)
        let mappings: SuggestedMappings = try columns.next()
        return DataMappingSuggestion(id: id, source: source, mappings: mappings.items)
    }
}
