/// What a request says of one trait of a profile, as it was written.
package struct TraitInput: Sendable {
    /// The group's name.
    package let group: String
    /// The trait's name.
    package let name: String
    /// The value; nil removes it.
    package let value: TraitValue?
    /// What the caller calls it, such as `traits.Contact.phone`.
    package let field: String

    /// An input.
    ///
    /// - Parameters:
    ///   - group: the group's name.
    ///   - name: the trait's name.
    ///   - value: the value; nil removes it.
    ///   - field: what the caller calls it.
    package init(group: String, name: String, value: TraitValue?, field: String) {
        self.group = group
        self.name = name
        self.value = value
        self.field = field
    }
}

/// A value for a trait that the store defines, or its removal.
package struct TraitAssignment: Sendable {
    /// The trait.
    package let definition: TraitDefinition
    /// The value, which fulfils the definition; nil removes it.
    package let value: TraitValue?
    /// What the caller calls it.
    package let field: String
}

extension TraitSchema {
    /// The assignments that inputs make.
    ///
    /// Of two for one trait, the later counts.
    ///
    /// - Parameters:
    /// - inputs: what a request says.
    /// - matches: whether a text contains a match of a pattern.
    /// - Returns: one assignment a trait.
    /// - Throws: `Rejection` when a trait is not declared, or a value has another type or breaks its rule.
    package func assignments(
        of inputs: [TraitInput],
        matches: (_ pattern: String, _ text: String) throws -> Bool
    ) throws -> [TraitAssignment] {
        var assignments: [TraitID: TraitAssignment] = [:]
        for input in inputs {
            guard group(named: input.group) != nil else {
                throw Rejection(.malformed, input.field, "the store has no trait group \(input.group)")
            }
            let name = try TraitName(input.name, field: input.field)
            guard let definition = definition(named: name, in: input.group) else {
                throw Rejection(.malformed, input.field, "the trait group has no trait \(name.text)")
            }
            assignments[definition.id] = try definition.assignment(
                of: input.value,
                field: input.field,
                matches: matches
            )
        }
        return assignments.values.sorted { $0.definition.id < $1.definition.id }
    }
}

extension TraitDefinition {
    /// The assignment of a value, or of none, to the trait.
    ///
    /// - Parameters:
    ///   - value: the value; nil removes.
    ///   - field: what the caller calls it.
    ///   - matches: whether a text contains a match of a pattern.
    /// - Returns: the assignment.
    /// - Throws: `Rejection` when the value has another type or breaks the trait's rule.
    package func assignment(
        of value: TraitValue?,
        field: String,
        matches: (_ pattern: String, _ text: String) throws -> Bool
    ) throws -> TraitAssignment {
        if let value {
            guard value.dataType == dataType else {
                throw Rejection(.malformed, field, "must be a \(dataType.rawValue)")
            }
            try value.requireLimits(field: field)
            try rule?.check(value, field: field, matches: matches)
        }
        return TraitAssignment(definition: self, value: value, field: field)
    }
}

extension TraitValue {
    /// The texts that the value is as an identifier: its own, or its elements'.
    ///
    /// An empty text identifies nobody.
    package var identifierTexts: [String] {
        let texts: [String] =
            switch self {
            case .string(let text): [text]
            case .number(let number): [number.text]
            case .boolean: []
            case .array(let elements): elements.compactMap(\.identifierText)
            }
        return texts.filter { !$0.isEmpty }
    }
}

extension TraitScalar {
    fileprivate var identifierText: String? {
        switch self {
        case .string(let text): text
        case .number(let number): number.text
        case .boolean: nil
        }
    }
}

extension TraitNumber {
    /// The number in digits.
    package var text: String {
        switch self {
        case .integer(let value): String(value)
        case .real(let value): String(value)
        }
    }
}
