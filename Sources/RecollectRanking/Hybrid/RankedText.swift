/// What an item occurred in: items of one occasion speak for each other.
package enum Occasion: Hashable, Sendable {
    /// A conversation, by its id.
    case conversation(String)
    /// An hour, counted since 1970, UTC: what was said within one is likely one conversation.
    case hour(Int64)

    private static let microsecondsAnHour: Int64 = 3_600_000_000

    /// The hour of a moment, for items whose conversation is not known.
    ///
    /// - Parameter microseconds: the moment in microseconds since 1970, UTC.
    /// - Returns: the occasion.
    package static func hour(ofMicroseconds microseconds: Int64) -> Occasion {
        let remainder = microseconds % microsecondsAnHour
        return .hour((microseconds - (remainder < 0 ? remainder + microsecondsAnHour : remainder)) / microsecondsAnHour)
    }
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
    /// The terms that an item is found by.
    func terms(of text: RankedText) -> [String] {
        reading { reader in
            var items = ItemReader()
            return items.terms(of: text, &reader)
        }
    }
}

/// Finds the terms of items, one after the other.
struct ItemReader {
    /// The day of the last item: those of one conversation follow each other and share it.
    private var date: (day: Int64, terms: [String])?

    /// The terms that an item is found by: of its content, of the words of its date, and of its evidence.
    ///
    /// Key merging: what is known about an item goes into its key, which gains more than any merging of two rankings.
    mutating func terms(of text: RankedText, _ reader: inout TextReader) -> [String] {
        var terms = reader.terms(of: text.content) + dateTerms(atMicroseconds: text.occurredAt, &reader)
        for snippet in text.evidence { terms += reader.terms(of: snippet) }
        return terms
    }

    private mutating func dateTerms(atMicroseconds microseconds: Int64, _ reader: inout TextReader) -> [String] {
        let day = DateWords.day(ofMicroseconds: microseconds)
        if let date, date.day == day { return date.terms }
        let terms = reader.terms(of: DateWords.words(ofDay: day))
        date = (day, terms)
        return terms
    }
}
