/// A data mapping's name: a letter of ASCII, then letters, digits, hyphens and dots, 1 to 64 characters in all.
package struct DataMappingName: Sendable, Equatable {
    /// The most characters.
    ///
    /// Source: openapi.yaml.
    package static let lengthLimit = 64

    /// The name as it was given.
    package let text: String

    /// The form under which names are compared.
    ///
    /// Names are ASCII, so lower case is all there is to it.
    package var folded: String { text.lowercased() }

    /// Reads a name.
    ///
    /// - Parameters:
    ///   - text: the name.
    ///   - field: what the caller calls it.
    /// - Throws: `Rejection` when it breaks the rule.
    package init(_ text: String, field: String = "displayName") throws(Rejection) {
        guard (1...Self.lengthLimit).contains(text.utf8.count), text.utf8.allSatisfy(Self.allows),
            text.utf8.first.map(Self.isLetter) == true
        else {
            throw Rejection(
                .controlPlanePayload,
                field,
                "must be 1 to \(Self.lengthLimit) letters, digits, hyphens or dots, the first of them a letter"
            )
        }
        self.text = text
    }

    private static func isLetter(_ character: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(character)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(character)
    }

    private static func allows(_ character: UInt8) -> Bool {
        isLetter(character) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character)
            || character == UInt8(ascii: "-") || character == UInt8(ascii: ".")
    }
}

/// What a data mapping is for: 1 to 512 characters.
package struct DataMappingDescription: Sendable, Equatable {
    /// The most characters.
    ///
    /// Source: openapi.yaml.
    package static let lengthLimit = 512

    /// The description as it was given.
    package let text: String

    /// Reads a description.
    ///
    /// - Parameters:
    ///   - text: the description.
    ///   - field: what the caller calls it.
    /// - Throws: `Rejection` when it breaks the rule.
    package init(_ text: String, field: String = "description") throws(Rejection) {
        guard (1...Self.lengthLimit).contains(text.unicodeScalars.count) else {
            throw Rejection(.controlPlanePayload, field, "must be 1 to \(Self.lengthLimit) characters")
        }
        self.text = text
    }
}
