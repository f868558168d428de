import RecollectEngine
import RecollectSQL
package import RecollectVocabulary

/// Identity resolution settings: fetch and replace.
package struct IdentityResolution: Sendable {
    let transactions: Transactions
    let clock: any WallClock
    let ids: any IDSource

    /// The settings of a store.
    ///
    /// - Parameters:
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the settings.
    /// - Throws: `Rejection` when there is no such store.
    package func settings(of store: StoreID, in scope: AccountScope) async throws -> IdentitySettings {
        try await transactions.read(.snapshot, for: scope) { connection in
            try connection.identitySettings(of: try connection.resolve(store, in: scope))
        }
    }

    /// Replaces the settings of a store.
    ///
    /// The same settings again are accepted and leave the version. Identifiers that are stored stay as they are. Those of a
    /// type that is matched by similarity from now on are made findable so at once, which costs what the store holds.
    ///
    /// - Parameters:
    ///   - settings: the new settings, of any version.
    ///   - expected: the versions that the caller accepts to replace; nil for any.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the operation, whose resource is the store's id.
    /// - Throws: `Rejection` when there is no such store, the version is another, or a type is left out that a trait is
    ///   promoted to.
    package func replace(
        with settings: IdentitySettings,
        expecting expected: ExpectedVersion?,
        of store: StoreID,
        in scope: AccountScope
    ) async throws -> OperationID {
        let operation: OperationID = ids.next(at: clock.now())
        return try await transactions.write(scope) { connection in
            let key = try connection.resolve(store, in: scope, locking: .schemaChanges)
            let current = try connection.identitySettings(of: key)
            try expected.require(current.version)
            let changed = settings.replacing(current)
            if changed != current {
                for promotion in try connection.all(TraitGroupQueries.promotions, key)
                where changed.config(of: promotion.idType) == nil {
                    throw Rejection(
                        .identitySettingsInvalid,
                        "identifierConfigs",
                        """
                        the trait \(promotion.group).\(promotion.trait) is promoted to \(promotion.idType.text), \
                        which must stay configured
                        """
                    )
                }
                try connection.run(IdentityResolutionQueries.deleteConfigs, key)
                try connection.insertConfigs(of: changed, into: key.id)
                try connection.indexFuzzyTypes(of: changed, replacing: current, in: key)
                try connection.run(IdentityResolutionQueries.setVersion, key, changed.version)
            }
            try connection.recordCompleted(operation, resource: "\(store)", in: scope)
            return operation
        }
    }
}

extension Connection {
    /// The settings of a store, in one query.
    func identitySettings(of store: StoreKey) throws(EngineError) -> IdentitySettings {
        try identity(of: store).rules.settings
    }

    /// Inserts the settings of a new store.
    func insert(_ settings: IdentitySettings, into store: StoreID) throws(EngineError) {
        try run(IdentityResolutionQueries.insertSettings, store, settings.version)
        try insertConfigs(of: settings, into: store)
    }

    /// Makes what is stored of the types that were not matched by similarity before findable so.
    fileprivate func indexFuzzyTypes(
        of settings: IdentitySettings,
        replacing current: IdentitySettings,
        in store: StoreKey
    ) throws(EngineError) {
        for config in settings.configs where config.matchingAlgorithm == .fuzzy {
            guard current.config(of: config.idType)?.matchingAlgorithm != .fuzzy else { continue }
            let typeKey = KeyedIdentifier.typeKey(of: config.idType.text, in: store.id)
            try run(FuzzyIdentifierQueries.addAll, typeKey, store, config.idType)
        }
    }

    fileprivate func insertConfigs(of settings: IdentitySettings, into store: StoreID) throws(EngineError) {
        try insert(
            IdentityResolutionQueries.insertConfigs,
            settings.configs.enumerated().map { position, config in
                (
                    store,
                    config.idType,
                    position,
                    settings.matchingRules.firstIndex(of: config.idType),
                    config.matchingAlgorithm,
                    config.matchingThreshold,
                    config.limit,
                    config.limitPolicy,
                    config.enforceUnique,
                    config.normalization
                )
            }
        )
    }
}
