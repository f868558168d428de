package import RecollectVocabulary

extension Profile: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("id", id)
            writer.field("createdAt", id.createdAt)
            writer.object("traits") { writer in
                for group in groups {
                    writer.object(group.name.text) { writer in
                        for trait in group.traits {
                            writer.field(trait.definition.name.text, trait.value)
                        }
                    }
                }
            }
        }
    }
}

extension ProfileTrait: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("name", definition.name.text)
            writer.field("value", value)
            writer.field("traitGroup", group.text)
            writer.field("timestamp", updatedAt)
        }
    }
}

extension TraitValue: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        switch self {
        case .string(let text): writer.string(text)
        case .number(let number): writer.raw(number.text)
        case .boolean(let flag): flag.write(to: &writer)
        case .array(let elements):
            writer.array(elements) { writer, element in
                switch element {
                case .string(let text): writer.string(text)
                case .number(let number): writer.raw(number.text)
                case .boolean(let flag): flag.write(to: &writer)
                }
            }
        }
    }
}

extension APIRequest {
    /// The most groups and the most traits of a group in a body.
    ///
    /// Source: openapi.yaml, Traits.
    private static let (groupsLimit, traitsLimit) = (50, 99)
    /// The most profiles of a bulk.
    ///
    /// Source: openapi.yaml, ProfilesBulk.
    private static let entriesLimit = 1000

    /// Reads a body with the traits of a profile by group.
    ///
    /// Empty groups are accepted: one client sends them.
    func traitInputs() throws(Rejection) -> [TraitInput] {
        try Self.traitInputs(of: object())
    }

    /// Reads a body with the traits of many profiles.
    ///
    /// An entry that cannot be read is one that cannot be applied.
    func bulkEntries() throws(Rejection) -> [[TraitInput]] {
        var entries: [[TraitInput]] = []
        for entry in try object()["profiles"].required().array(1...Self.entriesLimit) {
            do {
                entries.append(try Self.traitInputs(of: entry.object()))
            } catch {
                throw error.replacingMalformed(by: .bulkEntry)
            }
        }
        return entries
    }

    private static func traitInputs(of body: ObjectReader) throws(Rejection) -> [TraitInput] {
        try body.allowOnly("traits")
        guard let traits = try body["traits"].optional?.object() else { return [] }
        try traits.requireCount(0...groupsLimit)
        var inputs: [TraitInput] = []
        for (group, value) in traits.fields {
            let members = try value.object()
            try members.requireCount(0...traitsLimit)
            for (name, value) in members.fields {
                inputs.append(
                    TraitInput(group: group, name: name, value: try value.traitValue(), field: value.path)
                )
            }
        }
        return inputs
    }
}

extension ValueReader {
    /// Reads the value of a trait; null is nil.
    fileprivate func traitValue() throws(Rejection) -> TraitValue? {
        switch json {
        case .null: return nil
        case .object: throw refusal("must be a string, a number, a boolean, or a flat array of these")
        case .string(let text): return .string(text)
        case .bool(let flag): return .boolean(flag)
        case .number(let number): return .number(try traitNumber(number))
        case .array(let elements):
            var scalars: [TraitScalar] = []
            for element in elements {
                switch element {
                case .string(let text): scalars.append(.string(text))
                case .bool(let flag): scalars.append(.boolean(flag))
                case .number(let number): scalars.append(.number(try traitNumber(number)))
                case .null, .array, .object: throw refusal("must be flat: strings, numbers and booleans")
                }
            }
            return .array(scalars)
        }
    }

    private func traitNumber(_ number: JSONNumber) throws(Rejection) -> TraitNumber {
        if let integer = number.integer { return .integer(integer) }
        guard let number = TraitNumber(number.double) else { throw refusal("must be a finite number") }
        return number
    }
}
