/// A trait's name in lowerCamelCase.
///
/// `preferred_channel`, `Preferred Channel` and `preferredChannel` are one name. Names are compared without regard to case.
package struct TraitName: Sendable, Hashable {
    /// The most characters.
    ///
    /// Source: openapi.yaml, FullTrait.
    package static let lengthLimit = 64

    /// The name as it is shown.
    package let text: String

    /// The form under which names are compared.
    package var folded: String { text.lowercased() }

    /// Reads a name and normalises it.
    ///
    /// - Parameters:
    ///   - text: the name.
    ///   - field: what the caller calls it.
    /// - Throws: `Rejection` when it has no letter or digit, or is too long.
    package init(_ text: String, field: String) throws(Rejection) {
        let normalised = Self.lowerCamelCase(text)
        guard (1...Self.lengthLimit).contains(normalised.unicodeScalars.count) else {
            throw Rejection(
                .malformed,
                field,
                "a trait's name must have 1 to \(Self.lengthLimit) letters or digits"
            )
        }
        self.text = normalised
    }

    /// A name that is written in this program.
    init(known text: String) {
        self.text = text
    }

    /// The name in lowerCamelCase.
    ///
    /// Words end at anything but a letter or digit and before a capital that follows a small letter; the first word
    /// becomes small, the others capitalised. A name that is in lowerCamelCase already stays, whatever capitals follow:
    /// `customerID` is one.
    private static func lowerCamelCase(_ text: String) -> String {
        let isLowerCamelCase = text.allSatisfy(isWordCharacter) && text.first?.isUppercase == false
        if isLowerCamelCase { return text }
        var result = ""
        var previous: Character?
        for character in text {
            defer { previous = character }
            guard isWordCharacter(character) else { continue }
            let startsWord = previous.map { !isWordCharacter($0) || ($0.isLowercase && character.isUppercase) } ?? true
            let isCapital = startsWord && !result.isEmpty
            result += isCapital ? character.uppercased() : character.lowercased()
        }
        return result
    }

    private static func isWordCharacter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber
    }
}
