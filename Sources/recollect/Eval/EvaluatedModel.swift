import RecollectEmbedding

/// The embedding model of evaluations.
enum EvaluatedModel {
    /// The model's embedder; nil when there is none.
    static func embedder() async throws -> (any Embedder)? {
        nil
    }
}
