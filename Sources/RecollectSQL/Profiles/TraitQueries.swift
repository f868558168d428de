package import RecollectEngine
package import RecollectVocabulary

/// A value of a trait, or its removal, as one profile has it.
package struct StoredTrait: Sendable {
    /// The profile.
    package let profile: ProfileID
    /// The trait.
    package let trait: TraitID
    /// The value; nil when it was removed.
    package let value: TraitValue?
    /// When it was set or removed.
    package let updatedAt: Timestamp
}

/// The statements of the values that profiles have.
package enum TraitQueries {
    /// Every statement, for the tests that read them.
    package static let statements: [Statement] = [remove.statement] + all.statements.values + put.statements.values

    /// Every value of profiles, also of traits that are defined no more; no value where it was removed.
    package static let all = ListQuery(
        "SELECT profile_id, trait_id, value, updated_at FROM trait WHERE profile_id IN ({list})",
        listing: ProfileKey.self,
        row: { columns throws(EngineError) -> StoredTrait in
            StoredTrait(
                profile: try columns.next(),
                trait: try columns.next(),
                value: try columns.next(),
                updatedAt: try columns.next()
            )
        }
    )

    /// Sets values; none where a removal must be remembered.
    package static let put = Insertion(
        """
        INSERT INTO trait (profile_id, trait_id, value, updated_at) VALUES {rows}
        ON CONFLICT (profile_id, trait_id) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
        """,
        columns: ProfileID.self,
        TraitID.self,
        TraitValue?.self,
        Timestamp.self
    )

    /// Removes a value.
    package static let remove = Command(
        "DELETE FROM trait WHERE profile_id = $1 AND trait_id = $2",
        taking: ProfileID.self,
        TraitID.self
    )
}
