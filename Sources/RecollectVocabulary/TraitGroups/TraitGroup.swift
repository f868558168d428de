/// A named group of traits.
package struct TraitGroup: Sendable, Equatable {
    /// Its name, unique in the store without regard to case.
    package let name: TraitGroupName
    /// What it is for.
    package let description: TraitDescription?
    /// Counts its changes from 1.
    package let version: Int
    /// When it was created.
    package let createdAt: Timestamp
    /// Its traits in the order in which they were defined.
    package let definitions: [TraitDefinition]

    /// A group.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - description: what it is for.
    ///   - version: counts its changes from 1.
    ///   - createdAt: when it was created.
    ///   - definitions: its traits in the order in which they were defined.
    package init(
        name: TraitGroupName,
        description: TraitDescription?,
        version: Int,
        createdAt: Timestamp,
        definitions: [TraitDefinition]
    ) {
        self.name = name
        self.description = description
        self.version = version
        self.createdAt = createdAt
        self.definitions = definitions
    }

    /// Where the group stands in lists.
    package var position: TraitGroupPosition {
        TraitGroupPosition(createdAt: createdAt, foldedName: name.folded)
    }
}

/// The key of lists of trait groups: by creation time, then by name.
package struct TraitGroupPosition: Sendable, Equatable {
    /// When the group was created.
    package let createdAt: Timestamp
    /// The form under which its name is compared.
    package let foldedName: String

    /// A position.
    ///
    /// - Parameters:
    ///   - createdAt: when the group was created.
    ///   - foldedName: the form under which its name is compared.
    package init(createdAt: Timestamp, foldedName: String) {
        self.createdAt = createdAt
        self.foldedName = foldedName
    }

    /// Before every group.
    package static let first = TraitGroupPosition(createdAt: Timestamp(microseconds: .min), foldedName: "")
    /// After every group.
    package static let last = TraitGroupPosition(createdAt: Timestamp(microseconds: .max), foldedName: "")
}

/// How many trait groups and traits there may be.
package enum TraitLimits {
    /// The trait groups of one store, `Contact` included.
    ///
    /// Source: behaviour.md.
    package static let groupsPerStore = 50
    /// The traits of one group.
    ///
    /// Source: behaviour.md.
    package static let traitsPerGroup = 95
}
