package import RecollectEngine
package import RecollectVocabulary

/// The statements of the files of imports, which stand in the database in pieces.
package enum ImportChunkQueries {
    /// The pieces that one statement removes at most.
    package static let removalLimit = 16

    /// Every statement, for the tests that read them.
    package static let statements = [
        insert.statement, fetch.statement, delete.statement, deleteSome.statement,
    ]

    /// A piece of a file.
    package static let insert = Command(
        "INSERT INTO import_chunk (import_id, upload, chunk, content) VALUES ($1, $2, $3, $4)",
        taking: ImportID.self,
        Int.self,
        Int.self,
        [UInt8].self
    )

    /// One piece of a file.
    package static let fetch = Query(
        "SELECT content FROM import_chunk WHERE import_id = $1 AND upload = $2 AND chunk = $3",
        taking: ImportID.self,
        Int.self,
        Int.self,
        row: { columns throws(EngineError) -> [UInt8] in try columns.next() }
    )

    /// Removes the pieces before one that are read.
    package static let delete = Command(
        "DELETE FROM import_chunk WHERE import_id = $1 AND upload = $2 AND chunk < $3",
        taking: ImportID.self,
        Int.self,
        Int.self
    )

    /// Removes some pieces of a file; changes nothing once there are none.
    package static let deleteSome = Command(
        """
        DELETE FROM import_chunk WHERE import_id = $1 AND chunk IN (
            SELECT chunk FROM import_chunk WHERE import_id = $1 ORDER BY upload, chunk LIMIT \(removalLimit)
        )
        """,
        taking: ImportID.self
    )
}
