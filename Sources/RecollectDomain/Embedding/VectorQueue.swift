import Crypto
import RecollectEmbedding
import RecollectEngine
import RecollectSQL
import RecollectVocabulary

/// Where writes say which items need new vectors, in the transaction that makes them needed.
///
/// Recall ranks an item by its words until its vectors are there.
final class VectorQueue: Sendable {
    /// The model of this server's vectors; nil when it has none.
    let model: EmbeddingModel?
    /// Wakes those who make vectors.
    let waking = JobQueue()

    init(model: EmbeddingModel?) {
        self.model = model
    }

    /// Queues items that were written.
    ///
    /// A server without a model does so for stores that have one: another server will make the vectors.
    func queue(
        _ items: [MemoryItemID],
        of profile: ProfileKey,
        _ memory: ChangingMemory,
        on connection: any Connection,
        at now: Timestamp
    ) throws(EngineError) {
        guard memory.hasVectors else { return }
        try connection.insertLater(VectorQueueQueries.add, items.map { (profile, $0, memory.version, now, 0) })
    }

    /// Wakes those who make vectors; to be called after the commit.
    func wake() {
        if model != nil { waking.wake() }
    }
}

extension ChangingMemory {
    /// Whether vectors are made of what the store holds.
    var hasVectors: Bool { !embeddingModel.isEmpty }
}

extension EmbeddingModel {
    /// What a store notes of the model its vectors are from.
    var text: String { "\(name)@\(digest)/\(dimensions)" }

    /// What stands beside each vector: vectors of another model are not compared.
    var key: Int {
        let digest = SHA256.hash(data: Array(text.utf8))
        return Int(truncatingIfNeeded: digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
