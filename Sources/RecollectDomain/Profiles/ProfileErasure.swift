import RecollectEngine
import RecollectSQL
import RecollectVocabulary

/// Removes what a profile holds, in steps short enough not to keep other writers waiting.
enum ProfileErasure {
    /// Removes a bounded number of rows of a profile whose identity is forgotten.
    ///
    /// - Returns: whether nothing is left.
    static func step(on profile: ProfileID, _ connection: any Connection) throws -> Bool {
        var removed = 0
        for command in ProfileErasureQueries.all {
            removed += try connection.run(command, profile)
        }
        return removed == 0
    }
}

extension Connection {
    /// Makes a profile findable by nothing any more, and removes what it is known by.
    ///
    /// Its identifiers stand under their own keys, of which its own list of them tells: so this comes before that goes.
    func forgetIdentity(of profile: ProfileID, in store: StoreID) throws(EngineError) {
        let held = try all(IdentifierQueries.heldBy, in: [profile])
        for value in held {
            let typeKey = KeyedIdentifier.typeKey(of: value.idType, in: store)
            try runLater(FuzzyIdentifierQueries.remove, typeKey, value.value.unicodeScalars.count, value.value, profile)
        }
        let keys = Set(held.map(\.key)).sorted { $0.lexicographicallyPrecedes($1) }
        _ = try all(IdentifierQueries.releaseAll, in: keys, profile)
        for command in ProfileErasureQueries.identity {
            try runLater(command, profile)
        }
    }
}

/// Removes what a deleted profile has left behind.
struct ProfilePurgeJob: ResourceJob {
    static let kind = "purge profile"

    let resource: ProfileID

    init(on profile: ProfileID) {
        resource = profile
    }

    func step(on connection: any Connection, in surroundings: JobSurroundings) throws -> JobStep {
        JobStep(isDone: try ProfileErasure.step(on: resource, connection))
    }
}
