import Foundation

extension TraitValue {
    /// The value as JSON.
    package var json: String {
        // Most values are short texts that need no escapes: an encoder for each would be a tenth of an import's time.
        if case .string(let text) = self, text.utf8.allSatisfy(Self.standsForItself) { return "\"\(text)\"" }
        // Only finite numbers and texts are encoded, which cannot fail.
        guard let data = try? JSONEncoder().encode(EncodedTraitValue(value: self)) else {
            preconditionFailure("a trait's value is always valid JSON")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// Whether a byte of a text is written in JSON as it is.
    private static func standsForItself(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// Reads a value from JSON.
    ///
    /// - Parameter json: a string, a number, a boolean, or a flat array of these.
    /// - Throws: `DecodingError` when it is something else.
    package init(json: String) throws {
        self = try JSONDecoder().decode(EncodedTraitValue.self, from: Data(json.utf8)).value
    }
}

/// A value in JSON's terms.
private struct EncodedTraitValue: Codable {
    let value: TraitValue

    init(value: TraitValue) {
        self.value = value
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let elements = try? container.decode([EncodedTraitScalar].self) {
            value = .array(elements.map(\.scalar))
            return
        }
        switch try container.decode(EncodedTraitScalar.self).scalar {
        case .string(let text): value = .string(text)
        case .number(let number): value = .number(number)
        case .boolean(let flag): value = .boolean(flag)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch value {
        case .string(let text): try container.encode(text)
        case .number(let number): try container.encode(EncodedTraitScalar(.number(number)))
        case .boolean(let flag): try container.encode(flag)
        case .array(let elements): try container.encode(elements.map(EncodedTraitScalar.init))
        }
    }
}

/// An element of an array in JSON's terms.
private struct EncodedTraitScalar: Codable {
    let scalar: TraitScalar

    init(_ scalar: TraitScalar) {
        self.scalar = scalar
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
            scalar = .boolean(flag)
        } else if let integer = try? container.decode(Int64.self) {
            scalar = .number(.integer(integer))
        } else if let real = try? container.decode(Double.self) {
            scalar = .number(.real(real))
        } else {
            scalar = .string(try container.decode(String.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch scalar {
        case .string(let text): try container.encode(text)
        case .number(.integer(let integer)): try container.encode(integer)
        case .number(.real(let real)): try container.encode(real)
        case .boolean(let flag): try container.encode(flag)
        }
    }
}
