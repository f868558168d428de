package import RecollectEmbedding
import Synchronization

/// An embedder that remembers when it failed.
///
/// Recall goes on by words alone when there is no vector, as it should; an evaluation must not take such recalls for what the
/// model gives.
package final class WatchedEmbedder: Embedder {
    private let embedder: any Embedder
    private let failure = Mutex<EmbeddingError?>(nil)

    /// An embedder to watch.
    ///
    /// - Parameter embedder: the embedder.
    package init(_ embedder: any Embedder) {
        self.embedder = embedder
    }

    /// The model behind it.
    package var model: EmbeddingModel { embedder.model }

    /// The first failure so far.
    package var firstFailure: EmbeddingError? { failure.withLock { $0 } }

    /// The vectors of some texts.
    ///
    /// - Parameter texts: the texts.
    /// - Returns: what the embedder returns.
    /// - Throws: what the embedder throws.
    package func embed(_ texts: [String]) async throws(EmbeddingError) -> [[Float]] {
        do {
            return try await embedder.embed(texts)
        } catch {
            note(error)
            throw error
        }
    }

    /// The vector of a text, computed by the calling thread.
    ///
    /// - Parameter text: the text.
    /// - Returns: what the embedder returns.
    /// - Throws: what the embedder throws.
    package func vectorAtOnce(of text: String) throws(EmbeddingError) -> [Float]? {
        do {
            return try embedder.vectorAtOnce(of: text)
        } catch {
            note(error)
            throw error
        }
    }

    private func note(_ error: EmbeddingError) {
        failure.withLock { first in first = first ?? error }
    }
}
