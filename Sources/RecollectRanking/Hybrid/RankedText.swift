/// What an item occurred in: items of one occasion speak for each other.
package enum Occasion: Hashable, Sendable {
    /// A conversation, by its id.
    case conversation(String)
    /// A moment, in microseconds since 1970, UTC.
    case moment(Int64)
}

/// What an item of a profile is found by.
package struct RankedText: Sendable {
    /// What it says.
    package let content: String
    /// Pieces of the messages that it was drawn from.
    package let evidence: [String]
    /// When it occurred, in microseconds since 1970, UTC.
    package let occurredAt: Int64
    /// What it occurred in.
    package let occasion: Occasion

    /// A text to be found.
    ///
    /// - Parameters:
    ///   - content: what it says.
    ///   - evidence: pieces of the messages that it was drawn from.
    ///   - occurredAt: when it occurred, in microseconds since 1970, UTC.
    ///   - occasion: what it occurred in.
    package init(content: String, evidence: [String], occurredAt: Int64, occasion: Occasion) {
        self.content = content
        self.evidence = evidence
        self.occurredAt = occurredAt
        self.occasion = occasion
    }
}

extension Analyser {
    /// The terms that an item is found by: of its content, of the words of its date, and of its evidence.
    ///
    /// Key merging: what is known about an item goes into its key, which gains more than any merging of two rankings.
    func terms(of text: RankedText) -> [String] {
        var terms = terms(of: text.content) + terms(of: DateWords.words(atMicroseconds: text.occurredAt))
        for snippet in text.evidence { terms += self.terms(of: snippet) }
        return terms
    }
}

/// Which texts of an item are embedded.
package enum EmbeddedTexts {
    /// The texts whose vectors stand for an item, in the order in which they are stored.
    ///
    /// - Parameters:
    ///   - content: what it says.
    ///   - evidence: pieces of the messages that it was drawn from.
    /// - Returns: one or two texts.
    package static func texts(of content: String, evidence: [String]) -> [String] {
        [content]
    }
}
