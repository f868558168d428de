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
    ///   - uploadKey: the key that the URLs of uploads are signed with, the same on every server of an installation.
    /// - Returns: the routes, one for each of the contract's operations.
    package static func routes(on memory: Memory, clock: any WallClock, uploadKey: [UInt8]) -> [Route] {
        StoresRoutes(memory.stores).routes
            + TraitGroupsRoutes(memory.traitGroups).routes
            + DataMappingsRoutes(memory.dataMappings).routes
            + IdentityResolutionRoutes(memory.identityResolution).routes
            + OperationsRoutes(memory.operations).routes
            + ProfilesRoutes(memory.profiles).routes
            + IdentifiersRoutes(memory.identifiers).routes
            + ImportsRoutes(memory.imports, clock: clock, uploadKey: uploadKey).routes
            + MergesRoutes(memory.merges).routes
            + ObservationsRoutes(memory.observations, clock: clock).routes
            + SummariesRoutes(memory.summaries).routes
            + RecallRoutes(memory.recall).routes
    }
}
