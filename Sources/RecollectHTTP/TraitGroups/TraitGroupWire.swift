import RecollectVocabulary

/// A trait group with or without its definitions.
struct TraitGroupWire: JSONWritable {
    let group: TraitGroup
    /// The definitions to show; nil leaves them out.
    let traits: [TraitDefinition]?

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("displayName", group.name.text)
            writer.field("description", ifPresent: group.description?.text)
            if let traits {
                writer.object("traits") { writer in
                    for definition in traits {
                        writer.object(definition.name.text) { definition.writeFields(to: &$0) }
                    }
                }
            }
            writer.field("version", group.version)
        }
    }
}

extension TraitDefinition {
    fileprivate func writeFields(to writer: inout JSONWriter) {
        writer.field("dataType", dataType.rawValue)
        writer.field("description", ifPresent: description?.text)
        if let rule {
            writer.object("validationRule") { rule.writeFields(to: &$0) }
        }
        writer.field("idTypePromotion", ifPresent: promotedIDType?.text)
    }
}

extension ValidationRule {
    fileprivate func writeFields(to writer: inout JSONWriter) {
        let names = BoundNames(dataType)
        writer.field("ruleType", dataType.rawValue)
        writer.field("pattern", ifPresent: pattern)
        for (name, bound) in [(names.minimum, minimum), (names.maximum, maximum)] {
            guard let bound else { continue }
            if let whole = Int(exactly: bound) {
                writer.field(name, whole)
            } else {
                writer.field(name, bound)
            }
        }
    }

    fileprivate init(_ value: ValueReader) throws(Rejection) {
        let rule = try value.object()
        let dataType = try rule["ruleType"].required().choice(of: TraitDataType.self)
        let names = BoundNames(dataType)
        switch dataType {
        case .string: try rule.allowOnly("ruleType", "pattern", names.minimum, names.maximum)
        case .number, .array: try rule.allowOnly("ruleType", names.minimum, names.maximum)
        case .boolean: try rule.allowOnly("ruleType")
        }
        try self.init(
            dataType,
            pattern: rule["pattern"].optional?.string(0...Self.patternLengthLimit),
            minimum: Self.bound(rule[names.minimum].optional, dataType),
            maximum: Self.bound(rule[names.maximum].optional, dataType),
            field: value.path
        )
    }

    private static func bound(_ value: ValueReader?, _ dataType: TraitDataType) throws(Rejection) -> Double? {
        guard let value else { return nil }
        let finite = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
        return dataType == .number ? try value.number(finite) : Double(try value.integer(0...countLimit))
    }
}

extension TraitGroupChange {
    /// Reads description and traits of a POST or PATCH.
    init(_ body: ObjectReader) throws(Rejection) {
        let description = try body["description"].optional?.text(TraitDescription.init(_:field:))
        var drafts: [TraitDraft] = []
        if let traits = try body["traits"].optional?.object() {
            try traits.requireCount(0...TraitLimits.traitsPerGroup)
            for (name, value) in traits.fields { drafts.append(try TraitDraft(name, value)) }
        }
        try self.init(description: description, traits: drafts)
    }
}

extension TraitDraft {
    /// The word in place of a type that removes a trait.
    private static let removal = ""

    fileprivate init(_ name: String, _ value: ValueReader) throws(Rejection) {
        let definition = try value.object()
        try definition.allowOnly("dataType", "description", "validationRule", "idTypePromotion")
        let dataType = try definition["dataType"].required()
        var rule: ValidationRule?
        if let given = definition["validationRule"].optional { rule = try ValidationRule(given) }
        try self.init(
            field: value.path,
            name: Self.name(name, field: value.path),
            dataType: dataType.json == .string(Self.removal) ? nil : dataType.choice(of: TraitDataType.self),
            description: definition["description"].optional?.text(TraitDescription.init(_:field:)),
            rule: rule,
            promotion: Self.promotion(definition["idTypePromotion"].optional)
        )
    }

    private static func name(_ text: String, field: String) throws(Rejection) -> TraitName {
        do {
            return try TraitName(text, field: field)
        } catch {
            throw error.replacingMalformed(by: .controlPlanePayload)
        }
    }

    private static func promotion(_ value: ValueReader?) throws(Rejection) -> Promotion? {
        guard let value else { return nil }
        return value.json == .string("") ? Promotion.none : .to(try value.text(IdentifierType.init(_:field:)))
    }
}
