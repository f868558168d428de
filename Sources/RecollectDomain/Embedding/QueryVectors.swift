import Logging
import Metrics
package import RecollectEmbedding
import ServiceLifecycle
import Synchronization

/// The vectors of queries, which somebody on the line waits for: a query without one in time is ranked by its words.
package final class QueryVectors: Service {
    private let embedder: QueryEmbedder
    private let logger: Logger
    private let missed = Counter(label: "recollect_query_vectors_missed_total")
    /// Whether the last query had none: trouble is told when it begins and when it ends, not once a query.
    private let trouble = Mutex(false)

    init(_ embedder: any Embedder, logger: Logger) {
        self.embedder = QueryEmbedder(embedder)
        self.logger = logger
    }

    /// The model behind them.
    package var model: EmbeddingModel { embedder.model }

    /// Whether the last query had to go by its words.
    package var isInTrouble: Bool { trouble.withLock { $0 } }

    /// Computes queries that arrive together until the server shuts down.
    package func run() async throws {
        await cancelWhenGracefulShutdown { await self.embedder.run() }
    }

    /// The vector of a query; nil when there is none in time.
    func vector(of query: String) async -> [Float]? {
        do throws(EmbeddingError) {
            let vector = try await embedder.vector(for: query)
            note(nil)
            return vector
        } catch {
            // Who is cancelled wants no answer, and shows nothing about the model.
            if !Task.isCancelled { note(error) }
            return nil
        }
    }

    private func note(_ error: EmbeddingError?) {
        if error != nil { missed.increment() }
        let hasChanged = trouble.withLock { isInTrouble in
            defer { isInTrouble = error != nil }
            return isInTrouble != (error != nil)
        }
        guard hasChanged else { return }
        if let error {
            logger.warning("queries have no vectors; recall ranks by words alone", metadata: ["error": "\(error)"])
        } else {
            logger.notice("queries have vectors again")
        }
    }
}
