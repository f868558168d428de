/// What one conversation came to.
package struct ConversationSummary: Sendable, Hashable {
    /// How many a request may create.
    ///
    /// Source: openapi.yaml.
    package static let countRange = 1...10
    /// How many a page may show.
    ///
    /// Source: openapi.yaml, `maxItems` of the list.
    package static let pageLimit = 50

    /// Its id, which carries when it was created.
    package let id: SummaryID
    /// When it became as it is.
    package let updatedAt: Timestamp
    /// What it says.
    package let draft: SummaryDraft

    /// A summary.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - updatedAt: when it became as it is.
    ///   - draft: what it says.
    package init(id: SummaryID, updatedAt: Timestamp, draft: SummaryDraft) {
        self.id = id
        self.updatedAt = updatedAt
        self.draft = draft
    }

    /// The summary after a change; an equal value means that the change changes nothing.
    ///
    /// - Parameters:
    ///   - change: what to change.
    ///   - now: the time of the change.
    /// - Returns: the summary.
    package func applying(_ change: SummaryChange, at now: Timestamp) -> ConversationSummary {
        let changed = SummaryDraft(
            content: change.content ?? draft.content,
            source: change.source ?? draft.source,
            occurredAt: change.occurredAt ?? draft.occurredAt,
            conversationID: change.conversationID ?? draft.conversationID
        )
        guard changed != draft else { return self }
        return ConversationSummary(id: id, updatedAt: now.following(updatedAt), draft: changed)
    }
}

/// What a summary says, without what the server adds.
package struct SummaryDraft: Sendable, Hashable {
    /// The summary's text.
    package let content: MemoryContent
    /// Where it comes from.
    package let source: MemorySource?
    /// When the conversation was.
    package let occurredAt: Timestamp
    /// The conversation.
    package let conversationID: ConversationID

    /// A draft.
    ///
    /// - Parameters:
    ///   - content: the summary's text.
    ///   - source: where it comes from.
    ///   - occurredAt: when the conversation was.
    ///   - conversationID: the conversation.
    package init(
        content: MemoryContent,
        source: MemorySource?,
        occurredAt: Timestamp,
        conversationID: ConversationID
    ) {
        self.content = content
        self.source = source
        self.occurredAt = occurredAt
        self.conversationID = conversationID
    }
}

/// What a PATCH of a summary changes; nil leaves as it is.
package struct SummaryChange: Sendable {
    /// The summary's text.
    package let content: MemoryContent?
    /// Where it comes from.
    package let source: MemorySource?
    /// When the conversation was.
    package let occurredAt: Timestamp?
    /// The conversation.
    package let conversationID: ConversationID?

    /// A change.
    ///
    /// - Parameters:
    ///   - content: the summary's text.
    ///   - source: where it comes from.
    ///   - occurredAt: when the conversation was.
    ///   - conversationID: the conversation.
    package init(
        content: MemoryContent? = nil,
        source: MemorySource? = nil,
        occurredAt: Timestamp? = nil,
        conversationID: ConversationID? = nil
    ) {
        self.content = content
        self.source = source
        self.occurredAt = occurredAt
        self.conversationID = conversationID
    }
}
