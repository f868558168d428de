import HTTPTypes
package import RecollectDomain
package import RecollectVocabulary

/// Every operation of the contract.
package enum APIRoutes {
    /// The routes on the domain.
    ///
    /// - Parameters:
    ///   - memory: the domain.
    ///   - clock: where the time comes from.
    /// - Returns: the routes, one for each of the contract's operations.
    package static func routes(on memory: Memory, clock: any WallClock) -> [Route] {
        StoresRoutes(memory.stores).routes
            + TraitGroupsRoutes(memory.traitGroups).routes
            + DataMappingsRoutes(memory.dataMappings).routes
            + IdentityResolutionRoutes(memory.identityResolution).routes
            + OperationsRoutes(memory.operations).routes
            + ProfilesRoutes(memory.profiles).routes
            + IdentifiersRoutes(memory.identifiers).routes
            + MergesRoutes(memory.merges).routes
            + ObservationsRoutes(memory.observations, clock: clock).routes
            + SummariesRoutes(memory.summaries).routes
            + RecallRoutes(memory.recall).routes
            + notBuilt
    }

    /// The operations that later versions bring.
    private static var notBuilt: [Route] {
        let profiles = "/v1/Stores/{storeId}/Profiles"
        return Route.notBuilt([.get, .post], "\(profiles)/Imports")
            + Route.notBuilt([.get], "\(profiles)/Imports/{importId}")
    }
}
