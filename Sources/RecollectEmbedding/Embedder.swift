/// Turns texts into vectors of length 1 whose dot product says how alike the texts are.
package protocol Embedder: Sendable {
    /// The model behind it.
    var model: EmbeddingModel { get }

    /// The vectors of some texts.
    ///
    /// - Parameter texts: any texts; what a model cannot hold of a long one is cut off.
    /// - Returns: one vector a text, in their order, of the model's dimensions and of length 1.
    /// - Throws: `EmbeddingError`.
    func embed(_ texts: [String]) async throws(EmbeddingError) -> [[Float]]
}

/// A model, as far as its vectors are concerned: vectors of different models cannot be compared.
package struct EmbeddingModel: Sendable, Hashable {
    /// Its name, for people.
    package let name: String
    /// How many components its vectors have.
    package let dimensions: Int
    /// What tells its weights from others of the same name.
    package let digest: String

    /// A model.
    ///
    /// - Parameters:
    ///   - name: its name, for people.
    ///   - dimensions: how many components its vectors have.
    ///   - digest: what tells its weights from others of the same name.
    package init(name: String, dimensions: Int, digest: String) {
        self.name = name
        self.dimensions = dimensions
        self.digest = digest
    }
}

/// Why there are no vectors.
package enum EmbeddingError: Error {
    /// The model cannot be used now.
    case unavailable(String)
    /// It did not answer in time.
    case late
}
