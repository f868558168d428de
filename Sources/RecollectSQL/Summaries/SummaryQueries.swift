package import RecollectEngine
package import RecollectVocabulary

/// The statements of conversation summaries.
package enum SummaryQueries {
    /// Every statement, for the tests that read them.
    package static let statements: [Statement] =
        [
            fetch.statement, pageAscending.statement, pageDescending.statement,
            conversationPageAscending.statement, conversationPageDescending.statement, all.statement,
            changed.statement,
            statesUntil.statement, supersede.statement, update.statement, delete.statement, deleteRevisions.statement,
        ] + insert.statements.values

    private static let columns = "summary_id, updated_at, content, source, occurred_at, conversation_id"

    /// One summary of a profile.
    package static let fetch = Query(
        "SELECT \(columns) FROM conversation_summary WHERE profile_id = $1 AND summary_id = $2",
        taking: ProfileKey.self,
        SummaryID.self,
        row: summary
    )

    /// The summaries of a profile, each with the memory version of its last change, in the order of their ids.
    ///
    /// Index: the primary key.
    package static let all = Query(
        "SELECT memory_version, \(columns) FROM conversation_summary WHERE profile_id = $1 ORDER BY summary_id",
        taking: ProfileKey.self,
        row: versioned
    )

    /// The summaries of a profile that have changed since a memory version ($2), like `all`.
    ///
    /// Index: conversation_summary_by_version.
    package static let changed = Query(
        """
        SELECT memory_version, \(columns) FROM conversation_summary WHERE profile_id = $1 AND memory_version > $2
        ORDER BY summary_id
        """,
        taking: ProfileKey.self,
        Int.self,
        row: versioned
    )

    /// Every state of a profile's summaries that had begun by a time ($2), those of deleted ones among them, the later last.
    package static let statesUntil = Query(
        """
        SELECT memory_version, \(columns) FROM conversation_summary WHERE profile_id = $1 AND updated_at <= $2
        UNION ALL
        SELECT memory_version, \(columns) FROM conversation_summary_revision WHERE profile_id = $1 AND updated_at <= $2
        ORDER BY summary_id, memory_version
        """,
        taking: ProfileKey.self,
        Timestamp.self,
        row: versioned
    )

    /// Keeps the current state of a summary for those who look back.
    package static let supersede = Command(
        """
        INSERT INTO conversation_summary_revision (
            profile_id, summary_id, memory_version, updated_at, content, source, occurred_at, conversation_id
        )
        SELECT profile_id, summary_id, memory_version, updated_at, content, source, occurred_at, conversation_id
        FROM conversation_summary WHERE profile_id = $1 AND summary_id = $2
        """,
        taking: ProfileKey.self,
        SummaryID.self
    )

    /// Removes the superseded states of a summary.
    package static let deleteRevisions = Command(
        "DELETE FROM conversation_summary_revision WHERE profile_id = $1 AND summary_id = $2",
        taking: ProfileKey.self,
        SummaryID.self
    )

    /// One page within bounds, oldest first.
    ///
    /// Index: the primary key.
    package static let pageAscending = page(order: "ASC")
    /// One page within bounds, newest first.
    ///
    /// Index: the primary key.
    package static let pageDescending = page(order: "DESC")
    /// One page of a conversation's summaries, oldest first.
    ///
    /// Index: conversation_summary_by_conversation.
    package static let conversationPageAscending = conversationPage(order: "ASC")
    /// One page of a conversation's summaries, newest first.
    ///
    /// Index: conversation_summary_by_conversation.
    package static let conversationPageDescending = conversationPage(order: "DESC")

    /// New summaries.
    package static let insert = Insertion(
        """
        INSERT INTO conversation_summary (
            profile_id, summary_id, updated_at, content, source, occurred_at, conversation_id, memory_version
        ) VALUES {rows}
        """,
        columns: ProfileKey.self,
        SummaryID.self,
        Timestamp.self,
        String.self,
        String?.self,
        Timestamp.self,
        String.self,
        Int.self
    )

    /// Changes a summary.
    package static let update = Command(
        """
        UPDATE conversation_summary
        SET updated_at = $3, content = $4, source = $5, occurred_at = $6, conversation_id = $7, memory_version = $8
        WHERE profile_id = $1 AND summary_id = $2
        """,
        taking: ProfileKey.self,
        SummaryID.self,
        Timestamp.self,
        String.self,
        String?.self,
        Timestamp.self,
        String.self,
        Int.self
    )

    /// Removes a summary.
    package static let delete = Command(
        "DELETE FROM conversation_summary WHERE profile_id = $1 AND summary_id = $2",
        taking: ProfileKey.self,
        SummaryID.self
    )

    private static func page(
        order: String
    ) -> Query<ConversationSummary, ProfileKey, SummaryID, SummaryID, Int> {
        Query(
            """
            SELECT \(columns) FROM conversation_summary
            WHERE profile_id = $1 AND summary_id >= $2 AND summary_id < $3
            ORDER BY summary_id \(order) LIMIT $4
            """,
            taking: ProfileKey.self,
            SummaryID.self,
            SummaryID.self,
            Int.self,
            row: summary
        )
    }

    private static func conversationPage(
        order: String
    ) -> Query<ConversationSummary, ProfileKey, SummaryID, SummaryID, Int, String> {
        Query(
            """
            SELECT \(columns) FROM conversation_summary
            WHERE profile_id = $1 AND conversation_id = $5 AND summary_id >= $2 AND summary_id < $3
            ORDER BY summary_id \(order) LIMIT $4
            """,
            taking: ProfileKey.self,
            SummaryID.self,
            SummaryID.self,
            Int.self,
            String.self,
            row: summary
        )
    }

    private static func versioned(
        _ columns: inout Columns
    ) throws(EngineError) -> (version: Int, memory: ConversationSummary) {
        (try columns.next(), try summary(&columns))
    }

    private static func summary(_ columns: inout Columns) throws(EngineError) -> ConversationSummary {
        let id: SummaryID = try columns.next()
        let updatedAt: Timestamp = try columns.next()
        let content: String = try columns.next()
        let source: String? = try columns.next()
        let occurredAt: Timestamp = try columns.next()
        let conversation: String = try columns.next()
        do {
            return ConversationSummary(
                id: id,
                updatedAt: updatedAt,
                draft: SummaryDraft(
                    content: MemoryContent(stored: content),
                    source: source.map(MemorySource.init(stored:)),
                    occurredAt: occurredAt,
                    conversationID: try ConversationID(conversation, field: "conversation_id")
                )
            )
        } catch {
            throw EngineError(.corrupt, error.message)
        }
    }
}
