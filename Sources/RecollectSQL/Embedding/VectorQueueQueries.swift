package import RecollectEngine
package import RecollectVocabulary

/// An item whose vectors are to be made.
package struct QueuedVector: Sendable {
    /// The item.
    package let item: MemoryItemID
    /// Its memory version when it was queued last.
    package let itemVersion: Int
    /// How often it has been claimed, this time included.
    package let attempts: Int
}

/// The statements of the queue of items whose vectors are to be made.
///
/// Each names one profile but `due`, which only says where to look.
package enum VectorQueueQueries {
    /// Every statement, for the tests that read them.
    package static let statements: [Statement] =
        [
            due.statement, claim.statement, remove.statement, postpone.statement, addObservations.statement,
            addSummaries.statement, origin.statement, announce.statement, storesOfOtherModels.statement,
            setModel.statement, discard.statement,
        ] + add.statements.values + observationTexts.statements.values + summaryTexts.statements.values

    /// Queues items; one that is queued already is due anew.
    package static let add = Insertion(
        """
        INSERT INTO vector_queue (profile_id, item_id, item_version, due_at, attempts) VALUES {rows}
        ON CONFLICT (profile_id, item_id) DO UPDATE SET
            item_version = excluded.item_version, due_at = excluded.due_at, attempts = excluded.attempts
        """,
        columns: ProfileKey.self,
        MemoryItemID.self,
        Int.self,
        Timestamp.self,
        Int.self
    )

    /// Queues every observation of a profile.
    package static let addObservations = Command(
        """
        INSERT INTO vector_queue (profile_id, item_id, item_version, due_at, attempts)
        SELECT profile_id, observation_id, memory_version, $2, 0 FROM observation WHERE profile_id = $1
        ON CONFLICT (profile_id, item_id) DO NOTHING
        """,
        taking: ProfileID.self,
        Timestamp.self
    )

    /// Queues every summary of a profile.
    package static let addSummaries = Command(
        """
        INSERT INTO vector_queue (profile_id, item_id, item_version, due_at, attempts)
        SELECT profile_id, summary_id, memory_version, $2, 0 FROM conversation_summary WHERE profile_id = $1
        ON CONFLICT (profile_id, item_id) DO NOTHING
        """,
        taking: ProfileID.self,
        Timestamp.self
    )

    /// The profiles of the items that have been due longest at a time ($1), one mention an item.
    ///
    /// Index: vector_queue_by_due_time.
    package static let due = Query(
        "SELECT profile_id FROM vector_queue WHERE due_at <= $1 ORDER BY due_at, profile_id LIMIT $2",
        taking: Timestamp.self,
        Int.self,
        row: { columns throws(EngineError) -> ProfileID in try columns.next() }
    )

    /// Claims items of a profile that are due ($2), by making them due again only when the lease ends ($3).
    package static let claim = Query(
        """
        UPDATE vector_queue SET due_at = $3, attempts = attempts + 1
        WHERE profile_id = $1 AND item_id IN (
            SELECT item_id FROM vector_queue WHERE profile_id = $1 AND due_at <= $2 ORDER BY item_id LIMIT $4
        ) AND due_at <= $2
        RETURNING item_id, item_version, attempts
        """,
        taking: ProfileID.self,
        Timestamp.self,
        Timestamp.self,
        Int.self,
        row: { columns throws(EngineError) -> QueuedVector in
            QueuedVector(item: try columns.next(), itemVersion: try columns.next(), attempts: try columns.next())
        }
    )

    /// Removes an item from the queue, unless it has changed since it was claimed.
    package static let remove = Command(
        "DELETE FROM vector_queue WHERE profile_id = $1 AND item_id = $2 AND item_version = $3",
        taking: ProfileID.self,
        MemoryItemID.self,
        Int.self
    )

    /// Removes a deleted item from the queue.
    package static let discard = Command(
        "DELETE FROM vector_queue WHERE profile_id = $1 AND item_id = $2",
        taking: ProfileKey.self,
        MemoryItemID.self
    )

    /// Makes a claimed item due at another time, unless it has changed since.
    package static let postpone = Command(
        "UPDATE vector_queue SET due_at = $4 WHERE profile_id = $1 AND item_id = $2 AND item_version = $3",
        taking: ProfileID.self,
        MemoryItemID.self,
        Int.self,
        Timestamp.self
    )

    /// The texts of observations of a profile.
    package static let observationTexts = ListQuery(
        """
        SELECT observation_id, content, communication_ids, evidence FROM observation
        WHERE profile_id = $1 AND observation_id IN ({list})
        """,
        listing: MemoryItemID.self,
        taking: ProfileID.self,
        row: { columns throws(EngineError) -> (item: MemoryItemID, content: String, provenance: Provenance) in
            (try columns.next(), try columns.next(), try Provenance(from: &columns))
        }
    )

    /// The texts of summaries of a profile.
    package static let summaryTexts = ListQuery(
        "SELECT summary_id, content FROM conversation_summary WHERE profile_id = $1 AND summary_id IN ({list})",
        listing: MemoryItemID.self,
        taking: ProfileID.self,
        row: { columns throws(EngineError) -> (item: MemoryItemID, content: String) in
            (try columns.next(), try columns.next())
        }
    )

    /// The profile that stands for one, and the model that its store's vectors are to be made by.
    package static let origin = Query(
        """
        SELECT profile.canonical_id, store.embedding_model FROM profile
        JOIN store ON store.store_id = profile.store_id WHERE profile.profile_id = $1
        """,
        taking: ProfileID.self,
        row: { columns throws(EngineError) -> (canonical: ProfileID?, model: String) in
            (try columns.next(), try columns.next())
        }
    )

    /// Locks a profile that stands for itself and announces new vectors of it; the answer is the new memory version.
    package static let announce = Query(
        """
        UPDATE profile SET memory_version = memory_version + 1 WHERE profile_id = $1 AND canonical_id IS NULL
        RETURNING memory_version
        """,
        taking: ProfileID.self,
        row: { columns throws(EngineError) -> Int in try columns.next() }
    )

    /// The stores whose vectors are another model's, or nobody's.
    ///
    /// Index: store_by_embedding_model, which answers two ranges and not an inequality.
    package static let storesOfOtherModels = Query(
        """
        SELECT store_id FROM store WHERE embedding_model < $1 AND status = 'ACTIVE'
        UNION ALL
        SELECT store_id FROM store WHERE embedding_model > $1 AND status = 'ACTIVE'
        """,
        taking: String.self,
        row: { columns throws(EngineError) -> StoreID in try columns.next() }
    )

    /// Sets the model of a store, if it is another.
    package static let setModel = Command(
        "UPDATE store SET embedding_model = $2 WHERE store_id = $1 AND embedding_model <> $2",
        taking: StoreID.self,
        String.self
    )
}
