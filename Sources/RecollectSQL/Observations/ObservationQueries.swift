package import RecollectEngine
package import RecollectVocabulary

/// The statements of observations and their revisions.
package enum ObservationQueries {
    /// Every statement, for the tests that read them.
    package static let statements: [Statement] =
        [
            fetch.statement, pageAscending.statement, pageDescending.statement,
            conversationPageAscending.statement, conversationPageDescending.statement,
            revisionsDescending.statement, revisionsAscending.statement, all.statement, changed.statement,
            statesUntil.statement,
            supersede.statement, update.statement, delete.statement, deleteRevisions.statement,
        ] + insert.statements.values + link.statements.values + unlink.statements.values

    private static let columns =
        """
        observation_id, revision, updated_at, content, source, occurred_at, conversation_ids, communication_ids, evidence
        """

    /// One observation of a profile.
    package static let fetch = Query(
        "SELECT \(columns) FROM observation WHERE profile_id = $1 AND observation_id = $2",
        taking: ProfileKey.self,
        ObservationID.self,
        row: observation
    )

    /// One page within bounds, oldest first; an empty source is any.
    ///
    /// Index: the primary key.
    package static let pageAscending = page(order: "ASC")
    /// One page within bounds, newest first; an empty source is any.
    ///
    /// Index: the primary key.
    package static let pageDescending = page(order: "DESC")
    /// One page of a conversation's observations, oldest first.
    ///
    /// Index: the primary key of the links.
    package static let conversationPageAscending = conversationPage(order: "ASC")
    /// One page of a conversation's observations, newest first.
    ///
    /// Index: the primary key of the links.
    package static let conversationPageDescending = conversationPage(order: "DESC")

    /// The observations of a profile, each with the memory version of its last change, in the order of their ids.
    ///
    /// Index: the primary key.
    package static let all = Query(
        "SELECT memory_version, \(columns) FROM observation WHERE profile_id = $1 ORDER BY observation_id",
        taking: ProfileKey.self,
        row: versioned
    )

    /// The observations of a profile that have changed since a memory version ($2), like `all`.
    ///
    /// Index: observation_by_version.
    package static let changed = Query(
        """
        SELECT memory_version, \(columns) FROM observation WHERE profile_id = $1 AND memory_version > $2
        ORDER BY observation_id
        """,
        taking: ProfileKey.self,
        Int.self,
        row: versioned
    )

    /// Every state of a profile's observations that had begun by a time ($2), those of deleted ones among them, the later last.
    ///
    /// Each with the memory version of the observation's last change if it is the current state, else 0.
    package static let statesUntil = Query(
        """
        SELECT memory_version, \(columns) FROM observation WHERE profile_id = $1 AND updated_at <= $2
        UNION ALL
        SELECT 0, \(columns) FROM observation_revision WHERE profile_id = $1 AND updated_at <= $2
        ORDER BY observation_id, revision
        """,
        taking: ProfileKey.self,
        Timestamp.self,
        row: versioned
    )

    /// One page of an observation's states before a revision, newest first, the current one among them.
    ///
    /// None once it is deleted: its states are then for looking back only.
    package static let revisionsDescending = revisions(comparison: "<", order: "DESC")
    /// One page of an observation's states after a revision, oldest first, the current one among them.
    package static let revisionsAscending = revisions(comparison: ">", order: "ASC")

    /// New observations.
    package static let insert = Insertion(
        """
        INSERT INTO observation (
            profile_id, observation_id, revision, updated_at, content, source, occurred_at, conversation_ids,
            communication_ids, evidence, memory_version
        ) VALUES {rows}
        """,
        columns: ProfileKey.self,
        ObservationID.self,
        Int.self,
        Timestamp.self,
        String.self,
        String.self,
        Timestamp.self,
        String.self,
        String.self,
        String.self,
        Int.self
    )

    /// Links of observations to their conversations.
    package static let link = Insertion(
        """
        INSERT INTO observation_conversation (profile_id, conversation_id, observation_id) VALUES {rows}
        ON CONFLICT (profile_id, conversation_id, observation_id) DO NOTHING
        """,
        columns: ProfileKey.self,
        String.self,
        ObservationID.self
    )

    /// Keeps the current state of an observation among its revisions.
    package static let supersede = Command(
        """
        INSERT INTO observation_revision (
            profile_id, observation_id, revision, updated_at, content, source, occurred_at, conversation_ids,
            communication_ids, evidence
        )
        SELECT profile_id, observation_id, revision, updated_at, content, source, occurred_at, conversation_ids,
            communication_ids, evidence
        FROM observation WHERE profile_id = $1 AND observation_id = $2
        """,
        taking: ProfileKey.self,
        ObservationID.self
    )

    /// The next state of an observation.
    package static let update = Command(
        """
        UPDATE observation
        SET revision = $3, updated_at = $4, content = $5, source = $6, occurred_at = $7, conversation_ids = $8,
            communication_ids = $9, evidence = $10, memory_version = $11
        WHERE profile_id = $1 AND observation_id = $2
        """,
        taking: ProfileKey.self,
        ObservationID.self,
        Int.self,
        Timestamp.self,
        String.self,
        String.self,
        Timestamp.self,
        String.self,
        String.self,
        String.self,
        Int.self
    )

    /// Removes an observation and tells which conversations it was linked to.
    package static let delete = Query(
        "DELETE FROM observation WHERE profile_id = $1 AND observation_id = $2 RETURNING conversation_ids",
        taking: ProfileKey.self,
        ObservationID.self,
        row: { columns throws(EngineError) -> [ConversationID] in try conversationIDs(from: &columns) }
    )

    /// Removes the superseded states of an observation.
    package static let deleteRevisions = Command(
        "DELETE FROM observation_revision WHERE profile_id = $1 AND observation_id = $2",
        taking: ProfileKey.self,
        ObservationID.self
    )

    /// Removes the links of an observation to conversations, whose ids are needed because they lead the primary key.
    package static let unlink = ListQuery(
        """
        DELETE FROM observation_conversation
        WHERE profile_id = $1 AND observation_id = $2 AND conversation_id IN ({list})
        RETURNING conversation_id
        """,
        listing: String.self,
        taking: ProfileKey.self,
        ObservationID.self,
        row: { columns throws(EngineError) -> String in try columns.next() }
    )

    private static func page(
        order: String
    ) -> Query<Observation, ProfileKey, ObservationID, ObservationID, String, Int> {
        Query(
            """
            SELECT \(columns) FROM observation
            WHERE profile_id = $1 AND observation_id >= $2 AND observation_id < $3 AND ($4 = '' OR source = $4)
            ORDER BY observation_id \(order) LIMIT $5
            """,
            taking: ProfileKey.self,
            ObservationID.self,
            ObservationID.self,
            String.self,
            Int.self,
            row: observation
        )
    }

    private static func conversationPage(
        order: String
    ) -> Query<Observation, ProfileKey, ObservationID, ObservationID, String, Int, String> {
        Query(
            """
            SELECT \(columns) FROM observation
            WHERE profile_id = $1 AND ($4 = '' OR source = $4) AND observation_id IN (
                SELECT observation_id FROM observation_conversation
                WHERE profile_id = $1 AND conversation_id = $6 AND observation_id >= $2 AND observation_id < $3
            )
            ORDER BY observation_id \(order) LIMIT $5
            """,
            taking: ProfileKey.self,
            ObservationID.self,
            ObservationID.self,
            String.self,
            Int.self,
            String.self,
            row: observation
        )
    }

    private static func revisions(
        comparison: String,
        order: String
    ) -> Query<Observation, ProfileKey, ObservationID, Int, Int> {
        Query(
            """
            SELECT \(columns) FROM observation
            WHERE profile_id = $1 AND observation_id = $2 AND revision \(comparison) $3
            UNION ALL
            SELECT \(columns) FROM observation_revision
            WHERE profile_id = $1 AND observation_id = $2 AND revision \(comparison) $3
                AND EXISTS (SELECT 1 FROM observation WHERE profile_id = $1 AND observation_id = $2)
            ORDER BY revision \(order) LIMIT $4
            """,
            taking: ProfileKey.self,
            ObservationID.self,
            Int.self,
            Int.self,
            row: observation
        )
    }

    private static func versioned(
        _ columns: inout Columns
    ) throws(EngineError) -> (version: Int, memory: Observation) {
        (try columns.next(), try observation(&columns))
    }

    private static func observation(_ columns: inout Columns) throws(EngineError) -> Observation {
        Observation(
            id: try columns.next(),
            revision: try columns.next(),
            updatedAt: try columns.next(),
            draft: ObservationDraft(
                content: MemoryContent(stored: try columns.next()),
                source: MemorySource(stored: try columns.next()),
                occurredAt: try columns.next(),
                conversationIDs: try conversationIDs(from: &columns),
                provenance: try Provenance(from: &columns)
            )
        )
    }

    private static func conversationIDs(from columns: inout Columns) throws(EngineError) -> [ConversationID] {
        let text: String = try columns.next()
        var ids: [ConversationID] = []
        for word in text.split(separator: " ") {
            do {
                ids.append(try ConversationID(String(word), field: "conversation_ids"))
            } catch {
                throw EngineError(.corrupt, error.message)
            }
        }
        return ids
    }
}

extension ObservationDraft {
    /// The conversations as they stand in a column: no id holds a space.
    package var joinedConversationIDs: String {
        conversationIDs.map(\.text).joined(separator: " ")
    }
}
