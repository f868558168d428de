import RecollectEngine
import RecollectSQL
import RecollectVocabulary

/// Queues all that a store holds for new vectors, some profiles a step.
struct StoreVectorsJob: Job {
    static let kind = "store-vectors"

    let store: StoreID
    /// The last profile whose items are queued.
    let done: ProfileID?

    init(store: StoreID, done: ProfileID?) {
        self.store = store
        self.done = done
    }

    var payload: String { done.map { "\(store) \($0)" } ?? "\(store)" }

    init?(payload: String) {
        let words = payload.split(separator: " ").map(String.init)
        guard let first = words.first, let store = try? StoreID(first, field: "payload") else { return nil }
        self.store = store
        done = words.count > 1 ? try? ProfileID(words[1], field: "payload") : nil
    }

    func step(on connection: any Connection, in surroundings: JobSurroundings) throws -> JobStep {
        let profiles = try connection.all(
            ProfileQueries.ofStoreAfter,
            store,
            done ?? ProfileID(bits: 0),
            VectorLimits.profilesAStep
        )
        guard let last = profiles.last else { return JobStep(isDone: true, notice: "a store's vectors are all queued") }
        for profile in profiles {
            try connection.run(VectorQueueQueries.addObservations, profile, surroundings.now)
            try connection.run(VectorQueueQueries.addSummaries, profile, surroundings.now)
        }
        return JobStep(next: StoreVectorsJob(store: store, done: last).payload)
    }
}
