/// What the values of a trait must fulfil beyond their type.
///
/// Whether the pattern compiles is decided where patterns are run; everything else is decided here.
package struct ValidationRule: Sendable, Equatable {
    /// The most characters of a pattern.
    ///
    /// Source: openapi.yaml.
    package static let patternLengthLimit = 1000
    /// The largest length or number of items that can be asked for: what a double holds exactly.
    ///
    /// Source: ours.
    package static let countLimit = 1 << 53

    /// The type of the values it is for.
    package let dataType: TraitDataType
    /// What a string must contain a match of.
    package let pattern: String?
    /// The least length, number or number of items.
    package let minimum: Double?
    /// The greatest length, number or number of items.
    package let maximum: Double?

    /// A rule.
    ///
    /// - Parameters:
    ///   - dataType: the type of the values it is for.
    ///   - pattern: what a string must contain a match of.
    ///   - minimum: the least length, number or number of items.
    ///   - maximum: the greatest length, number or number of items.
    ///   - field: what the caller calls it.
    /// - Throws: `Rejection` when the parts do not fit the type or each other.
    package init(
        _ dataType: TraitDataType,
        pattern: String? = nil,
        minimum: Double? = nil,
        maximum: Double? = nil,
        field: String = "validationRule"
    ) throws(Rejection) {
        guard pattern == nil || dataType == .string else {
            throw Rejection(.controlPlanePayload, "\(field).pattern", "is for STRING only")
        }
        guard (pattern?.unicodeScalars.count ?? 0) <= Self.patternLengthLimit else {
            throw Rejection(
                .controlPlanePayload,
                "\(field).pattern",
                "must be at most \(Self.patternLengthLimit) characters"
            )
        }
        let names = BoundNames(dataType)
        for (name, bound) in [(names.minimum, minimum), (names.maximum, maximum)] {
            guard let bound else { continue }
            guard let range = Self.range(of: name, dataType), range.contains(bound),
                dataType == .number || bound.rounded() == bound
            else {
                throw Rejection(.controlPlanePayload, "\(field).\(name)", "is out of range")
            }
        }
        if let minimum, let maximum, minimum > maximum {
            throw Rejection(
                .controlPlanePayload,
                "\(field).\(names.minimum)",
                "must not be greater than \(names.maximum)"
            )
        }
        self.dataType = dataType
        self.pattern = pattern
        self.minimum = minimum
        self.maximum = maximum
    }

    /// What the bounds of each type are called.
    package struct BoundNames: Sendable {
        /// The name of the least.
        package let minimum: String
        /// The name of the greatest.
        package let maximum: String

        /// The names of a type's bounds.
        ///
        /// - Parameter dataType: the type.
        package init(_ dataType: TraitDataType) {
            (minimum, maximum) =
                switch dataType {
                case .string: ("minLength", "maxLength")
                case .number, .boolean: ("min", "max")
                case .array: ("minItems", "maxItems")
                }
        }
    }

    /// What a bound may be, by its name; nil where the type has none.
    private static func range(of name: String, _ dataType: TraitDataType) -> ClosedRange<Double>? {
        switch dataType {
        case .string: (name == "maxLength" ? 1 : 0)...Double(countLimit)
        case .array: 0...Double(countLimit)
        case .number: -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
        case .boolean: nil
        }
    }

    /// Refuses a value that breaks the rule.
    ///
    /// - Parameters:
    ///   - value: a value of the rule's type.
    ///   - field: what the caller calls it.
    ///   - matches: whether a text contains a match of a pattern.
    /// - Throws: `Rejection` that names the rule; what `matches` throws.
    package func check(
        _ value: TraitValue,
        field: String,
        matches: (_ pattern: String, _ text: String) throws -> Bool
    ) throws {
        let names = BoundNames(dataType)
        if let measure = Self.measure(of: value) {
            if let minimum, measure < minimum {
                throw Rejection(.malformed, field, "breaks its validation rule: \(names.minimum) is \(shown(minimum))")
            }
            if let maximum, measure > maximum {
                throw Rejection(.malformed, field, "breaks its validation rule: \(names.maximum) is \(shown(maximum))")
            }
        }
        if let pattern, case .string(let text) = value, try !matches(pattern, text) {
            throw Rejection(.malformed, field, "breaks its validation rule: it does not match the pattern")
        }
    }

    /// What the bounds are about: a string's length, a number, an array's size.
    private static func measure(of value: TraitValue) -> Double? {
        switch value {
        case .string(let text): Double(text.unicodeScalars.count)
        case .number(let number): number.double
        case .array(let elements): Double(elements.count)
        case .boolean: nil
        }
    }

    private func shown(_ bound: Double) -> String {
        Int(exactly: bound).map(String.init) ?? String(bound)
    }
}
