package import RecollectEngine
package import RecollectVocabulary

/// The statements of trait groups and their definitions.
package enum TraitGroupQueries {
    /// Every statement, for the tests that read them.
    package static let statements = [deleteDefinitionsOfStore.statement, deleteGroupsOfStore.statement]

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
