package import RecollectEngine
package import RecollectVocabulary

/// The statements of the values that profiles have.
package enum TraitQueries {
    /// Every statement, for the tests that read them.
    package static let statements: [Statement] = [all.statement, remove.statement] + put.statements.values

    /// Every value of a profile, also of traits that are defined no more.
    package static let all = Query(
        "SELECT trait_id, value, updated_at FROM trait WHERE profile_id = $1",
        taking: ProfileKey.self,
        row: { columns throws(EngineError) -> (trait: TraitID, value: TraitValue, updatedAt: Timestamp) in
            (try columns.next(), try columns.next(), try columns.next())
        }
    )

    /// Sets values.
    package static let put = Insertion(
        """
        INSERT INTO trait (profile_id, trait_id, value, updated_at) VALUES {rows}
        ON CONFLICT (profile_id, trait_id) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
        """,
        columns: ProfileID.self,
        TraitID.self,
        TraitValue.self,
        Timestamp.self
    )

    /// Removes a value.
    package static let remove = Command(
        "DELETE FROM trait WHERE profile_id = $1 AND trait_id = $2",
        taking: ProfileID.self,
        TraitID.self
    )
}
