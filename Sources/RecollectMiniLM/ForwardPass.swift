import CDNNL
import RecollectEmbedding

// The tokens of several texts go through the layers as rows of one matrix, one text after the other and without padding between
// them: the products and normalisations treat each row alone, and attention is told where a text begins and ends. Only the number
// of rows is rounded up, so that a few prepared products serve all.
//
// A layer, for the rows x:   x ← norm(x + attend(x·Wq, x·Wk, x·Wv)·Wo)        x ← norm(x + gelu(x·Wi)·Wr)
// The additions are part of the products, so x stays in place, as float32 in every precision; where products read something
// else, x is copied for them after each normalisation.

/// Memory and products for passing texts through the layers, for one thread at a time.
final class ForwardPass {
    /// How many rows a pass takes at most: a text of full length.
    static let rowLimit = WordPieceTokenizer.tokenLimit

    private struct Products {
        let projections: Product
        let attended: Product
        let inner: Product
        let outer: Product
    }

    private let weights: MiniLMWeights
    private let precision: cdnnl_precision
    private var products: [Int: Products] = [:]

    private let rows = Room(of: Float.self, rowLimit * MiniLM.width)
    private let projections = Room(of: Float.self, rowLimit * 3 * MiniLM.width)
    private let attended = Room(of: Float.self, rowLimit * MiniLM.width)
    private let inner = Room(of: Float.self, rowLimit * MiniLM.innerWidth)
    /// What a product reads where that is not float32.
    private let packed = Room(of: Float.self, rowLimit * MiniLM.width)

    init(weights: MiniLMWeights, precision: cdnnl_precision) {
        self.weights = weights
        self.precision = precision
    }

    /// The vectors of some texts, given by their tokens: at most `rowLimit` together.
    func vectors(of texts: [[Int32]]) throws(EmbeddingError) -> [[Float]] {
        let count = texts.reduce(0) { $0 + $1.count }
        precondition(count <= Self.rowLimit, "the texts are more than a pass takes")
        cdnnl_use_one_thread()
        let rounded = rounded(count)
        let products = try products(for: rounded)
        read(texts, count: count, rounded: rounded)
        for layer in weights.layers { try pass(texts, count: count, through: layer, products) }
        var vectors: [[Float]] = []
        var start = 0
        for text in texts {
            let vector = [Float](unsafeUninitializedCapacity: MiniLM.width) { vector, filled in
                let first = rows.start + start * MiniLM.width
                cdnnl_pool(first, Int32(text.count), Int32(MiniLM.width), vector.baseAddress)
                filled = MiniLM.width
            }
            guard vector.allSatisfy(\.isFinite) else { throw .notFinite }
            vectors.append(vector)
            start += text.count
        }
        return vectors
    }

    /// Few numbers of rows, none much larger than asked for; bytes are multiplied by any number of rows.
    private func rounded(_ count: Int) -> Int {
        if precision == CDNNL_INT8 { return count }
        var step = 8
        while step * 16 < count { step *= 2 }
        return (count + step - 1) / step * step
    }

    private func products(for count: Int) throws(EmbeddingError) -> Products {
        if let found = products[count] { return found }
        let layer = weights.layers[0]
        let made = Products(
            projections: try Product(layer.projections, CDNNL_STORE, rows: count),
            attended: try Product(layer.attended, CDNNL_ADD, rows: count),
            inner: try Product(layer.inner, CDNNL_GELU, rows: count),
            outer: try Product(layer.outer, CDNNL_ADD, rows: count)
        )
        products[count] = made
        return made
    }

    /// Fills the rows with the vectors of the tokens and of their places.
    private func read(_ texts: [[Int32]], count: Int, rounded: Int) {
        let width = MiniLM.width
        var row = rows.start
        for text in texts {
            for (place, token) in text.enumerated() {
                let piece = weights.piece(token)
                for column in 0..<width { row[column] = piece[column] + weights.places[place * width + column] }
                row += width
            }
        }
        // The rows that only round the number up start from nothing each time, so that they stay finite.
        row.update(repeating: 0, count: (rounded - count) * width)
        normalise(weights.beforeLayers, count: count)
    }

    private func pass(
        _ texts: [[Int32]],
        count: Int,
        through layer: EncoderLayer,
        _ products: Products
    ) throws(EmbeddingError) {
        try products.projections.run(
            layer.projections,
            input(rows, layer.projectionsDivisors, count),
            projections.start
        )
        var start = 0
        for text in texts {
            let first = projections.start + start * 3 * MiniLM.width
            cdnnl_attend(first, Int32(text.count), Int32(MiniLM.width), attended.start + start * MiniLM.width)
            start += text.count
        }
        try products.attended.run(layer.attended, input(attended, nil, count), rows.start)
        normalise(layer.afterAttention, count: count)
        try products.inner.run(layer.inner, input(rows, layer.innerDivisors, count), inner.start)
        try products.outer.run(layer.outer, inner.start, rows.start)
        normalise(layer.afterOuter, count: count)
    }

    /// Rows as a product reads them.
    private func input(_ rows: Room<Float>, _ divisors: [Float]?, _ count: Int) -> UnsafeRawPointer {
        if precision == CDNNL_FLOAT32 { return UnsafeRawPointer(rows.start) }
        cdnnl_pack(rows.start, Int32(count), Int32(MiniLM.width), divisors, precision, packed.start)
        return UnsafeRawPointer(packed.start)
    }

    private func normalise(_ normalisation: Normalisation, count: Int) {
        cdnnl_normalise(
            rows.start,
            Int32(count),
            Int32(MiniLM.width),
            normalisation.scale,
            normalisation.shift,
            MiniLM.epsilon
        )
    }
}

/// A product prepared for one number of rows.
private final class Product {
    private let handle: OpaquePointer

    init(_ matrix: Matrix, _ operation: cdnnl_operation, rows: Int) throws(EmbeddingError) {
        guard let handle = cdnnl_product_create(matrix.handle, operation, Int32(rows)) else {
            throw .unavailable("oneDNN cannot multiply \(rows) rows")
        }
        self.handle = handle
    }

    deinit { cdnnl_product_free(handle) }

    func run(
        _ matrix: Matrix,
        _ source: UnsafeRawPointer,
        _ target: UnsafeMutableRawPointer
    ) throws(EmbeddingError) {
        guard cdnnl_product_run(handle, matrix.handle, source, target) else {
            throw .unavailable("oneDNN failed in a product")
        }
    }
}

/// Memory that begins where a cache line does.
private final class Room<Element: BitwiseCopyable> {
    let start: UnsafeMutablePointer<Element>

    init(of type: Element.Type, _ count: Int) {
        let size = count * MemoryLayout<Element>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        start = memory.bindMemory(to: type, capacity: count)
    }

    deinit { start.deallocate() }
}
