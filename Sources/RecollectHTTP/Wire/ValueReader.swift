package import RecollectVocabulary

/// Reads one JSON value as one type within its limits.
package struct ValueReader: Sendable {
    /// Where the value stands in the body.
    package let path: String
    /// The value as it was written.
    package let json: JSONValue
    private let reason: Rejection.Reason

    init(_ json: JSONValue, path: String, reason: Rejection.Reason) {
        self.json = json
        self.path = path
        self.reason = reason
    }

    /// Whether the value is null.
    package var isNull: Bool { json == .null }

    /// Reads a string.
    ///
    /// - Parameters:
    ///   - length: how many characters it may have, counted as Unicode scalars like JSON Schema does.
    ///   - characters: what it may consist of.
    /// - Returns: the string.
    /// - Throws: `Rejection` that names the field and the rule broken.
    package func string(
        _ length: ClosedRange<Int> = 0 ... .max,
        _ characters: CharacterRule? = nil
    ) throws(Rejection) -> String {
        guard case .string(let text) = json else { throw wrongType("a string") }
        guard length.contains(text.unicodeScalars.count) else {
            throw refusal("must be \(length.sentence) characters")
        }
        if let characters, !text.unicodeScalars.allSatisfy(characters.allows) { throw refusal(characters.sentence) }
        return text
    }

    /// Reads a string by the rules of the type it becomes.
    ///
    /// - Parameter read: makes the value of the string and the field's name, such as `StoreID.init(_:field:)`.
    /// - Returns: the value.
    /// - Throws: what `read` throws, with the payload's reason in place of a plain `.malformed`.
    package func text<Value>(
        _ read: (_ text: String, _ field: String) throws(Rejection) -> Value
    ) throws(Rejection) -> Value {
        let text = try string()
        do {
            return try read(text, path)
        } catch {
            throw error.replacingMalformed(by: reason)
        }
    }

    /// Reads a date and time of RFC 3339.
    ///
    /// - Returns: the moment.
    /// - Throws: `Rejection` when it is none.
    package func timestamp() throws(Rejection) -> Timestamp {
        try text(Timestamp.init(rfc3339:field:))
    }

    /// Reads one of the words that a type knows.
    ///
    /// - Parameter type: the type.
    /// - Returns: its case.
    /// - Throws: `Rejection` that lists the words.
    package func choice<Choice: RawRepresentable<String> & CaseIterable>(
        of type: Choice.Type = Choice.self
    ) throws(Rejection) -> Choice {
        guard case .string(let text) = json, let choice = Choice(rawValue: text) else {
            throw refusal("must be one of \(type.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// Reads an integer; 1.0 and 1e0 are 1.
    ///
    /// - Parameter range: what it may be.
    /// - Returns: the integer.
    /// - Throws: `Rejection` that names the range.
    package func integer(_ range: ClosedRange<Int>) throws(Rejection) -> Int {
        guard case .number(let number) = json else { throw wrongType("an integer") }
        guard let integer = number.integer.flatMap(Int.init(exactly:)), range.contains(integer) else {
            throw refusal("must be an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return integer
    }

    /// Reads a number.
    ///
    /// - Parameter range: what it may be.
    /// - Returns: the nearest double.
    /// - Throws: `Rejection` that names the range.
    package func number(_ range: ClosedRange<Double>) throws(Rejection) -> Double {
        guard case .number(let number) = json else { throw wrongType("a number") }
        guard range.contains(number.double) else {
            throw refusal("must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number.double
    }

    /// Reads a boolean.
    ///
    /// - Returns: the boolean.
    /// - Throws: `Rejection` when it is none.
    package func bool() throws(Rejection) -> Bool {
        guard case .bool(let value) = json else { throw wrongType("true or false") }
        return value
    }

    /// Reads an object.
    ///
    /// - Returns: a reader of its fields.
    /// - Throws: `Rejection` when it is none.
    package func object() throws(Rejection) -> ObjectReader {
        guard case .object(let object) = json else { throw wrongType("an object") }
        return ObjectReader(object, path: path, reason: reason)
    }

    /// Reads an array.
    ///
    /// - Parameter count: how many elements it may have.
    /// - Returns: its elements, null ones included.
    /// - Throws: `Rejection` when it is none, or has fewer or more elements.
    package func array(_ count: ClosedRange<Int> = 0 ... .max) throws(Rejection) -> [ValueReader] {
        guard case .array(let elements) = json else { throw wrongType("an array") }
        guard count.contains(elements.count) else { throw refusal("must have \(count.sentence) items") }
        return elements.enumerated().map { ValueReader($0.element, path: "\(path)[\($0.offset)]", reason: reason) }
    }

    /// Reads an object whose values are strings.
    ///
    /// - Parameters:
    ///   - count: how many fields it may have.
    ///   - length: how many characters each value may have.
    /// - Returns: the strings by name.
    /// - Throws: `Rejection` that names the field and the rule broken.
    package func stringMap(
        _ count: ClosedRange<Int> = 0 ... .max,
        length: ClosedRange<Int> = 0 ... .max
    ) throws(Rejection) -> [String: String] {
        let object = try object()
        try object.requireCount(count)
        var map: [String: String] = [:]
        for (name, value) in object.fields { map[name] = try value.string(length) }
        return map
    }

    /// A refusal of this value.
    ///
    /// - Parameter rule: the rule it breaks, worded to follow the field.
    /// - Returns: the refusal to throw.
    package func refusal(_ rule: String) -> Rejection {
        Rejection(reason, path.isEmpty ? "body" : path, rule)
    }

    private func wrongType(_ wanted: String) -> Rejection {
        refusal("must be \(wanted), not \(json.kind)")
    }
}
