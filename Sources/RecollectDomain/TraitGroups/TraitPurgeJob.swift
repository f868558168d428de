import RecollectEngine
import RecollectSQL
import RecollectVocabulary

/// Removes the values of traits that are defined no more, which nobody can see.
struct TraitPurgeJob: Job {
    static let kind = "purge traits"

    let traits: [TraitID]

    var payload: String { traits.map(\.description).joined(separator: " ") }

    init(traits: [TraitID]) {
        self.traits = traits
    }

    init?(payload: String) {
        let words = payload.split(separator: " ")
        traits = words.compactMap { try? TraitID(String($0), field: "trait") }
        guard traits.count == words.count else { return nil }
    }

    func step(on connection: any Connection, in surroundings: JobSurroundings) throws -> JobStep {
        for trait in traits {
            let holders = try connection.all(TraitGroupQueries.holders, trait)
            guard !holders.isEmpty else { continue }
            _ = try connection.all(TraitGroupQueries.deleteValues, in: holders, trait)
            return JobStep()
        }
        return JobStep(isDone: true)
    }
}
