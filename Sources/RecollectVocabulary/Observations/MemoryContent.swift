/// What an observation or a summary says: 1 to 4096 characters.
package struct MemoryContent: Sendable, Hashable {
    /// The most characters.
    ///
    /// Source: openapi.yaml.
    package static let lengthLimit = 4096

    /// The text.
    package let text: String

    /// Reads a content.
    ///
    /// - Parameters:
    ///   - text: the text.
    ///   - field: what the caller calls it.
    /// - Throws: `Rejection` when it is empty, too long, or holds U+0000, which one of the engines cannot store.
    package init(_ text: String, field: String) throws(Rejection) {
        guard (1...Self.lengthLimit).contains(text.unicodeScalars.count) else {
            throw Rejection(.malformed, field, "must be 1 to \(Self.lengthLimit) characters")
        }
        guard !text.utf8.contains(0) else { throw Rejection(.malformed, field, "must not hold U+0000") }
        self.text = text
    }

    /// A content read back from where only valid ones are written.
    ///
    /// - Parameter text: the text.
    package init(stored text: String) {
        self.text = text
    }
}

/// Where an observation or a summary comes from: 1 to 100 letters, digits, spaces, `_`, `.` and `-` of ASCII.
package struct MemorySource: Sendable, Hashable {
    /// The most characters.
    ///
    /// Source: openapi.yaml.
    package static let lengthLimit = 100
    /// The source of an observation that names none.
    ///
    /// Source: behaviour.md.
    package static let api = MemorySource(stored: "api")

    /// The name of the source.
    package let text: String

    /// Reads a source.
    ///
    /// - Parameters:
    ///   - text: the name of the source.
    ///   - field: what the caller calls it.
    /// - Throws: `Rejection` when it breaks the rule.
    package init(_ text: String, field: String) throws(Rejection) {
        guard (1...Self.lengthLimit).contains(text.utf8.count), text.utf8.allSatisfy(Self.allows) else {
            throw Rejection(.malformed, field, "must be 1 to \(Self.lengthLimit) letters, digits, spaces, _, . or -")
        }
        self.text = text
    }

    /// A source read back from where only valid ones are written.
    ///
    /// - Parameter text: the name of the source.
    package init(stored text: String) {
        self.text = text
    }

    private static func allows(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: " "), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "-"):
            true
        default:
            false
        }
    }
}
