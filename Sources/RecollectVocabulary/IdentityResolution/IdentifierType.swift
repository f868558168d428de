/// The type of an identifier, such as `email`: 2 to 30 characters.
package struct IdentifierType: Sendable, Hashable {
    /// How many characters it may have.
    ///
    /// Source: openapi.yaml.
    package static let lengthRange = 2...30

    /// Phone numbers of WhatsApp: the one type whose values are found with and without their prefix.
    package static let whatsapp = IdentifierType(known: "whatsapp")

    /// The type as it was given.
    package let text: String

    /// Reads a type.
    ///
    /// - Parameters:
    ///   - text: the type.
    ///   - field: what the caller calls it.
    /// - Throws: `Rejection` of reason `.malformed` when it is too short or too long.
    package init(_ text: String, field: String = "idType") throws(Rejection) {
        guard Self.lengthRange.contains(text.unicodeScalars.count) else {
            let range = Self.lengthRange
            throw Rejection(.malformed, field, "must be \(range.lowerBound) to \(range.upperBound) characters")
        }
        self.text = text
    }

    /// A type that is written in this program.
    init(known text: String) {
        self.text = text
    }
}
