package import RecollectEngine
package import RecollectVocabulary

/// The statements of the records of merges, each kept by the profile that was canonical when it happened.
package enum MergeQueries {
    /// Every statement, for the tests that read them.
    package static let statements: [Statement] =
        [pageAscending.statement, pageDescending.statement, markUndone.statement]
        + insert.statements.values + standing.statements.values + find.statements.values
        + countSince.statements.values

    private static let columns = "merge_id, profile_id, merged_profile_id, id_type, value, undone_at"

    /// New records.
    package static let insert = Insertion(
        "INSERT INTO profile_merge (profile_id, merge_id, merged_profile_id, id_type, value) VALUES {rows}",
        columns: ProfileID.self,
        MergeID.self,
        ProfileID.self,
        IdentifierType.self,
        String.self
    )

    /// One page of the merges into a profile, oldest first.
    ///
    /// Index: the primary key.
    package static let pageAscending = page(order: "ASC")
    /// One page of the merges into a profile, newest first.
    ///
    /// Index: the primary key.
    package static let pageDescending = page(order: "DESC")

    /// The merges into some profiles that were not undone.
    package static let standing = ListQuery(
        "SELECT \(columns) FROM profile_merge WHERE undone_at IS NULL AND profile_id IN ({list})",
        listing: ProfileKey.self,
        row: merge
    )

    /// A merge into one of some profiles.
    package static let find = ListQuery(
        "SELECT \(columns) FROM profile_merge WHERE merge_id = $1 AND profile_id IN ({list})",
        listing: ProfileKey.self,
        taking: MergeID.self,
        row: merge
    )

    /// How many merges into some profiles there were from an id on, without those undone: one number for each profile.
    package static let countSince = ListQuery(
        """
        SELECT COUNT(*) FROM profile_merge
        WHERE merge_id >= $1 AND undone_at IS NULL AND profile_id IN ({list}) GROUP BY profile_id
        """,
        listing: ProfileKey.self,
        taking: MergeID.self,
        row: { columns throws(EngineError) -> Int in try columns.next() }
    )

    /// Records that a merge was undone.
    package static let markUndone = Command(
        "UPDATE profile_merge SET undone_at = $3 WHERE profile_id = $1 AND merge_id = $2",
        taking: ProfileID.self,
        MergeID.self,
        Timestamp.self
    )

    private static func page(order: String) -> Query<ProfileMerge, ProfileKey, MergeID, MergeID, Int> {
        Query(
            """
            SELECT \(columns) FROM profile_merge
            WHERE profile_id = $1 AND merge_id >= $2 AND merge_id < $3
            ORDER BY merge_id \(order) LIMIT $4
            """,
            taking: ProfileKey.self,
            MergeID.self,
            MergeID.self,
            Int.self,
            row: merge
        )
    }

    private static func merge(_ columns: inout Columns) throws(EngineError) -> ProfileMerge {
        ProfileMerge(
            id: try columns.next(),
            canonical: try columns.next(),
            merged: try columns.next(),
            identifier: Identifier(stored: try columns.next(), value: try columns.next()),
            undoneAt: try columns.next()
        )
    }
}
