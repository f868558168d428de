package import RecollectEngine
package import RecollectVocabulary

/// The statements of the identifiers that are matched by similarity.
package enum FuzzyIdentifierQueries {
    /// Every statement, for the tests that read them.
    package static let statements: [Statement] =
        [ofLengths.statement, addAll.statement, remove.statement] + Array(add.statements.values)

    /// The values of a type whose lengths lie in a range, and whose they are.
    ///
    /// Index: the primary key.
    package static let ofLengths = Query(
        "SELECT value, profile_id FROM fuzzy_identifier WHERE type_key = $1 AND length >= $2 AND length <= $3",
        taking: [UInt8].self,
        Int.self,
        Int.self,
        row: { columns throws(EngineError) -> (value: String, profile: ProfileID) in
            (try columns.next(), try columns.next())
        }
    )

    /// Makes values findable by similarity; changes nothing where they are.
    package static let add = Insertion(
        """
        INSERT INTO fuzzy_identifier (type_key, length, value, profile_id) VALUES {rows}
        ON CONFLICT (type_key, length, value, profile_id) DO NOTHING
        """,
        columns: [UInt8].self,
        Int.self,
        String.self,
        ProfileID.self
    )

    /// Makes every value of a type ($3) that the profiles of a locked store ($2) have findable by similarity, under its key ($1).
    ///
    /// Index: profile_by_store, then the primary key.
    package static let addAll = Command(
        """
        INSERT INTO fuzzy_identifier (type_key, length, value, profile_id)
        SELECT $1, LENGTH(profile_identifier.value), profile_identifier.value, profile_identifier.profile_id
        FROM profile JOIN profile_identifier ON profile_identifier.profile_id = profile.profile_id
        WHERE profile.store_id = $2 AND profile_identifier.id_type = $3
        ON CONFLICT (type_key, length, value, profile_id) DO NOTHING
        """,
        taking: [UInt8].self,
        StoreKey.self,
        IdentifierType.self
    )

    /// Makes a profile's value of a type findable no more.
    ///
    /// Index: the primary key.
    package static let remove = Command(
        "DELETE FROM fuzzy_identifier WHERE type_key = $1 AND length = $2 AND value = $3 AND profile_id = $4",
        taking: [UInt8].self,
        Int.self,
        String.self,
        ProfileID.self
    )
}
