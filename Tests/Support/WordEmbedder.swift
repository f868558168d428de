package import RecollectEmbedding
import Synchronization

/// An embedder that knows a few words and what they are about, and can be made to misbehave.
package final class WordEmbedder: Embedder {
    /// How it misbehaves.
    package enum Trouble: Sendable {
        /// It cannot be reached.
        case isDown
        /// It refuses any call with a text that holds a word.
        case refuses(String)
    }

    /// What words are about; the others are about themselves.
    private static let subjects = [
        "dog": "animal", "puppy": "animal", "cat": "animal", "pet": "animal",
        "espresso": "drink", "tea": "drink", "coffee": "drink", "beverage": "drink",
        "flight": "travel", "journey": "travel", "train": "travel",
    ]
    private static let dimensions = 64

    /// The model.
    package let model: EmbeddingModel
    private let state = Mutex<(trouble: Trouble?, texts: Int)>((nil, 0))

    /// An embedder.
    ///
    /// - Parameter name: the name of its model; those of two names cannot be compared.
    package init(_ name: String = "words") {
        model = EmbeddingModel(name: name, dimensions: Self.dimensions, digest: name)
    }

    /// How many texts it has embedded.
    package var count: Int { state.withLock { $0.texts } }

    /// Makes it misbehave from now on, or behave.
    ///
    /// - Parameter trouble: how; nil to behave.
    package func misbehave(_ trouble: Trouble?) {
        state.withLock { $0.trouble = trouble }
    }

    package func embed(_ texts: [String]) async throws(EmbeddingError) -> [[Float]] {
        try vectors(of: texts)
    }

    package func vectorAtOnce(of text: String) throws(EmbeddingError) -> [Float]? {
        // Also on a busy machine no query's vector is late.
        try vectors(of: [text])[0]
    }

    private func vectors(of texts: [String]) throws(EmbeddingError) -> [[Float]] {
        switch state.withLock({ $0.trouble }) {
        case .isDown:
            throw .unavailable("is down")
        case .refuses(let word):
            if texts.contains(where: { $0.contains(word) }) { throw .unavailable("cannot read \(word)") }
        case nil:
            break
        }
        state.withLock { $0.texts += texts.count }
        return texts.map(Self.vector)
    }

    private static func vector(of text: String) -> [Float] {
        var vector = [Float](repeating: 0, count: dimensions)
        for word in text.lowercased().split(whereSeparator: { !$0.isLetter }) {
            let subject = subjects[String(word)] ?? String(word)
            // FNV-1a, the same in every run.
            let hash = subject.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
            vector[Int(hash % UInt64(dimensions))] += 1
        }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? vector.map { $0 / length } : [1] + [Float](repeating: 0, count: dimensions - 1)
    }
}
