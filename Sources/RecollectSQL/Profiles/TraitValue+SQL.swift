import Foundation
package import RecollectEngine
package import RecollectVocabulary

// The value of a trait stands in its column as JSON, so that an operator who looks at the table can read it. Integers up to 64
// bits and doubles come back as they were.

extension TraitValue: SQLBindable, SQLReadable {
    package static var sqlType: SQLType { .text }

    package var sqlValue: SQLValue {
        // Only finite numbers and texts are encoded, which cannot fail.
        guard let data = try? JSONEncoder().encode(StoredTraitValue(self)) else {
            preconditionFailure("a trait's value is always valid JSON")
        }
        return .text(String(decoding: data, as: UTF8.self))
    }

    package init(from columns: inout Columns) throws(EngineError) {
        let text: String = try columns.next()
        do {
            self = try JSONDecoder().decode(StoredTraitValue.self, from: Data(text.utf8)).value
        } catch {
            throw EngineError(.corrupt, "a trait's value is no JSON: \(error)")
        }
    }
}

/// A value in JSON's terms.
private struct StoredTraitValue: Codable {
    let value: TraitValue

    init(_ value: TraitValue) {
        self.value = value
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let elements = try? container.decode([StoredTraitScalar].self) {
            value = .array(elements.map(\.scalar))
            return
        }
        switch try container.decode(StoredTraitScalar.self).scalar {
        case .string(let text): value = .string(text)
        case .number(let number): value = .number(number)
        case .boolean(let flag): value = .boolean(flag)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch value {
        case .string(let text): try container.encode(text)
        case .number(let number): try container.encode(StoredTraitScalar(.number(number)))
        case .boolean(let flag): try container.encode(flag)
        case .array(let elements): try container.encode(elements.map(StoredTraitScalar.init))
        }
    }
}

/// An element of an array in JSON's terms.
private struct StoredTraitScalar: Codable {
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
