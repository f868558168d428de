/// A column whose values become values of a trait.
package struct TraitMapping: Sendable, Equatable {
    /// The column that the values come from.
    package let expression: ColumnName
    /// The name of the trait's group.
    package let traitGroup: String
    /// The trait's name.
    package let traitName: TraitName

    /// A mapping.
    ///
    /// - Parameters:
    ///   - expression: the column that the values come from.
    ///   - traitGroup: the name of the trait's group, in any case.
    ///   - traitName: the trait's name.
    package init(expression: ColumnName, traitGroup: String, traitName: TraitName) {
        self.expression = expression
        self.traitGroup = traitGroup
        self.traitName = traitName
    }
}

/// Which columns become which traits: 1 to 100 mappings, no two to the same trait.
package struct TraitMappings: Sendable, Equatable {
    /// How many there may be.
    ///
    /// Source: openapi.yaml.
    package static let count = 1...100
    /// What callers call the list.
    private static let field = "mappingTo.mappings"

    /// The mappings in the order given.
    package let items: [TraitMapping]

    /// Mappings.
    ///
    /// - Parameter items: the mappings.
    /// - Throws: `Rejection` when there are too few or too many, or two name the same trait.
    package init(_ items: [TraitMapping]) throws(Rejection) {
        guard Self.count.contains(items.count) else {
            throw Rejection(
                .controlPlanePayload,
                Self.field,
                "must have \(Self.count.lowerBound) to \(Self.count.upperBound) items"
            )
        }
        var targets: Set<[String]> = []
        for (place, item) in items.enumerated() {
            guard targets.insert([item.traitGroup.lowercased(), item.traitName.folded]).inserted else {
                throw Rejection(
                    .controlPlanePayload,
                    "\(Self.field)[\(place)].traitName",
                    "names the trait \(item.traitName.text), which another mapping names too"
                )
            }
        }
        self.items = items
    }

    /// Refuses mappings from columns that the source does not have.
    ///
    /// - Parameter source: where the values come from; the columns of a dataset are not known here, so any will do.
    /// - Throws: `Rejection` that names the first such mapping.
    func requireColumns(of source: MappingSource) throws(Rejection) {
        guard let columns = source.columns else { return }
        let known = Set(columns.names)
        for (place, item) in items.enumerated() where !known.contains(item.expression) {
            throw Rejection(
                .controlPlanePayload,
                "\(Self.field)[\(place)].expression",
                "must be one of mappingFrom.columns"
            )
        }
    }

    /// The traits that the mappings lead to.
    ///
    /// - Parameter schema: the store's traits.
    /// - Returns: one target for each mapping, in their order.
    /// - Throws: `Rejection` that names the first mapping whose group or trait does not exist.
    package func targets(in schema: TraitSchema) throws(Rejection) -> [MappingTarget] {
        var targets: [MappingTarget] = []
        for (place, item) in items.enumerated() {
            guard let group = schema.group(named: item.traitGroup) else {
                throw Rejection(
                    .controlPlanePayload,
                    "\(Self.field)[\(place)].traitGroup",
                    "the store has no trait group of that name"
                )
            }
            guard let definition = schema.definition(named: item.traitName, in: item.traitGroup) else {
                throw Rejection(
                    .controlPlanePayload,
                    "\(Self.field)[\(place)].traitName",
                    "the trait group \(group.name.text) has no trait \(item.traitName.text)"
                )
            }
            targets.append(MappingTarget(column: item.expression, group: group.name, definition: definition))
        }
        return targets
    }

    /// The same mappings with the names of groups and traits as the store writes them.
    ///
    /// - Parameter schema: the store's traits.
    /// - Returns: the mappings.
    /// - Throws: `Rejection` that names the first mapping whose group or trait does not exist.
    package func resolved(in schema: TraitSchema) throws(Rejection) -> TraitMappings {
        try TraitMappings(
            targets(in: schema).map { target in
                TraitMapping(
                    expression: target.column,
                    traitGroup: target.group.text,
                    traitName: target.definition.name
                )
            }
        )
    }
}

/// A column and the trait that its values become.
package struct MappingTarget: Sendable {
    /// The column.
    package let column: ColumnName
    /// The name of the trait's group.
    package let group: TraitGroupName
    /// The trait.
    package let definition: TraitDefinition
}
