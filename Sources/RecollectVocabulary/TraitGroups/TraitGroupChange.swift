/// What a caller says of one trait of a group.
package struct TraitDraft: Sendable, Equatable {
    /// What the caller calls it, such as `traits.firstName`.
    package let field: String
    /// The trait's name.
    package let name: TraitName
    /// Its type; nil removes the trait.
    package let dataType: TraitDataType?
    /// What it is for; nil leaves as it is.
    package let description: TraitDescription?
    /// What its values must fulfil; nil leaves as it is.
    package let rule: ValidationRule?
    /// Whether its value becomes an identifier; nil leaves as it is.
    package let promotion: Promotion?

    /// Whether a trait's value becomes an identifier, and of which type.
    package enum Promotion: Sendable, Equatable {
        case none
        case to(IdentifierType)

        /// The type; nil for none.
        package var idType: IdentifierType? {
            if case .to(let idType) = self { idType } else { nil }
        }
    }

    /// What a caller says of a trait.
    ///
    /// - Parameters:
    ///   - field: what the caller calls it.
    ///   - name: the trait's name.
    ///   - dataType: its type; nil removes the trait.
    ///   - description: what it is for.
    ///   - rule: what its values must fulfil.
    ///   - promotion: whether its value becomes an identifier.
    package init(
        field: String,
        name: TraitName,
        dataType: TraitDataType?,
        description: TraitDescription? = nil,
        rule: ValidationRule? = nil,
        promotion: Promotion? = nil
    ) {
        self.field = field
        self.name = name
        self.dataType = dataType
        self.description = description
        self.rule = rule
        self.promotion = promotion
    }

    /// The definition of a trait that did not exist.
    ///
    /// - Parameter id: the id drawn for it.
    /// - Returns: the definition; nil when the draft removes.
    /// - Throws: `Rejection` when its parts do not fit each other.
    func definition(as id: TraitID) throws(Rejection) -> TraitDefinition? {
        guard let dataType else { return nil }
        return try TraitDefinition(
            id: id,
            name: name,
            dataType: dataType,
            description: description,
            rule: rule,
            promotedIDType: promotion?.idType,
            field: field
        )
    }

    /// The definition of a trait after the change; nil when the draft removes it.
    ///
    /// A rule or promotion that is not given stays, unless the new type cannot have it.
    func definition(changing current: TraitDefinition) throws(Rejection) -> TraitDefinition? {
        guard let dataType else { return nil }
        let keptRule = dataType == current.dataType ? current.rule : nil
        let keptPromotion = dataType.canIdentify ? current.promotedIDType : nil
        return try TraitDefinition(
            id: current.id,
            name: current.name,
            dataType: dataType,
            description: description ?? current.description,
            rule: rule ?? keptRule,
            promotedIDType: promotion.map(\.idType) ?? keptPromotion,
            field: field
        )
    }
}

/// What a PATCH of a trait group changes; nil leaves as it is, and so do traits that are not named.
package struct TraitGroupChange: Sendable, Equatable {
    /// What the group is for.
    package let description: TraitDescription?
    /// The traits to define, change or remove.
    package let traits: [TraitDraft]

    /// A change.
    ///
    /// - Parameters:
    ///   - description: what the group is for.
    ///   - traits: the traits to define, change or remove.
    /// - Throws: `Rejection` when two drafts name the same trait.
    package init(description: TraitDescription?, traits: [TraitDraft]) throws(Rejection) {
        var names: Set<String> = []
        for draft in traits {
            guard names.insert(draft.name.folded).inserted else {
                throw Rejection(
                    .controlPlanePayload,
                    draft.field,
                    "names the trait \(draft.name.text), which another field names too"
                )
            }
        }
        self.description = description
        self.traits = traits
    }
}

/// What a change makes of a trait group.
package struct TraitGroupRevision: Sendable {
    /// The group after the change, its version one higher if anything differs.
    package let group: TraitGroup
    /// The definitions that are new or different.
    package let put: [TraitDefinition]
    /// The definitions that are gone.
    package let removed: [TraitDefinition]
    /// Those of `put` whose type changes, with what the caller calls them: only traits without values may.
    package let retyped: [(definition: TraitDefinition, field: String)]
}

extension TraitGroup {
    /// The group after a change.
    ///
    /// Removing a trait that does not exist changes nothing.
    ///
    /// - Parameters:
    ///   - change: what to change.
    ///   - ids: ids for traits that are new, as many as the change has traits.
    /// - Returns: the group and what differs.
    /// - Throws: `Rejection` when the change would alter a built-in trait, exceed the limit of traits, or leave a
    ///   definition whose parts do not fit each other.
    package func applying(_ change: TraitGroupChange, drawing ids: [TraitID]) throws(Rejection) -> TraitGroupRevision {
        precondition(ids.count >= change.traits.count, "every new trait needs an id")
        var definitions = definitions
        var put: [TraitDefinition] = []
        var removed: [TraitDefinition] = []
        var retyped: [(definition: TraitDefinition, field: String)] = []
        for (draft, id) in zip(change.traits, ids) {
            guard let place = definitions.firstIndex(where: { $0.name.folded == draft.name.folded }) else {
                guard let definition = try draft.definition(as: id) else { continue }
                definitions.append(definition)
                put.append(definition)
                continue
            }
            let current = definitions[place]
            let changed = try draft.definition(changing: current)
            guard changed != current else { continue }
            guard !DefaultSchema.isBuiltIn(current.name, in: name) else {
                throw Rejection(.builtIn, draft.field, "the trait \(current.name.text) is built in and stays as it is")
            }
            guard let changed else {
                removed.append(definitions.remove(at: place))
                continue
            }
            definitions[place] = changed
            put.append(changed)
            if changed.dataType != current.dataType { retyped.append((changed, draft.field)) }
        }
        guard definitions.count <= TraitLimits.traitsPerGroup else {
            throw Rejection(.traitLimit, "traits", "a group has at most \(TraitLimits.traitsPerGroup) traits")
        }
        let text = change.description ?? description
        let isChanged = !put.isEmpty || !removed.isEmpty || text != description
        let group = TraitGroup(
            name: name,
            description: text,
            version: isChanged ? version + 1 : version,
            createdAt: createdAt,
            definitions: definitions
        )
        return TraitGroupRevision(group: group, put: put, removed: removed, retyped: retyped)
    }
}
