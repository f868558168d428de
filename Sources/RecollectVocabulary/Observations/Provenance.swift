/// What an observation was drawn from: messages by their ids, and the words in them that show it.
///
/// An extension of the contract.
package struct Provenance: Sendable, Hashable {
    /// How many messages one may be drawn from, and how many snippets may show it.
    ///
    /// Source: ours, as for conversations.
    package static let countLimit = 10

    /// The messages, by the ids that the caller gave them.
    package var communicationIDs: [CommunicationID]
    /// Their words; an observation is found by them too.
    package var evidence: [EvidenceSnippet]

    /// A provenance; by default nothing is known of it.
    ///
    /// - Parameters:
    ///   - communicationIDs: the messages.
    ///   - evidence: their words.
    package init(communicationIDs: [CommunicationID] = [], evidence: [EvidenceSnippet] = []) {
        self.communicationIDs = communicationIDs
        self.evidence = evidence
    }
}

/// The id of a message; it is made elsewhere and kept exactly as given.
package struct CommunicationID: Sendable, Hashable {
    /// The most characters.
    ///
    /// Source: ours.
    package static let lengthLimit = 128

    /// The id as it was given.
    package let text: String

    /// Reads an id.
    ///
    /// - Parameters:
    ///   - text: the id.
    ///   - field: what the caller calls it.
    /// - Throws: `Rejection` when it is empty, too long, or holds anything but visible ASCII.
    package init(_ text: String, field: String) throws(Rejection) {
        guard (1...Self.lengthLimit).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw Rejection(.malformed, field, "must be 1 to \(Self.lengthLimit) visible characters of ASCII")
        }
        self.text = text
    }

    /// An id read back from where only valid ones are written.
    ///
    /// - Parameter text: the id.
    package init(stored text: String) {
        self.text = text
    }
}

/// A piece of a message that shows what an observation says: 1 to 1024 characters.
package struct EvidenceSnippet: Sendable, Hashable {
    /// The most characters.
    ///
    /// Source: ours; a few sentences.
    package static let lengthLimit = 1024

    /// The words.
    package let text: String

    /// Reads a snippet.
    ///
    /// - Parameters:
    ///   - text: the words.
    ///   - field: what the caller calls it.
    /// - Throws: `Rejection` when it is empty, too long, or holds U+0000, which one of the engines cannot store.
    package init(_ text: String, field: String) throws(Rejection) {
        guard (1...Self.lengthLimit).contains(text.unicodeScalars.count) else {
            throw Rejection(.malformed, field, "must be 1 to \(Self.lengthLimit) characters")
        }
        guard !text.utf8.contains(0) else { throw Rejection(.malformed, field, "must not hold U+0000") }
        self.text = text
    }

    /// A snippet read back from where only valid ones are written.
    ///
    /// - Parameter text: the words.
    package init(stored text: String) {
        self.text = text
    }
}
