import RecollectEngine
package import RecollectVocabulary

extension TraitDataType: SQLName {}

/// A row of a trait group: the group, and one of its definitions if it has any.
package struct TraitGroupRow: Sendable {
    /// The group, without definitions.
    package let group: TraitGroup
    /// One of its definitions.
    package let definition: TraitDefinition?

    init(from columns: inout Columns) throws(EngineError) {
        group = try Self.group(from: &columns)
        let id: TraitID? = try columns.next()
        if let id {
            definition = try Self.definition(id, from: &columns)
        } else {
            definition = nil
        }
    }

    /// The groups that rows tell of.
    ///
    /// - Parameter rows: rows of a group next to each other.
    /// - Returns: the groups with their definitions, in the order of the rows.
    package static func groups(of rows: [TraitGroupRow]) -> [TraitGroup] {
        var groups: [TraitGroup] = []
        var rest = rows[...]
        while let first = rest.first {
            let own = rest.prefix { $0.group.name == first.group.name }
            groups.append(first.group.with(own.compactMap(\.definition)))
            rest = rest.dropFirst(own.count)
        }
        return groups
    }

    static func group(from columns: inout Columns) throws(EngineError) -> TraitGroup {
        let name: String = try columns.next()
        let description: String? = try columns.next()
        do {
            return TraitGroup(
                name: try TraitGroupName(name),
                description: try description.map { text throws(Rejection) in try TraitDescription(text) },
                version: try columns.next(),
                createdAt: try columns.next(),
                definitions: []
            )
        } catch let error as EngineError {
            throw error
        } catch {
            throw EngineError(.corrupt, "trait group \(name): \(error)")
        }
    }

    static func definition(_ id: TraitID, from columns: inout Columns) throws(EngineError) -> TraitDefinition {
        let name: String = try columns.next()
        let dataType: TraitDataType = try columns.next()
        let description: String? = try columns.next()
        let promotedIDType: IdentifierType? = try columns.next()
        let hasRule: Bool = try columns.next()
        let pattern: String? = try columns.next()
        let minimum: Double? = try columns.next()
        let maximum: Double? = try columns.next()
        do {
            return try TraitDefinition(
                id: id,
                name: try TraitName(name, field: "name"),
                dataType: dataType,
                description: try description.map { text throws(Rejection) in try TraitDescription(text) },
                rule: hasRule
                    ? try ValidationRule(dataType, pattern: pattern, minimum: minimum, maximum: maximum) : nil,
                promotedIDType: promotedIDType,
                field: name
            )
        } catch {
            throw EngineError(.corrupt, "trait \(name): \(error)")
        }
    }
}

extension TraitGroup {
    /// The group with its definitions.
    ///
    /// - Parameter definitions: the definitions in the order in which they were defined.
    /// - Returns: the group.
    package func with(_ definitions: [TraitDefinition]) -> TraitGroup {
        TraitGroup(
            name: name,
            description: description,
            version: version,
            createdAt: createdAt,
            definitions: definitions
        )
    }
}
