package import RecollectEngine
package import RecollectVocabulary

/// The statements of identifiers: whose they are, and which a profile has.
package enum IdentifierQueries {
    /// Every statement, for the tests that read them.
    package static let statements: [Statement] =
        [heldBy.statement, release.statement, remove.statement]
        + owners.statements.values + claim.statements.values + add.statements.values

    /// Whose identifiers are, by their keys.
    ///
    /// Several rows for one key where values may be shared.
    package static let owners = ListQuery(
        "SELECT identifier_key, profile_id FROM identifier WHERE identifier_key IN ({list})",
        listing: [UInt8].self,
        row: { columns throws(EngineError) -> (key: [UInt8], profile: ProfileID) in
            (try columns.next(), try columns.next())
        }
    )

    /// Claims identifiers for a profile; changes fewer rows when another transaction was first.
    package static let claim = Insertion(
        """
        INSERT INTO identifier (identifier_key, claimant, profile_id) VALUES {rows}
        ON CONFLICT (identifier_key, claimant) DO NOTHING
        """,
        columns: [UInt8].self,
        [UInt8].self,
        ProfileID.self
    )

    /// Gives up a profile's claim to an identifier.
    package static let release = Command(
        "DELETE FROM identifier WHERE identifier_key = $1 AND profile_id = $2",
        taking: [UInt8].self,
        ProfileID.self
    )

    /// The identifiers a profile has, oldest first.
    package static let heldBy = Query(
        """
        SELECT id_type, value, identifier_key FROM profile_identifier WHERE profile_id = $1
        ORDER BY added_at, id_type, value
        """,
        taking: ProfileID.self,
        row: { columns throws(EngineError) -> (idType: String, value: String, key: [UInt8]) in
            (try columns.next(), try columns.next(), try columns.next())
        }
    )

    /// Gives a profile identifiers; changes nothing where it has them.
    package static let add = Insertion(
        """
        INSERT INTO profile_identifier (profile_id, id_type, value, identifier_key, added_at) VALUES {rows}
        ON CONFLICT (profile_id, id_type, value) DO NOTHING
        """,
        columns: ProfileID.self,
        String.self,
        String.self,
        [UInt8].self,
        Timestamp.self
    )

    /// Takes an identifier from a profile.
    package static let remove = Command(
        "DELETE FROM profile_identifier WHERE profile_id = $1 AND id_type = $2 AND value = $3",
        taking: ProfileID.self,
        String.self,
        String.self
    )
}
