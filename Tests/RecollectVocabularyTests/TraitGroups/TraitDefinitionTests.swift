import RecollectVocabulary
import Testing

@Suite struct `Definitions of traits` {
    private func definition(_ dataType: TraitDataType, _ rule: ValidationRule? = nil) throws -> TraitDefinition {
        try TraitDefinition(
            id: TraitID(bits: 1),
            name: TraitName("trait", field: "trait"),
            dataType: dataType,
            rule: rule,
            field: "traits.trait"
        )
    }

    private func refusal(of value: TraitValue, _ definition: TraitDefinition) -> String? {
        do {
            try definition.check(value, field: "value") { pattern, text in text.contains(pattern) }
            return nil
        } catch {
            return (error as? Rejection)?.message ?? "\(error)"
        }
    }

    @Test(arguments: [
        TraitValue.string("a"), .number(.integer(1)), .number(.real(1.5)), .boolean(true), .array([.string("a")]),
    ])
    func `a value has its trait's type`(_ value: TraitValue) throws {
        for dataType in TraitDataType.allCases {
            let refusal = refusal(of: value, try definition(dataType))
            #expect((refusal == nil) == (value.dataType == dataType))
        }
    }

    @Test func `a string has at most 1024 characters, an array at most 100 items`() throws {
        let long = String(repeating: "é", count: 1025)
        #expect(refusal(of: .string(long), try definition(.string)) == "value: must be at most 1024 characters")
        #expect(refusal(of: .string(String(long.dropLast())), try definition(.string)) == nil)
        let many = [TraitScalar](repeating: .boolean(true), count: 101)
        #expect(refusal(of: .array(many), try definition(.array)) == "value: must have at most 100 items")
        let nested = TraitValue.array([.string("x"), .string(long)])
        #expect(refusal(of: nested, try definition(.array)) == "value[1]: must be at most 1024 characters")
    }

    @Test func `a rule bounds length, number or items, and wants its pattern`() throws {
        let text = try definition(.string, ValidationRule(.string, pattern: "x", minimum: 2, maximum: 3))
        #expect(refusal(of: .string("ax"), text) == nil)
        #expect(refusal(of: .string("x"), text) == "value: breaks its validation rule: minLength is 2")
        #expect(refusal(of: .string("axbc"), text) == "value: breaks its validation rule: maxLength is 3")
        #expect(refusal(of: .string("ab"), text) == "value: breaks its validation rule: it does not match the pattern")
        let number = try definition(.number, ValidationRule(.number, minimum: 0.5, maximum: 10))
        #expect(refusal(of: .number(.integer(10)), number) == nil)
        #expect(refusal(of: .number(.real(0.25)), number) == "value: breaks its validation rule: min is 0.5")
        #expect(refusal(of: .number(.integer(11)), number) == "value: breaks its validation rule: max is 10")
        let array = try definition(.array, ValidationRule(.array, maximum: 1))
        #expect(
            refusal(of: .array([.boolean(true), .boolean(true)]), array)
                == "value: breaks its validation rule: maxItems is 1"
        )
    }

    @Test func `the parts of a rule fit its type and each other`() {
        #expect(throws: Rejection.self) { try ValidationRule(.number, pattern: "x") }
        #expect(throws: Rejection.self) { try ValidationRule(.boolean, minimum: 1) }
        #expect(throws: Rejection.self) { try ValidationRule(.string, minimum: 3, maximum: 2) }
        #expect(throws: Rejection.self) { try ValidationRule(.string, maximum: 0) }
        #expect(throws: Rejection.self) { try ValidationRule(.string, minimum: -1) }
        #expect(throws: Rejection.self) { try ValidationRule(.array, minimum: 1.5) }
        #expect(throws: Rejection.self) { try ValidationRule(.number, maximum: .infinity) }
        #expect(throws: Rejection.self) { try ValidationRule(.string, pattern: String(repeating: "x", count: 1001)) }
    }

    @Test func `a rule is for its trait's type, and a BOOLEAN is not promoted`() throws {
        let rule = try ValidationRule(.number)
        #expect(throws: Rejection.self) { try definition(.string, rule) }
        #expect(throws: Rejection.self) {
            try TraitDefinition(
                id: TraitID(bits: 1),
                name: TraitName("member", field: ""),
                dataType: .boolean,
                promotedIDType: IdentifierType("email"),
                field: "traits.member"
            )
        }
    }

    @Test func `a whole number is an integer however it was computed`() {
        #expect(TraitNumber(1.0) == .integer(1))
        #expect(TraitNumber(1.5) == .real(1.5))
        #expect(TraitNumber(1e300) == .real(1e300))
        #expect(TraitNumber(.nan) == nil)
    }
}
