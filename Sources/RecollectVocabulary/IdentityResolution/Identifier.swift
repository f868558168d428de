/// A value of an identifier type in its normal form.
package struct Identifier: Sendable, Hashable {
    /// The prefix that addresses of WhatsApp carry.
    private static let whatsappPrefix = "whatsapp:"

    /// The type.
    package let type: IdentifierType
    /// The value in its normal form, as it is stored and shown.
    package let value: String

    /// The text under which identifiers of one type are found and compared.
    ///
    /// It is the value, but for WhatsApp: there `+14155550100` and `whatsapp:+14155550100` share one, so that each finds the other.
    package var matchKey: String {
        guard type == .whatsapp else { return value }
        let prefix = Self.whatsappPrefix
        let bare = value.lowercased().hasPrefix(prefix) ? String(value.dropFirst(prefix.count)) : value
        return PhoneNumber.isE164(bare) ? prefix + bare : value
    }

    /// The identifier of a value.
    ///
    /// - Parameters:
    ///   - type: the type.
    ///   - value: the value as a caller wrote it.
    ///   - normalization: how the type's values are brought into one form; nil is returned when this one cannot be.
    package init?(_ type: IdentifierType, _ value: String, normalization: IdentifierNormalization) {
        guard let value = normalization.normalise(value) else { return nil }
        self.type = type
        self.value = value
    }

    /// An identifier as it was stored.
    ///
    /// - Parameters:
    ///   - type: the type.
    ///   - value: the value in the normal form it had when it was stored.
    package init(stored type: IdentifierType, value: String) {
        self.type = type
        self.value = value
    }
}
