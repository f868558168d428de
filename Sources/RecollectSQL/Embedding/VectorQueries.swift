package import RecollectEngine
package import RecollectVocabulary

/// The vector of an observation or a summary, and of which state of it it is.
package struct MemoryVector: Sendable {
    /// Whose they are.
    package let item: MemoryItemID
    /// The memory version of the item from which it was made: it is valid while the item has no other.
    package let itemVersion: Int
    /// The vector in the form of the ranking library.
    package let bytes: [UInt8]

    /// A vector.
    ///
    /// - Parameters:
    ///   - item: whose they are.
    ///   - itemVersion: the memory version of the item from which it was made.
    ///   - bytes: the vector in the form of the ranking library.
    package init(item: MemoryItemID, itemVersion: Int, bytes: [UInt8]) {
        self.item = item
        self.itemVersion = itemVersion
        self.bytes = bytes
    }
}

/// The statements of vectors.
package enum VectorQueries {
    /// Every statement, for the tests that read them.
    package static let statements: [Statement] =
        [all.statement, changed.statement, delete.statement] + keep.statements.values

    /// The vectors that a model ($2) made of a profile's memories.
    ///
    /// Index: the primary key.
    package static let all = Query(
        "SELECT item_id, item_version, vector FROM memory_vector WHERE profile_id = $1 AND model_key = $2",
        taking: ProfileKey.self,
        Int.self,
        row: vector
    )

    /// The vectors that a model ($2) made of a profile's memories and that were stored after a memory version ($3).
    ///
    /// Index: memory_vector_by_version.
    package static let changed = Query(
        """
        SELECT item_id, item_version, vector FROM memory_vector
        WHERE profile_id = $1 AND model_key = $2 AND memory_version > $3
        """,
        taking: ProfileKey.self,
        Int.self,
        Int.self,
        row: vector
    )

    /// Stores vectors in place of earlier ones.
    package static let keep = Insertion(
        """
        INSERT INTO memory_vector (profile_id, memory_version, item_id, item_version, model_key, vector) VALUES {rows}
        ON CONFLICT (profile_id, item_id) DO UPDATE SET
            memory_version = excluded.memory_version, item_version = excluded.item_version,
            model_key = excluded.model_key, vector = excluded.vector
        """,
        columns: ProfileID.self,
        Int.self,
        MemoryItemID.self,
        Int.self,
        Int.self,
        [UInt8].self
    )

    /// Removes the vector of an item.
    package static let delete = Command(
        "DELETE FROM memory_vector WHERE profile_id = $1 AND item_id = $2",
        taking: ProfileKey.self,
        MemoryItemID.self
    )

    private static func vector(_ columns: inout Columns) throws(EngineError) -> MemoryVector {
        MemoryVector(
            item: try columns.next(),
            itemVersion: try columns.next(),
            bytes: try columns.next()
        )
    }
}
