package import RecollectEngine
package import RecollectVocabulary

/// An identifier that a profile has.
package struct HeldIdentifier: Sendable {
    /// The profile.
    package let profile: ProfileID
    /// The identifier's type.
    package let idType: String
    /// Its value in the normal form it had when it was added.
    package let value: String
    /// The key under which it is found.
    package let key: [UInt8]
    /// When it was added.
    package let addedAt: Timestamp

    /// An identifier that a profile has.
    ///
    /// - Parameters:
    ///   - profile: the profile.
    ///   - idType: the identifier's type.
    ///   - value: its value in the normal form.
    ///   - key: the key under which it is found.
    ///   - addedAt: when it was added.
    package init(profile: ProfileID, idType: String, value: String, key: [UInt8], addedAt: Timestamp) {
        self.profile = profile
        self.idType = idType
        self.value = value
        self.key = key
        self.addedAt = addedAt
    }
}

/// The statements of identifiers: whose they are, and which a profile has.
package enum IdentifierQueries {
    /// Every statement, for the tests that read them.
    package static let statements: [Statement] =
        [release.statement, remove.statement]
        + heldBy.statements.values + owners.statements.values + serialise.statements.values
        + forget.statements.values + releaseAll.statements.values
        + claim.statements.values + add.statements.values

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

    /// Lets one transaction at a time work on what a key stands for, by inserting a row of nobody's.
    ///
    /// Removed by `forget` at once: until the transaction that inserted it ends, another's insertion waits for it.
    package static let serialise = Insertion(
        """
        INSERT INTO identifier (identifier_key, claimant, profile_id) VALUES {rows}
        ON CONFLICT (identifier_key, claimant) DO UPDATE SET profile_id = excluded.profile_id
        """,
        columns: [UInt8].self,
        [UInt8].self,
        ProfileID.self
    )

    /// Removes the rows of one claimant ($1).
    package static let forget = ListQuery(
        "DELETE FROM identifier WHERE claimant = $1 AND identifier_key IN ({list}) RETURNING identifier_key",
        listing: [UInt8].self,
        taking: [UInt8].self,
        row: { columns throws(EngineError) -> [UInt8] in try columns.next() }
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

    /// Gives up a profile's claims ($1) to identifiers.
    package static let releaseAll = ListQuery(
        "DELETE FROM identifier WHERE profile_id = $1 AND identifier_key IN ({list}) RETURNING identifier_key",
        listing: [UInt8].self,
        taking: ProfileID.self,
        row: { columns throws(EngineError) -> [UInt8] in try columns.next() }
    )

    /// The identifiers that profiles have.
    package static let heldBy = ListQuery(
        """
        SELECT profile_id, id_type, value, identifier_key, added_at FROM profile_identifier
        WHERE profile_id IN ({list})
        """,
        listing: ProfileID.self,
        row: { columns throws(EngineError) -> HeldIdentifier in
            HeldIdentifier(
                profile: try columns.next(),
                idType: try columns.next(),
                value: try columns.next(),
                key: try columns.next(),
                addedAt: try columns.next()
            )
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
