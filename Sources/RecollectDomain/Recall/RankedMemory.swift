import RecollectRanking
import RecollectVocabulary

/// What recall ranks: observations and summaries.
protocol RankedMemory: Sendable {
    var itemID: MemoryItemID { get }
    var occurredAt: Timestamp { get }
    /// What it says to those who are reminded of it.
    var content: String { get }
    /// What it is found by.
    var rankedText: RankedText { get }
    /// About how much memory it takes.
    var byteCount: Int { get }
}

extension Observation: RankedMemory {
    var itemID: MemoryItemID { MemoryItemID(id) }
    var occurredAt: Timestamp { draft.occurredAt }
    var content: String { draft.content.text }

    var rankedText: RankedText {
        RankedText(
            content: content,
            evidence: draft.provenance.evidence.map(\.text),
            occurredAt: occurredAt.microseconds,
            occasion: draft.conversationIDs.first.map { .conversation($0.text) }
                ?? .hour(ofMicroseconds: occurredAt.microseconds)
        )
    }

    var byteCount: Int {
        let provenance = draft.provenance
        let ids = (draft.conversationIDs.count + provenance.communicationIDs.count) * MemorySizes.id
        let evidence = provenance.evidence.reduce(0) { $0 + $1.text.utf8.count + MemorySizes.text }
        return MemorySizes.item + content.utf8.count + ids + evidence
    }
}

extension ConversationSummary: RankedMemory {
    var itemID: MemoryItemID { MemoryItemID(id) }
    var occurredAt: Timestamp { draft.occurredAt }
    var content: String { draft.content.text }

    var rankedText: RankedText {
        RankedText(
            content: content,
            evidence: [],
            occurredAt: occurredAt.microseconds,
            occasion: .conversation(draft.conversationID.text)
        )
    }

    var byteCount: Int { MemorySizes.item + content.utf8.count + MemorySizes.id }
}

/// What values take beside their characters, in bytes.
private enum MemorySizes {
    /// The struct of an item with the headers of its arrays, and its entry in the dictionary of ids.
    static let item = 320
    /// The id of a conversation or a message: some 44 characters, their header and the reference to them.
    static let id = 96
    /// The header of a text and the reference to it.
    static let text = 48
}
