/// What a trait is: its name, type, rule, and which identifier its value becomes.
package struct TraitDefinition: Sendable, Equatable {
    /// The id under which values are stored, drawn when the trait is defined.
    package let id: TraitID
    /// Its name.
    package let name: TraitName
    /// What kind of value it holds.
    package let dataType: TraitDataType
    /// What it is for.
    package let description: TraitDescription?
    /// What its values must fulfil.
    package let rule: ValidationRule?
    /// The identifier type that its value is promoted to.
    package let promotedIDType: IdentifierType?

    /// A definition.
    ///
    /// - Parameters:
    ///   - id: the id under which values are stored.
    ///   - name: its name.
    ///   - dataType: what kind of value it holds.
    ///   - description: what it is for.
    ///   - rule: what its values must fulfil.
    ///   - promotedIDType: the identifier type that its value is promoted to.
    ///   - field: what the caller calls it.
    /// - Throws: `Rejection` when the rule is for another type, or the trait is promoted and its type cannot identify.
    package init(
        id: TraitID,
        name: TraitName,
        dataType: TraitDataType,
        description: TraitDescription? = nil,
        rule: ValidationRule? = nil,
        promotedIDType: IdentifierType? = nil,
        field: String
    ) throws(Rejection) {
        guard rule == nil || rule?.dataType == dataType else {
            throw Rejection(.controlPlanePayload, "\(field).validationRule.ruleType", "must equal dataType")
        }
        guard promotedIDType == nil || dataType.canIdentify else {
            throw Rejection(.controlPlanePayload, "\(field).idTypePromotion", "a BOOLEAN cannot be promoted")
        }
        self.id = id
        self.name = name
        self.dataType = dataType
        self.description = description
        self.rule = rule
        self.promotedIDType = promotedIDType
    }

    /// A definition that is written in this program.
    init(id: TraitID, known name: TraitName, promotedIDType: IdentifierType?) {
        self.id = id
        self.name = name
        dataType = .string
        description = nil
        rule = nil
        self.promotedIDType = promotedIDType
    }

    /// Refuses a value that is not of this trait.
    ///
    /// - Parameters:
    ///   - value: the value.
    ///   - field: what the caller calls it.
    ///   - matches: whether a text contains a match of a pattern.
    /// - Throws: `Rejection` of reason `.malformed` that names type, limit or rule; what `matches` throws.
    package func check(
        _ value: TraitValue,
        field: String,
        matches: (_ pattern: String, _ text: String) throws -> Bool
    ) throws {
        guard value.dataType == dataType else {
            throw Rejection(.malformed, field, "must be a \(dataType.rawValue), not a \(value.dataType.rawValue)")
        }
        try value.requireLimits(field: field)
        try rule?.check(value, field: field, matches: matches)
    }
}
