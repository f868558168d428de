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

    /// The vector of a text, computed by the calling thread: for who waits for this one text and nobody else for others.
    ///
    /// - Parameter text: any text.
    /// - Returns: its vector; nil where the thread would be kept for more than a millisecond or two, or already is by another
    ///   caller: then `embed` is to be asked.
    /// - Throws: `EmbeddingError`.
    func vectorAtOnce(of text: String) throws(EmbeddingError) -> [Float]?
}

extension Embedder {
    /// Nil: what computes elsewhere has no use for the calling thread.
    package func vectorAtOnce(of text: String) throws(EmbeddingError) -> [Float]? { nil }
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
package enum EmbeddingError: Error, Hashable {
    /// The model cannot be used now.
    case unavailable(String)
    /// It did not answer in time.
    case late
    /// A vector has another number of components than the model's.
    case wrongDimensions(expected: Int, got: Int)
    /// A vector has a component that is no number.
    case notFinite
    /// It answered something that is no list of vectors, one a text.
    case unusableAnswer(String)
    /// A file of the model is not the one that is meant: hashes are SHA-256, hexadecimal.
    case modelFile(name: String, expected: String, actual: String)
    /// A file of the model cannot be read, or is not what its name says.
    case unreadableFile(name: String, reason: String)
}

extension EmbeddingError: CustomStringConvertible {
    /// What to tell a person.
    package var description: String {
        switch self {
        case .unavailable(let reason): "the embedding model is unavailable: \(reason)"
        case .late: "the embedding model did not answer in time"
        case .wrongDimensions(let expected, let got): "a vector has \(got) components instead of \(expected)"
        case .notFinite: "a vector has a component that is not a number"
        case .unusableAnswer(let reason): "the embedding model's answer is unusable: \(reason)"
        case .modelFile(let name, let expected, let actual): "\(name) has the SHA-256 \(actual) instead of \(expected)"
        case .unreadableFile(let name, let reason): "\(name): \(reason)"
        }
    }
}
