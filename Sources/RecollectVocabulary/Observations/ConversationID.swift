/// The id of a conversation.
///
/// It is made elsewhere and kept exactly as given.
package struct ConversationID: Sendable, Hashable {
    private static let prefix = "conv_conversation_"

    /// The id as it was given.
    package let text: String

    /// Reads an id.
    ///
    /// - Parameters:
    ///   - text: the id.
    ///   - field: what the caller calls it.
    /// - Throws: `Rejection` when it breaks the contract's pattern.
    package init(_ text: String, field: String) throws(Rejection) {
        let digits = text.utf8.dropFirst(Self.prefix.utf8.count)
        guard text.hasPrefix(Self.prefix), digits.count == 26,
            let first = digits.first, (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(first),
            digits.allSatisfy(Self.isLowerAlphanumeric)
        else {
            throw Rejection(.malformed, field, "must be \(Self.prefix) and 26 characters of a TypeID")
        }
        self.text = text
    }

    private static func isLowerAlphanumeric(_ character: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(character)
    }
}
