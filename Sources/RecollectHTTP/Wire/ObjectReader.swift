package import RecollectVocabulary

// Reads a JSON body into values. Three small readers, each knowing where it stands: an object gives its fields, a field gives
// its value if it has one, a value is read as one type within its limits. Whatever fails names field and rule, as in
// `observations[2].content: must be 1 to 4096 characters`, with the reason that the payload's plane has for it.

/// Reads the fields of a JSON object.
package struct ObjectReader: Sendable {
    /// Where the object stands in the body; empty for the body itself.
    package let path: String
    private let object: JSONObject
    private let reason: Rejection.Reason

    init(_ object: JSONObject, path: String, reason: Rejection.Reason) {
        self.object = object
        self.path = path
        self.reason = reason
    }

    /// A field of the object, whether it is there or not.
    ///
    /// - Parameter name: its name.
    /// - Returns: the field.
    package subscript(_ name: String) -> FieldReader {
        FieldReader(value: object[name].map { ValueReader($0, path: path(of: name), reason: reason) }) {
            Rejection(reason, path(of: name), "is required")
        }
    }

    /// All fields in the order given, null ones included.
    package var fields: [(name: String, value: ValueReader)] {
        object.members.map { ($0.name, ValueReader($0.value, path: path(of: $0.name), reason: reason)) }
    }

    /// How many fields there are, null ones included.
    package var count: Int { object.members.count }

    /// Refuses fields that the schema does not know, for schemas that are closed.
    ///
    /// - Parameter names: the known ones.
    /// - Throws: `Rejection` that names the first unknown field.
    package func allowOnly(_ names: String...) throws(Rejection) {
        for member in object.members where !names.contains(member.name) {
            throw Rejection(
                reason,
                path(of: member.name),
                "is not a known field; known are \(names.joined(separator: ", "))"
            )
        }
    }

    /// Refuses an object with too few or too many fields.
    ///
    /// - Parameter range: how many there may be.
    /// - Throws: `Rejection` when there are fewer or more.
    package func requireCount(_ range: ClosedRange<Int>) throws(Rejection) {
        guard range.contains(count) else { throw refusal("must have \(range.sentence) fields") }
    }

    /// A refusal of the object, for a rule that concerns several fields.
    ///
    /// - Parameter rule: the rule.
    /// - Returns: the refusal to throw.
    package func refusal(_ rule: String) -> Rejection {
        Rejection(reason, path.isEmpty ? "body" : path, rule)
    }

    private func path(of name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }
}

/// A field of a JSON object that may be absent or null.
package struct FieldReader: Sendable {
    private let value: ValueReader?
    private let missing: @Sendable () -> Rejection

    init(value: ValueReader?, missing: @escaping @Sendable () -> Rejection) {
        self.value = value
        self.missing = missing
    }

    /// Whether the field is there, even as null.
    package var isPresent: Bool { value != nil }

    /// Whether the field is there and null.
    package var isNull: Bool { value?.isNull == true }

    /// The value; nil when the field is absent or null, which mean the same.
    package var optional: ValueReader? { isNull ? nil : value }

    /// The value of a field that must have one.
    ///
    /// - Returns: the value.
    /// - Throws: `Rejection` when the field is absent or null.
    package func required() throws(Rejection) -> ValueReader {
        guard let value = optional else { throw missing() }
        return value
    }
}

/// The characters that a string may consist of.
package struct CharacterRule: Sendable {
    /// The rule, worded to follow the field.
    package let sentence: String
    /// Whether a character is allowed.
    package let allows: @Sendable (Unicode.Scalar) -> Bool

    /// A rule.
    ///
    /// - Parameters:
    ///   - sentence: the rule, worded to follow the field.
    ///   - allows: whether a character is allowed.
    package init(_ sentence: String, allows: @escaping @Sendable (Unicode.Scalar) -> Bool) {
        self.sentence = sentence
        self.allows = allows
    }
}

extension ClosedRange<Int> {
    /// The range as it reads between "must have" and what is counted.
    var sentence: String {
        if lowerBound == upperBound { return "exactly \(lowerBound)" }
        if upperBound == .max { return "at least \(lowerBound)" }
        return lowerBound == 0 ? "at most \(upperBound)" : "\(lowerBound) to \(upperBound)"
    }
}
