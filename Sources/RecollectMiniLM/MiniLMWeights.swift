import CDNNL
import Foundation
import RecollectEmbedding

/// A matrix in oneDNN's layout, with its bias.
final class Matrix: @unchecked Sendable {
    // Sendable: oneDNN only reads it after it is made.

    let handle: OpaquePointer

    init(_ precision: cdnnl_precision, inputs: Int, weights: [Float], bias: [Float]) throws(EmbeddingError) {
        precondition(weights.count == inputs * bias.count, "a row of weights for each output")
        guard let handle = cdnnl_matrix_create(precision, Int32(inputs), Int32(bias.count), weights, bias) else {
            throw .unavailable("oneDNN cannot hold a matrix of \(inputs) by \(bias.count)")
        }
        self.handle = handle
    }

    deinit { cdnnl_matrix_free(handle) }
}

/// Scale and shift of a layer normalisation.
struct Normalisation: Sendable {
    let scale: [Float]
    let shift: [Float]
}

/// One of the six layers.
struct EncoderLayer: Sendable {
    /// Queries, keys and values in one product.
    let projections: Matrix
    /// What each column is divided by before the projections; nil where nothing is.
    let projectionsDivisors: [Float]?
    let attended: Matrix
    let afterAttention: Normalisation
    let inner: Matrix
    let innerDivisors: [Float]?
    let outer: Matrix
    let afterOuter: Normalisation
}

/// What evens out the inputs of products in bytes: made by `Reference/make_divisors.py` beside the tests, which says why.
private enum Divisors {
    static func ofProjections(layer: Int) -> [Float] { column(2 * layer) }

    static func ofInner(layer: Int) -> [Float] { column(2 * layer + 1) }

    private static func column(_ place: Int) -> [Float] {
        PackageResources.divisors_bin[place * MiniLM.width..<(place + 1) * MiniLM.width].map { byte in
            exp2(Float(Int8(bitPattern: byte)) / 8)
        }
    }
}

/// The model's shape.
enum MiniLM {
    static let name = "all-MiniLM-L6-v2"
    static let width = 384
    static let innerWidth = 1536
    static let layers = 6
    static let epsilon: Float = 1e-12
    /// The file has vectors for more places than the model was trained to read.
    static let places = 512
    static let kindsOfToken = 2
}

/// The weights, ready to compute with.
struct MiniLMWeights: Sendable {
    /// The vectors of the word pieces stay in the file: a text needs a few of them.
    private let file: SafeTensors
    private let pieces: UInt
    /// For each place the vector of the place and of the first kind of token, which are always added together.
    let places: [Float]
    let beforeLayers: Normalisation
    let layers: [EncoderLayer]

    /// Reads the weights from a file and lays them out for a precision.
    init(path: String, precision: cdnnl_precision) throws(EmbeddingError) {
        let width = MiniLM.width
        let file = try SafeTensors(path: path)
        let kind = try file.floats("embeddings.token_type_embeddings.weight", shape: [MiniLM.kindsOfToken, width])
        let place = try file.floats("embeddings.position_embeddings.weight", shape: [MiniLM.places, width])
        places = (0..<WordPieceTokenizer.tokenLimit * width).map { place[$0] + kind[$0 % width] }
        beforeLayers = try file.normalisation("embeddings.LayerNorm")
        var layers: [EncoderLayer] = []
        for number in 0..<MiniLM.layers {
            layers.append(try EncoderLayer(file, number, precision))
            // A layer has been copied: what was read of the file need not stay while the next ones are.
            file.releasePages()
        }
        self.layers = layers
        let table = try file.floats("embeddings.word_embeddings.weight", shape: [Vocabulary.size, width])
        pieces = UInt(bitPattern: table.baseAddress)
        self.file = file
    }

    /// The vector of a word piece.
    func piece(_ token: Int32) -> UnsafePointer<Float> {
        precondition((0..<Vocabulary.size).contains(Int(token)), "the vocabulary has no such token")
        let offset = UInt(token) * UInt(MiniLM.width * MemoryLayout<Float>.stride)
        return UnsafePointer(bitPattern: pieces + offset).unsafelyUnwrapped
    }
}

extension EncoderLayer {
    fileprivate init(_ file: SafeTensors, _ number: Int, _ precision: cdnnl_precision) throws(EmbeddingError) {
        let (width, innerWidth) = (MiniLM.width, MiniLM.innerWidth)
        let prefix = "encoder.layer.\(number)."
        let isBytes = precision == CDNNL_INT8
        projectionsDivisors = isBytes ? Divisors.ofProjections(layer: number) : nil
        innerDivisors = isBytes ? Divisors.ofInner(layer: number) : nil
        projections = try file.matrix(
            ["query", "key", "value"].map { prefix + "attention.self." + $0 },
            from: width,
            to: width,
            precision,
            divisors: projectionsDivisors
        )
        attended = try file.matrix([prefix + "attention.output.dense"], from: width, to: width, precision)
        afterAttention = try file.normalisation(prefix + "attention.output.LayerNorm")
        inner = try file.matrix(
            [prefix + "intermediate.dense"],
            from: width,
            to: innerWidth,
            precision,
            divisors: innerDivisors
        )
        outer = try file.matrix([prefix + "output.dense"], from: innerWidth, to: width, precision)
        afterOuter = try file.normalisation(prefix + "output.LayerNorm")
    }
}

extension SafeTensors {
    /// Several matrices of one shape, their outputs one after the other, for inputs that are divided by `divisors`.
    fileprivate func matrix(
        _ names: [String],
        from inputs: Int,
        to outputs: Int,
        _ precision: cdnnl_precision,
        divisors: [Float]? = nil
    ) throws(EmbeddingError) -> Matrix {
        var weights: [Float] = []
        var bias: [Float] = []
        for name in names {
            weights.append(contentsOf: try floats(name + ".weight", shape: [outputs, inputs]))
            bias.append(contentsOf: try floats(name + ".bias", shape: [outputs]))
        }
        if let divisors {
            for place in weights.indices { weights[place] *= divisors[place % inputs] }
        }
        return try Matrix(precision, inputs: inputs, weights: weights, bias: bias)
    }

    fileprivate func normalisation(_ name: String) throws(EmbeddingError) -> Normalisation {
        let shape = [MiniLM.width]
        return Normalisation(
            scale: Array(try floats(name + ".weight", shape: shape)),
            shift: Array(try floats(name + ".bias", shape: shape))
        )
    }
}
