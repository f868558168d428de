import RecollectEmbedding

/// The vectors of queries, which somebody on the line waits for.
struct QueryVectors: Sendable {
    let embedder: any Embedder

    /// The model behind them.
    var model: EmbeddingModel { embedder.model }

    /// The vector of a query; nil when there is none in time.
    func vector(of query: String) async -> [Float]? {
        (try? await embedder.embed([query]))?.first
    }
}
