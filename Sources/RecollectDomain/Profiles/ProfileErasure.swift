import RecollectEngine
import RecollectSQL
import RecollectVocabulary

/// Removes what a profile holds, in steps short enough not to keep other writers waiting.
enum ProfileErasure {
    /// Removes a bounded number of rows.
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
