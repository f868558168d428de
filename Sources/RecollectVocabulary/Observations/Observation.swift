/// A small fact learnt about a customer, as it stands or as one of its revisions.
package struct Observation: Sendable, Hashable {
    /// How many a request may create.
    ///
    /// Source: openapi.yaml.
    package static let countRange = 1...10
    /// How many conversations one may be drawn from.
    ///
    /// Source: openapi.yaml.
    package static let conversationsLimit = 10
    /// How many a page may show.
    ///
    /// Source: openapi.yaml, `maxItems` of the lists.
    package static let pageLimit = 50

    /// Its id, which carries when it was created.
    package let id: ObservationID
    /// Which state this is, counted from 1.
    package let revision: Int
    /// When it became so.
    package let updatedAt: Timestamp
    /// What it says.
    package let draft: ObservationDraft

    /// An observation.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - revision: which state this is, counted from 1.
    ///   - updatedAt: when it became so.
    ///   - draft: what it says.
    package init(id: ObservationID, revision: Int, updatedAt: Timestamp, draft: ObservationDraft) {
        self.id = id
        self.revision = revision
        self.updatedAt = updatedAt
        self.draft = draft
    }

    /// The next state after a change; an equal value means that the change changes nothing.
    ///
    /// - Parameters:
    ///   - change: what to change.
    ///   - now: the time of the change.
    /// - Returns: the observation, one revision later if anything differs.
    package func applying(_ change: ObservationChange, at now: Timestamp) -> Observation {
        let changed = ObservationDraft(
            content: change.content ?? draft.content,
            source: change.source ?? draft.source,
            occurredAt: change.occurredAt ?? draft.occurredAt,
            conversationIDs: change.conversationIDs ?? draft.conversationIDs,
            provenance: Provenance(
                communicationIDs: change.communicationIDs ?? draft.provenance.communicationIDs,
                evidence: change.evidence ?? draft.provenance.evidence
            )
        )
        guard changed != draft else { return self }
        return Observation(id: id, revision: revision + 1, updatedAt: now.following(updatedAt), draft: changed)
    }
}

/// What an observation says, without what the server adds.
package struct ObservationDraft: Sendable, Hashable {
    /// The fact.
    package let content: MemoryContent
    /// Where it comes from.
    package let source: MemorySource
    /// When it happened.
    package let occurredAt: Timestamp
    /// The conversations it was drawn from.
    package let conversationIDs: [ConversationID]
    /// The messages it was drawn from, and their words.
    package let provenance: Provenance

    /// A draft.
    ///
    /// - Parameters:
    ///   - content: the fact.
    ///   - source: where it comes from.
    ///   - occurredAt: when it happened.
    ///   - conversationIDs: the conversations it was drawn from.
    ///   - provenance: the messages it was drawn from, and their words.
    package init(
        content: MemoryContent,
        source: MemorySource,
        occurredAt: Timestamp,
        conversationIDs: [ConversationID],
        provenance: Provenance = Provenance()
    ) {
        self.content = content
        self.source = source
        self.occurredAt = occurredAt
        self.conversationIDs = conversationIDs
        self.provenance = provenance
    }
}

/// What a PATCH of an observation changes; nil leaves as it is.
package struct ObservationChange: Sendable {
    /// The fact.
    package let content: MemoryContent?
    /// Where it comes from.
    package let source: MemorySource?
    /// When it happened.
    package let occurredAt: Timestamp?
    /// The conversations it was drawn from.
    package let conversationIDs: [ConversationID]?
    /// The messages it was drawn from.
    package let communicationIDs: [CommunicationID]?
    /// Their words.
    package let evidence: [EvidenceSnippet]?

    /// A change.
    ///
    /// - Parameters:
    ///   - content: the fact.
    ///   - source: where it comes from.
    ///   - occurredAt: when it happened.
    ///   - conversationIDs: the conversations it was drawn from.
    ///   - communicationIDs: the messages it was drawn from.
    ///   - evidence: their words.
    package init(
        content: MemoryContent? = nil,
        source: MemorySource? = nil,
        occurredAt: Timestamp? = nil,
        conversationIDs: [ConversationID]? = nil,
        communicationIDs: [CommunicationID]? = nil,
        evidence: [EvidenceSnippet]? = nil
    ) {
        self.content = content
        self.source = source
        self.occurredAt = occurredAt
        self.conversationIDs = conversationIDs
        self.communicationIDs = communicationIDs
        self.evidence = evidence
    }
}

/// Which observations a list shows; nil shows all.
package struct ObservationFilter: Sendable {
    /// Only those of this source.
    package let source: MemorySource?
    /// Only those created then or later.
    package let createdAfter: Timestamp?
    /// Only those created earlier.
    package let createdBefore: Timestamp?
    /// Only those drawn from this conversation.
    package let conversationID: ConversationID?

    /// A filter.
    ///
    /// - Parameters:
    ///   - source: only those of this source.
    ///   - createdAfter: only those created then or later.
    ///   - createdBefore: only those created earlier.
    ///   - conversationID: only those drawn from this conversation.
    package init(
        source: MemorySource? = nil,
        createdAfter: Timestamp? = nil,
        createdBefore: Timestamp? = nil,
        conversationID: ConversationID? = nil
    ) {
        self.source = source
        self.createdAfter = createdAfter
        self.createdBefore = createdBefore
        self.conversationID = conversationID
    }
}
