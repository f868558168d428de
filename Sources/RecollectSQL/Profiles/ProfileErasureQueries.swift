package import RecollectEngine
package import RecollectVocabulary

/// The statements that remove what a profile holds, a bounded number of rows at a time, whose profile nobody can find any more.
package enum ProfileErasureQueries {
    /// The rows that one statement removes at most.
    package static let rowsLimit = 500

    /// Every statement, for the tests that read them.
    package static let statements = all.map(\.statement)

    /// One statement a table, for what makes a profile findable and readable: removed with the profile itself.
    ///
    /// Whose its identifiers are stands elsewhere, under their keys: it is removed before its own list of them.
    package static let identity = [traits, profileIdentifiers, merges]

    /// One statement a table; each changes nothing once its table holds nothing of the profile.
    package static let all = [
        observations, revisions, observationConversations, summaries, summaryRevisions, deletions, vectors,
        queuedVectors, traits, profileIdentifiers, merges,
    ]

    private static let observations = Command(
        """
        DELETE FROM observation WHERE profile_id = $1 AND observation_id IN (
            SELECT observation_id FROM observation WHERE profile_id = $1 ORDER BY observation_id LIMIT \(rowsLimit)
        )
        """,
        taking: ProfileID.self
    )

    private static let revisions = Command(
        """
        DELETE FROM observation_revision WHERE profile_id = $1 AND observation_id IN (
            SELECT observation_id FROM observation_revision WHERE profile_id = $1
            ORDER BY observation_id, revision LIMIT \(rowsLimit)
        )
        """,
        taking: ProfileID.self
    )

    private static let observationConversations = Command(
        """
        DELETE FROM observation_conversation WHERE profile_id = $1 AND conversation_id IN (
            SELECT conversation_id FROM observation_conversation WHERE profile_id = $1
            ORDER BY conversation_id, observation_id LIMIT \(rowsLimit)
        )
        """,
        taking: ProfileID.self
    )

    private static let summaries = Command(
        """
        DELETE FROM conversation_summary WHERE profile_id = $1 AND summary_id IN (
            SELECT summary_id FROM conversation_summary WHERE profile_id = $1 ORDER BY summary_id LIMIT \(rowsLimit)
        )
        """,
        taking: ProfileID.self
    )

    private static let summaryRevisions = Command(
        """
        DELETE FROM conversation_summary_revision WHERE profile_id = $1 AND summary_id IN (
            SELECT summary_id FROM conversation_summary_revision WHERE profile_id = $1
            ORDER BY summary_id, memory_version LIMIT \(rowsLimit)
        )
        """,
        taking: ProfileID.self
    )

    private static let deletions = Command(
        """
        DELETE FROM memory_deletion WHERE profile_id = $1 AND memory_version IN (
            SELECT memory_version FROM memory_deletion WHERE profile_id = $1 ORDER BY memory_version LIMIT \(rowsLimit)
        )
        """,
        taking: ProfileID.self
    )

    private static let vectors = Command(
        """
        DELETE FROM memory_vector WHERE profile_id = $1 AND item_id IN (
            SELECT item_id FROM memory_vector WHERE profile_id = $1 ORDER BY item_id LIMIT \(rowsLimit)
        )
        """,
        taking: ProfileID.self
    )

    private static let queuedVectors = Command(
        """
        DELETE FROM vector_queue WHERE profile_id = $1 AND item_id IN (
            SELECT item_id FROM vector_queue WHERE profile_id = $1 ORDER BY item_id LIMIT \(rowsLimit)
        )
        """,
        taking: ProfileID.self
    )

    private static let traits = Command(
        "DELETE FROM trait WHERE profile_id = $1",
        taking: ProfileID.self
    )

    private static let merges = Command(
        "DELETE FROM profile_merge WHERE profile_id = $1",
        taking: ProfileID.self
    )

    private static let profileIdentifiers = Command(
        "DELETE FROM profile_identifier WHERE profile_id = $1",
        taking: ProfileID.self
    )
}
