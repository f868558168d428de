import RecollectEngine
import RecollectSQL
import RecollectVocabulary

/// Removes what a deleted store has left behind: its imports, its profiles with all they hold, then its schema, mappings and
/// settings.
struct StorePurgeJob: Job {
    static let kind = "purge store"

    let store: StoreID
    let operation: OperationID

    var payload: String { "\(store) \(operation)" }

    init(store: StoreID, operation: OperationID) {
        self.store = store
        self.operation = operation
    }

    init?(payload: String) {
        let words = payload.split(separator: " ")
        guard words.count == 2,
            let store = try? StoreID(String(words[0]), field: "store"),
            let operation = try? OperationID(String(words[1]), field: "operation")
        else { return nil }
        self.init(store: store, operation: operation)
    }

    func step(on connection: any Connection, in surroundings: JobSurroundings) throws -> JobStep {
        if let file = try connection.first(ImportQueries.firstOfStore, store) {
            if try connection.run(ImportChunkQueries.deleteSome, file) == 0 {
                try connection.run(ImportQueries.deleteErrors, file)
                try connection.run(ImportQueries.delete, file)
            }
            return JobStep()
        }
        guard let profile = try connection.first(ProfileQueries.firstOfStore, store) else {
            try connection.run(DataMappingSuggestionQueries.deleteOfStore, store)
            try connection.deleteSyncs(of: store, at: surroundings.now)
            try connection.run(DataMappingQueries.deleteLinksOfStore, store)
            try connection.run(DataMappingQueries.deleteOfStore, store)
            try connection.run(TraitGroupQueries.deleteDefinitionsOfStore, store)
            try connection.run(TraitGroupQueries.deleteGroupsOfStore, store)
            try connection.run(IdentityResolutionQueries.deleteConfigsOfStore, store)
            try connection.run(IdentityResolutionQueries.deleteBlockedOfStore, store)
            try connection.run(IdentityResolutionQueries.deleteSettingsOfStore, store)
            try connection.run(OperationQueries.complete, operation, .completed, surroundings.now, nil)
            return JobStep(isDone: true)
        }
        try connection.forgetIdentity(of: profile, in: store)
        if try ProfileErasure.step(on: profile, connection) {
            try connection.run(ProfileQueries.delete, profile)
        }
        return JobStep()
    }
}
