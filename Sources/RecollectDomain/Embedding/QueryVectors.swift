import Logging
import Metrics
package import RecollectEmbedding
import RecollectVocabulary
import ServiceLifecycle
import Synchronization

/// The vectors of queries, which somebody on the line waits for: a query without one in time is ranked by its words.
package final class QueryVectors: Service {
    private let embedder: QueryEmbedder
    private let clock: any WallClock
    private let logger: Logger
    private let measurements: RecallMetrics
    /// Whether the last query had none, and what has been told of it.
    private let trouble = Mutex((isLast: false, reports: TroubleReports()))

    init(_ embedder: any Embedder, clock: any WallClock, logger: Logger, metrics: any MetricsFactory) {
        self.embedder = QueryEmbedder(embedder)
        self.clock = clock
        self.logger = logger
        measurements = RecallMetrics(metrics)
    }

    /// The model behind them.
    package var model: EmbeddingModel { embedder.model }

    /// Whether the last query had to go by its words.
    package var isInTrouble: Bool { trouble.withLock { $0.isLast } }

    /// Computes queries that arrive together until the server shuts down.
    package func run() async throws {
        await cancelWhenGracefulShutdown { await self.embedder.run() }
    }

    /// The vector of a query; nil when there is none in time.
    func vector(of query: String) async -> [Float]? {
        let start = ContinuousClock.now
        defer { measurements.queryVector.record(since: start) }
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
        if let error { measurements.degraded(error == .late ? .deadline : .failure) }
        let now = clock.now()
        let report = trouble.withLock { trouble in
            trouble.isLast = error != nil
            return error == nil ? trouble.reports.succeeded(at: now) : trouble.reports.failed(at: now)
        }
        switch report {
        case .trouble(let times):
            logger.warning(
                "queries have no vectors; recall ranks by words alone",
                metadata: ["queries": "\(times)", "error": "\(error.map { "\($0)" } ?? "")"]
            )
        case .over: logger.notice("queries have vectors again")
        case nil: break
        }
    }
}
