/// A trait group's name: 1 to 64 letters, digits, hyphens, dots and underscores of ASCII.
package struct TraitGroupName: Sendable, Equatable {
    /// The most characters.
    ///
    /// Source: openapi.yaml.
    package static let lengthLimit = 64

    /// The name as it was first written.
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
        guard (1...Self.lengthLimit).contains(text.utf8.count), text.utf8.allSatisfy(Self.allows) else {
            throw Rejection(
                .controlPlanePayload,
                field,
                "must be 1 to \(Self.lengthLimit) letters, digits, hyphens, dots or underscores"
            )
        }
        self.text = text
    }

    /// A name that is written in this program.
    init(known text: String) {
        self.text = text
    }

    private static func allows(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default:
            false
        }
    }
}

/// What a trait or a trait group is for: at most 1024 characters.
package struct TraitDescription: Sendable, Equatable {
    /// The most characters.
    ///
    /// Source: openapi.yaml.
    package static let lengthLimit = 1024

    /// The description as it was given.
    package let text: String

    /// Reads a description.
    ///
    /// - Parameters:
    ///   - text: the description, which may be empty.
    ///   - field: what the caller calls it.
    /// - Throws: `Rejection` when it is too long.
    package init(_ text: String, field: String = "description") throws(Rejection) {
        guard text.unicodeScalars.count <= Self.lengthLimit else {
            throw Rejection(.controlPlanePayload, field, "must be at most \(Self.lengthLimit) characters")
        }
        self.text = text
    }
}
