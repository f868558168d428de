import RecollectEngine
import RecollectSQL
import RecollectVocabulary

// Observations and summaries go through states, and end. What has ended is kept, so that recall can look back; only an erasure
// leaves nothing but the fact that something changed, which indexes in memory need to know.

extension MemoryItemID {
    init(_ observation: ObservationID) {
        self.init(bits: observation.bits)
    }

    init(_ summary: SummaryID) {
        self.init(bits: summary.bits)
    }
}

extension Connection {
    /// Records that an item was deleted, and gives up its vectors.
    func recordDeletion(
        of item: MemoryItemID,
        of profile: ProfileKey,
        _ memory: ChangingMemory,
        at now: Timestamp
    ) throws(EngineError) {
        try runLater(MemoryDeletionQueries.record, profile, memory.version, item, now)
        guard memory.hasVectors else { return }
        try runLater(VectorQueries.delete, profile, item)
        try runLater(VectorQueueQueries.discard, profile, item)
    }
}
