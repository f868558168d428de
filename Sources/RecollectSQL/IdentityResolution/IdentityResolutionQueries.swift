package import RecollectEngine
package import RecollectVocabulary

/// The statements of identity resolution settings.
package enum IdentityResolutionQueries {
    /// Every statement, for the tests that read them.
    package static let statements = [deleteConfigsOfStore.statement, deleteSettingsOfStore.statement]

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
