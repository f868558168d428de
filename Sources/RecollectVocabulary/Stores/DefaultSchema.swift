/// What a new store begins with: the trait group `Contact` and settings for the identifiers in it.
///
/// Source: behaviour.md.
package struct DefaultSchema: Sendable {
    /// The traits of `Contact` and the identifier types that some are promoted to.
    private static let contactTraits: [(name: String, promotedIDType: String?)] = [
        ("email", "email"), ("phone", "phone"), ("whatsapp", "whatsapp"), ("chat", "chat"),
        ("firstName", nil), ("lastName", nil), ("street", nil), ("city", nil), ("state", nil), ("postalCode", nil),
        ("country", nil), ("preferredLanguage", nil),
    ]

    private static let contactName = TraitGroupName(known: "Contact")
    private static let builtInTraits = Set(contactTraits.map { TraitName(known: $0.name).folded })

    /// The settings of a new store.
    package static let settings: IdentitySettings = {
        let configs = [
            IdentifierConfig(known: "email", normalization: .email),
            IdentifierConfig(known: "whatsapp", normalization: .trim),
            IdentifierConfig(known: "phone", normalization: .phone),
            IdentifierConfig(known: "chat", normalization: .trim),
        ]
        return IdentitySettings(known: configs, matchingRules: configs.map(\.idType), version: 1)
    }()

    /// The group `Contact`.
    package let contact: TraitGroup

    /// What a store created now begins with.
    ///
    /// - Parameters:
    ///   - ids: where the ids of its traits come from.
    ///   - now: when the store is created.
    package init(drawnFrom ids: some IDSource, at now: Timestamp) {
        let traitIDs: [TraitID] = ids.next(Self.contactTraits.count, at: now)
        contact = TraitGroup(
            name: Self.contactName,
            description: nil,
            version: 1,
            createdAt: now,
            definitions: zip(traitIDs, Self.contactTraits).map { id, trait in
                TraitDefinition(
                    id: id,
                    known: TraitName(known: trait.name),
                    promotedIDType: trait.promotedIDType.map(IdentifierType.init(known:))
                )
            }
        )
    }

    /// Whether a group is built in.
    ///
    /// - Parameter group: its name.
    /// - Returns: true for `Contact`.
    package static func isBuiltIn(_ group: TraitGroupName) -> Bool {
        group.folded == contactName.folded
    }

    /// Whether a trait is built in.
    ///
    /// - Parameters:
    ///   - trait: its name.
    ///   - group: the name of its group.
    /// - Returns: true for the traits that `Contact` begins with.
    package static func isBuiltIn(_ trait: TraitName, in group: TraitGroupName) -> Bool {
        isBuiltIn(group) && builtInTraits.contains(trait.folded)
    }
}
