/// How the values of an identifier type are brought into one form before they are compared.
package enum IdentifierNormalization: String, Sendable, CaseIterable {
    case phone
    case email
    case trim
    case none

    /// The most characters of a value.
    ///
    /// Source: openapi.yaml.
    package static let lengthLimit = 255

    /// The normal form of a value.
    ///
    /// - Parameter value: the value as a caller wrote it.
    /// - Returns: the normal form; nil when the value is empty, too long, or cannot be what the type names.
    package func normalise(_ value: String) -> String? {
        let normalised: String? =
            switch self {
            case .phone: PhoneNumber.e164(value)
            case .email: value.withoutWhiteSpace.lowercased()
            case .trim: value.trimmed
            case .none: value
            }
        guard let normalised, (1...Self.lengthLimit).contains(normalised.unicodeScalars.count) else { return nil }
        return normalised
    }
}

/// Phone numbers in the form of E.164: a plus sign, the country code, the number.
///
/// Ten digits without a plus sign are a number of North America, whose country code is 1.
enum PhoneNumber {
    /// How many digits a number has, its country code included.
    ///
    /// Source: behaviour.md; the upper bound is E.164's.
    private static let digitCount = 8...15
    /// The channels whose addresses are phone numbers behind a prefix.
    ///
    /// Source: behaviour.md.
    private static let channelPrefixes = ["whatsapp:", "rcs:", "sms:", "tel:"]

    /// A phone number in the form of E.164.
    ///
    /// - Returns: the number; nil when the text cannot be one.
    static func e164(_ text: String) -> String? {
        if isE164(text) { return text }
        var rest = text.trimmed
        if let prefix = channelPrefixes.first(where: { rest.lowercased().hasPrefix($0) }) {
            rest = String(rest.dropFirst(prefix.count))
        }
        let digits = rest.utf8.filter(isDigit)
        let hasCountryCode = rest.utf8.first { $0 == UInt8(ascii: "+") || isDigit($0) } == UInt8(ascii: "+")
        let number = String(decoding: digits, as: UTF8.self)
        if digits.count == 10, !hasCountryCode { return "+1\(number)" }
        // No country code begins with 0.
        guard digitCount.contains(digits.count), digits.first != UInt8(ascii: "0") else { return nil }
        return "+\(number)"
    }

    /// Whether a text is a number in the form of E.164, nothing more.
    static func isE164(_ text: String) -> Bool {
        let digits = text.utf8.dropFirst()
        return text.utf8.first == UInt8(ascii: "+") && digitCount.contains(digits.count)
            && digits.first != UInt8(ascii: "0") && digits.allSatisfy(isDigit)
    }

    private static func isDigit(_ character: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character)
    }
}

extension String {
    /// The text without any white space.
    fileprivate var withoutWhiteSpace: String {
        // Printable characters of ASCII hold none, and none need be looked at one by one.
        utf8.allSatisfy { (0x21...0x7E).contains($0) } ? self : String(filter { !$0.isWhitespace })
    }

    /// The text without white space at its ends.
    fileprivate var trimmed: String {
        guard let first = utf8.first, let last = utf8.last else { return self }
        // Between printable characters of ASCII nothing is to be trimmed, and no character need be looked at.
        if (0x21...0x7E).contains(first), (0x21...0x7E).contains(last) { return self }
        let start = drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}
