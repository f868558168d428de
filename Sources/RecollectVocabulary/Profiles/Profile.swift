/// A customer as a store knows them.
package struct Profile: Sendable {
    /// A group with the values a profile has in it.
    package struct Group: Sendable {
        /// The group's name.
        package let name: TraitGroupName
        /// The values, in the order in which the traits are defined.
        package let traits: [ProfileTrait]
    }

    /// The profile's id, which carries when it was created.
    package let id: ProfileID
    /// The groups in which it has values, in the order in which they were created.
    package let groups: [Group]

    /// A profile.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - traits: its values, in any order.
    ///   - schema: the store's schema.
    package init(id: ProfileID, traits: [ProfileTrait], schema: TraitSchema) {
        self.id = id
        let traitsByID = Dictionary(traits.map { ($0.definition.id, $0) }, uniquingKeysWith: { first, _ in first })
        groups = schema.groups.compactMap { group in
            let present = group.definitions.compactMap { traitsByID[$0.id] }
            return present.isEmpty ? nil : Group(name: group.name, traits: present)
        }
    }
}

/// A value that a profile has.
package struct ProfileTrait: Sendable {
    /// The trait's group.
    package let group: TraitGroupName
    /// The trait.
    package let definition: TraitDefinition
    /// The value.
    package let value: TraitValue
    /// When it was set.
    package let updatedAt: Timestamp

    /// A value of a trait.
    ///
    /// - Parameters:
    ///   - group: the trait's group.
    ///   - definition: the trait.
    ///   - value: the value.
    ///   - updatedAt: when it was set.
    package init(group: TraitGroupName, definition: TraitDefinition, value: TraitValue, updatedAt: Timestamp) {
        self.group = group
        self.definition = definition
        self.value = value
        self.updatedAt = updatedAt
    }

    /// Its place in the list of a profile's traits.
    package var position: TraitPosition {
        TraitPosition(updatedAt: updatedAt, trait: definition.id)
    }
}

/// The place of a value in the list of a profile's traits: by time, then by trait.
package struct TraitPosition: Sendable, Comparable {
    /// How many traits a page may show.
    ///
    /// Source: openapi.yaml, `maxItems` of the list.
    package static let pageLimit = 100

    /// When the value was set.
    package let updatedAt: Timestamp
    /// The trait.
    package let trait: TraitID

    init(updatedAt: Timestamp, trait: TraitID) {
        self.updatedAt = updatedAt
        self.trait = trait
    }

    /// The place as page tokens carry it.
    package var text: String { "\(updatedAt.microseconds) \(trait)" }

    /// Reads a place from a page token.
    ///
    /// - Parameters:
    ///   - text: the place.
    ///   - field: what the caller calls it.
    /// - Throws: `Rejection` when it is none.
    package init(_ text: String, field: String) throws(Rejection) {
        let words = text.split(separator: " ")
        guard words.count == 2, let microseconds = Int64(words[0]) else {
            throw Rejection(.malformed, field, "is no page of this list")
        }
        updatedAt = Timestamp(microseconds: microseconds)
        trait = try TraitID(String(words[1]), field: field)
    }

    package static func < (left: TraitPosition, right: TraitPosition) -> Bool {
        (left.updatedAt, left.trait) < (right.updatedAt, right.trait)
    }
}
