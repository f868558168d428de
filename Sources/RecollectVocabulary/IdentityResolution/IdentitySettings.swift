/// Which identifiers a store knows and which of them tell that two profiles are one.
package struct IdentitySettings: Sendable, Equatable {
    /// How many identifier types, and how many rules, there may be.
    ///
    /// Source: openapi.yaml.
    package static let countRange = 1...15

    /// The identifier types, in the order given.
    package let configs: [IdentifierConfig]
    /// The types that match profiles, the weightiest first; the other types are stored but never match.
    package let matchingRules: [IdentifierType]
    /// Counts the changes from 1.
    package let version: Int

    /// Settings.
    ///
    /// - Parameters:
    ///   - configs: the identifier types.
    ///   - matchingRules: the types that match profiles, the weightiest first.
    ///   - version: counts the changes from 1.
    /// - Throws: `Rejection` of reason `.identitySettingsInvalid` when a type is given twice, or a rule names no type
    ///   or one that an earlier rule names.
    package init(
        configs: [IdentifierConfig],
        matchingRules: [IdentifierType],
        version: Int = 1
    ) throws(Rejection) {
        try Self.requireCount(configs.count, "identifierConfigs")
        try Self.requireCount(matchingRules.count, "matchingRules")
        var known: Set<IdentifierType> = []
        for (place, config) in configs.enumerated() {
            guard known.insert(config.idType).inserted else {
                throw Rejection(
                    .identitySettingsInvalid,
                    "identifierConfigs[\(place)].idType",
                    "\(config.idType.text) is configured twice"
                )
            }
        }
        var ruled: Set<IdentifierType> = []
        for (place, rule) in matchingRules.enumerated() {
            guard known.contains(rule) else {
                throw Rejection(
                    .identitySettingsInvalid,
                    "matchingRules[\(place)]",
                    "\(rule.text) is no idType of identifierConfigs"
                )
            }
            guard ruled.insert(rule).inserted else {
                throw Rejection(.identitySettingsInvalid, "matchingRules[\(place)]", "\(rule.text) is named twice")
            }
        }
        self.init(known: configs, matchingRules: matchingRules, version: version)
    }

    /// Settings that are known to be valid.
    init(known configs: [IdentifierConfig], matchingRules: [IdentifierType], version: Int) {
        self.configs = configs
        self.matchingRules = matchingRules
        self.version = version
    }

    /// The configuration of a type.
    ///
    /// - Parameter type: the type.
    /// - Returns: its configuration; nil when the store does not know the type.
    package func config(of type: IdentifierType) -> IdentifierConfig? {
        configs.first { $0.idType == type }
    }

    /// These settings in place of others.
    ///
    /// - Parameter current: the settings to replace.
    /// - Returns: the settings, one version later if they differ from the current ones.
    package func replacing(_ current: IdentitySettings) -> IdentitySettings {
        guard configs != current.configs || matchingRules != current.matchingRules else { return current }
        return IdentitySettings(known: configs, matchingRules: matchingRules, version: current.version + 1)
    }

    private static func requireCount(_ count: Int, _ field: String) throws(Rejection) {
        guard countRange.contains(count) else {
            throw Rejection(
                .identitySettingsInvalid,
                field,
                "must have \(countRange.lowerBound) to \(countRange.upperBound) items"
            )
        }
    }
}
