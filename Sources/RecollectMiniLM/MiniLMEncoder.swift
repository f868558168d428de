import CDNNL
import Foundation
package import RecollectEmbedding
import Synchronization

/// all-MiniLM-L6-v2 in this process: 384 dimensions, texts of up to 256 tokens.
package final class MiniLMEncoder: Embedder {
    /// In which type the matrix products take their inputs.
    package enum Precision: String, Sendable, CaseIterable {
        /// The faster one that the CPU has.
        case automatic
        /// As the model was trained.
        case float32
        /// Half the memory and, where the CPU multiplies it, twice the speed; the cosine with float32 is above 0.9999.
        case bfloat16
        /// A quarter of the memory and four times the speed, where the CPU can do it; the cosine with float32 is above 0.999.
        case int8
    }

    /// The model, the same in each precision: their vectors can be compared.
    package let model = EmbeddingModel(
        name: MiniLM.name,
        dimensions: MiniLM.width,
        digest: ModelFiles.weights.digest
    )
    /// What the products compute with: not `automatic`.
    package let precision: Precision

    /// The longest text that a calling thread computes itself: about a millisecond.
    private static let tokensAtOnce = 32

    private let tokenizer: WordPieceTokenizer
    private let threads: EncoderThreads
    /// What callers compute with themselves, one at a time.
    private let callersPass: Mutex<ForwardPass>

    /// Checks the files and loads the model, which takes a fraction of a second on the calling thread.
    ///
    /// - Parameters:
    ///   - files: where the model is.
    ///   - precision: what to compute with.
    ///   - threads: how many texts or packs of texts are computed at once, each by one thread.
    /// - Throws: `EmbeddingError`: a file is missing, cut short or another one, or oneDNN cannot do it.
    package init(
        files: ModelFiles,
        precision: Precision = .automatic,
        threads: Int = ProcessInfo.processInfo.activeProcessorCount
    ) throws(EmbeddingError) {
        precondition(threads > 0, "somebody must compute")
        try files.verify()
        let vocabulary = ModelFiles.vocabulary
        guard let pieces = FileManager.default.contents(atPath: files.path(of: vocabulary)) else {
            throw .unreadableFile(name: vocabulary.name, reason: "it cannot be read")
        }
        tokenizer = WordPieceTokenizer(vocabulary: try Vocabulary(Array(pieces), name: vocabulary.name))
        let chosen = precision.chosen
        self.precision = chosen
        guard chosen.isSupported else { throw .unavailable("this CPU cannot compute in \(chosen.rawValue)") }
        cdnnl_use_one_thread()
        let weights = try MiniLMWeights(path: files.path(of: ModelFiles.weights), precision: chosen.inputs)
        self.threads = EncoderThreads(threads, weights: weights, precision: chosen.inputs)
        callersPass = Mutex(ForwardPass(weights: weights, precision: chosen.inputs))
    }

    deinit { threads.end() }

    /// The vectors of some texts, computed on the encoder's own threads.
    ///
    /// - Parameter texts: any texts; what goes beyond 256 tokens is cut off.
    /// - Returns: a vector of length 1 for each, in their order.
    /// - Throws: `EmbeddingError`: oneDNN failed, or `late` as soon as the task is cancelled.
    package func embed(_ texts: [String]) async throws(EmbeddingError) -> [[Float]] {
        guard !texts.isEmpty else { return [] }
        let call = EncoderCall(texts, tokenizer: tokenizer)
        return try await call.outcome { threads.add(call) }.get()
    }

    /// The vector of a text, computed by the calling thread; nil for more than 32 tokens, or while another caller computes.
    ///
    /// - Parameter text: any text.
    /// - Returns: its vector of length 1.
    /// - Throws: `EmbeddingError`: oneDNN failed.
    package func vectorAtOnce(of text: String) throws(EmbeddingError) -> [Float]? {
        try callersPass.withLockIfAvailable { pass throws(EmbeddingError) -> [Float]? in
            let tokens = tokenizer.tokens(of: text)
            guard tokens.count <= Self.tokensAtOnce else { return nil }
            return try pass.vectors(of: [tokens])[0]
        } ?? nil
    }

    /// What the model reads of a text.
    ///
    /// - Parameter text: any text.
    /// - Returns: its tokens, with those for start and end: 2 to 256.
    package func tokens(of text: String) -> [Int32] { tokenizer.tokens(of: text) }
}

extension MiniLMEncoder.Precision {
    /// Whether this CPU can compute in it: bytes need AVX-512 VNNI, and the other two go everywhere.
    package var isSupported: Bool { self != .int8 || cdnnl_multiplies(inputs) }

    /// Itself, or the fastest that the CPU has.
    fileprivate var chosen: Self {
        guard self == .automatic else { return self }
        return [.int8, .bfloat16].first { cdnnl_multiplies($0.inputs) } ?? .float32
    }

    /// How the products know it.
    fileprivate var inputs: cdnnl_precision {
        switch self {
        case .automatic, .float32: CDNNL_FLOAT32
        case .bfloat16: CDNNL_BFLOAT16
        case .int8: CDNNL_INT8
        }
    }
}
