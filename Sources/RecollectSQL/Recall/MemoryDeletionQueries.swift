package import RecollectEngine
package import RecollectVocabulary

/// The statements that tell which observations and summaries of a profile were deleted, and when.
package enum MemoryDeletionQueries {
    /// Every statement, for the tests that read them.
    package static let statements = [record.statement, since.statement, until.statement]

    /// Records that an item was deleted, at a memory version ($2) and a time ($4).
    package static let record = Command(
        "INSERT INTO memory_deletion (profile_id, memory_version, item_id, deleted_at) VALUES ($1, $2, $3, $4)",
        taking: ProfileKey.self,
        Int.self,
        MemoryItemID.self,
        Timestamp.self
    )

    /// What was deleted after a memory version ($2).
    package static let since = Query(
        "SELECT item_id FROM memory_deletion WHERE profile_id = $1 AND memory_version > $2",
        taking: ProfileKey.self,
        Int.self,
        row: { columns throws(EngineError) -> MemoryItemID in try columns.next() }
    )

    /// What was deleted by a time ($2).
    package static let until = Query(
        "SELECT item_id FROM memory_deletion WHERE profile_id = $1 AND deleted_at <= $2",
        taking: ProfileKey.self,
        Timestamp.self,
        row: { columns throws(EngineError) -> MemoryItemID in try columns.next() }
    )
}
