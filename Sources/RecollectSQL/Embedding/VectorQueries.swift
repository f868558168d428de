package import RecollectEngine
package import RecollectVocabulary

/// The vectors of an observation or a summary, and of which state of it they are.
package struct MemoryVectors: Sendable {
    /// Whose they are.
    package let item: MemoryItemID
    /// The memory version of the item from which they were made: they are valid while it has no other.
    package let itemVersion: Int
    /// The model that made them.
    package let modelKey: Int
    /// The vectors in the form of the ranking library, one after the other.
    package let bytes: [UInt8]

    /// Vectors.
    ///
    /// - Parameters:
    ///   - item: whose they are.
    ///   - itemVersion: the memory version of the item from which they were made.
    ///   - modelKey: the model that made them.
    ///   - bytes: the vectors, one after the other.
    package init(item: MemoryItemID, itemVersion: Int, modelKey: Int, bytes: [UInt8]) {
        self.item = item
        self.itemVersion = itemVersion
        self.modelKey = modelKey
        self.bytes = bytes
    }
}

/// The statements of vectors.
package enum VectorQueries {
    /// Every statement, for the tests that read them.
    package static let statements: [Statement] =
        [all.statement, changed.statement, delete.statement] + keep.statements.values

    /// The vectors of a profile.
    ///
    /// Index: the primary key.
    package static let all = Query(
        "SELECT item_id, item_version, model_key, vectors FROM memory_vector WHERE profile_id = $1",
        taking: ProfileKey.self,
        row: vectors
    )

    /// The vectors of a profile that were stored after a memory version ($2).
    ///
    /// Index: memory_vector_by_version.
    package static let changed = Query(
        """
        SELECT item_id, item_version, model_key, vectors FROM memory_vector
        WHERE profile_id = $1 AND memory_version > $2
        """,
        taking: ProfileKey.self,
        Int.self,
        row: vectors
    )

    /// Stores vectors in place of earlier ones.
    package static let keep = Insertion(
        """
        INSERT INTO memory_vector (profile_id, memory_version, item_id, item_version, model_key, vectors) VALUES {rows}
        ON CONFLICT (profile_id, item_id) DO UPDATE SET
            memory_version = excluded.memory_version, item_version = excluded.item_version,
            model_key = excluded.model_key, vectors = excluded.vectors
        """,
        columns: ProfileID.self,
        Int.self,
        MemoryItemID.self,
        Int.self,
        Int.self,
        [UInt8].self
    )

    /// Removes the vectors of an item.
    package static let delete = Command(
        "DELETE FROM memory_vector WHERE profile_id = $1 AND item_id = $2",
        taking: ProfileKey.self,
        MemoryItemID.self
    )

    private static func vectors(_ columns: inout Columns) throws(EngineError) -> MemoryVectors {
        MemoryVectors(
            item: try columns.next(),
            itemVersion: try columns.next(),
            modelKey: try columns.next(),
            bytes: try columns.next()
        )
    }
}
