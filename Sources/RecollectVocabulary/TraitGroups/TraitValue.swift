/// A number as a trait holds it.
package enum TraitNumber: Sendable, Hashable {
    /// A whole number of 64 bits.
    case integer(Int64)
    /// Any other number; always finite.
    case real(Double)

    /// Up to here every whole number is a double.
    private static let exactDoubles = -9_007_199_254_740_992.0...9_007_199_254_740_992.0

    /// A number; a whole one becomes an integer, so that 1.0 and 1 are the same value.
    ///
    /// - Parameter double: the number; nil is returned when it is not finite.
    package init?(_ double: Double) {
        guard double.isFinite else { return nil }
        let isWhole = Self.exactDoubles.contains(double) && double.rounded() == double
        self = isWhole ? .integer(Int64(double)) : .real(double)
    }

    /// The nearest double.
    package var double: Double {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value
        }
    }
}

/// One element of an array: arrays are flat.
package enum TraitScalar: Sendable, Hashable {
    case string(String)
    case number(TraitNumber)
    case boolean(Bool)
}

/// The value of a trait.
package enum TraitValue: Sendable, Hashable {
    case string(String)
    case number(TraitNumber)
    case boolean(Bool)
    case array([TraitScalar])

    /// The most characters of a string, alone or in an array.
    ///
    /// Source: behaviour.md.
    package static let stringLengthLimit = 1024
    /// The most elements of an array.
    ///
    /// Source: behaviour.md.
    package static let arrayCountLimit = 100

    /// What kind of value it is.
    package var dataType: TraitDataType {
        switch self {
        case .string: .string
        case .number: .number
        case .boolean: .boolean
        case .array: .array
        }
    }

    /// Refuses a value that no trait may hold, whatever its definition.
    ///
    /// - Parameter field: what the caller calls it.
    /// - Throws: `Rejection` when a string is too long or an array has too many elements.
    package func requireLimits(field: String) throws(Rejection) {
        switch self {
        case .string(let text):
            try Self.requireLength(of: text, field: field)
        case .array(let elements):
            guard elements.count <= Self.arrayCountLimit else {
                throw Rejection(.malformed, field, "must have at most \(Self.arrayCountLimit) items")
            }
            for (position, element) in elements.enumerated() {
                guard case .string(let text) = element else { continue }
                try Self.requireLength(of: text, field: "\(field)[\(position)]")
            }
        case .number, .boolean:
            break
        }
    }

    private static func requireLength(of text: String, field: String) throws(Rejection) {
        guard text.unicodeScalars.count <= stringLengthLimit else {
            throw Rejection(.malformed, field, "must be at most \(stringLengthLimit) characters")
        }
    }
}
