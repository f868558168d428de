/// All trait groups of a store, found by their names as callers write them.
package struct TraitSchema: Sendable {
    /// The groups, oldest first.
    package let groups: [TraitGroup]

    private let groupsByName: [String: Int]
    private let traitsByName: [[String: Int]]
    private let traitsByID: [TraitID: (group: Int, trait: Int)]

    /// The schema of a store.
    ///
    /// - Parameter groups: its groups, oldest first.
    package init(groups: [TraitGroup]) {
        self.groups = groups
        var groupsByName: [String: Int] = [:]
        var traitsByName: [[String: Int]] = []
        var traitsByID: [TraitID: (group: Int, trait: Int)] = [:]
        for (place, group) in groups.enumerated() {
            groupsByName[group.name.folded] = place
            var names: [String: Int] = [:]
            for (trait, definition) in group.definitions.enumerated() {
                names[definition.name.folded] = trait
                traitsByID[definition.id] = (place, trait)
            }
            traitsByName.append(names)
        }
        self.groupsByName = groupsByName
        self.traitsByName = traitsByName
        self.traitsByID = traitsByID
    }

    /// A group by its name.
    ///
    /// - Parameter name: the name in any case.
    /// - Returns: the group; nil when the store has none of that name.
    package func group(named name: String) -> TraitGroup? {
        groupsByName[name.lowercased()].map { groups[$0] }
    }

    /// A trait by the names of its group and itself.
    ///
    /// - Parameters:
    ///   - name: the trait's name.
    ///   - group: the group's name in any case.
    /// - Returns: the definition; nil when the store has none of that name.
    package func definition(named name: TraitName, in group: String) -> TraitDefinition? {
        guard let place = groupsByName[group.lowercased()], let trait = traitsByName[place][name.folded] else {
            return nil
        }
        return groups[place].definitions[trait]
    }

    /// A trait and its group by the trait's id.
    ///
    /// - Parameter id: the trait's id.
    /// - Returns: both; nil when the trait is defined no more.
    package func definition(of id: TraitID) -> (group: TraitGroup, definition: TraitDefinition)? {
        traitsByID[id].map { (groups[$0.group], groups[$0.group].definitions[$0.trait]) }
    }
}
