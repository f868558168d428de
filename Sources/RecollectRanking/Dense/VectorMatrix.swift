import CVectorScan

/// Quantised vectors of one length in one piece of memory, read from first to last by each query.
struct VectorMatrix: Sendable {
    private let dimensions: Int
    /// The components' bit patterns: as they are stored, so that they are copied as they are.
    private var components: [UInt8] = []
    private var scales: [Float] = []

    /// No vectors.
    init(dimensions: Int) {
        self.dimensions = dimensions
    }

    /// How many bytes they take, those reserved included.
    var byteCount: Int { components.capacity + scales.capacity * MemoryLayout<Float>.stride }

    /// Makes room for some vectors, those that are here included.
    mutating func reserveCapacity(_ count: Int) {
        components.reserveCapacity(count * dimensions)
        scales.reserveCapacity(count)
    }

    /// Adds a vector in its stored form.
    mutating func append(stored bytes: [UInt8]) {
        precondition(bytes.count == QuantisedVector.byteCount(dimensions: dimensions), "a vector of another length")
        let pattern = bytes.prefix(QuantisedVector.scaleBytes).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let scale = Float(bitPattern: pattern)
        // What a damaged row says must not spoil the order of the others.
        scales.append(scale.isFinite ? scale : 0)
        components.append(contentsOf: bytes[QuantisedVector.scaleBytes...])
    }

    /// The cosine of each vector with a query of as many components.
    func cosines(with query: QuantisedVector) -> [Float] {
        precondition(query.components.count == dimensions, "a query of another length")
        var products = [Int32](repeating: 0, count: scales.count)
        components.withUnsafeBytes { rows in
            query.components.withUnsafeBufferPointer { query in
                products.withUnsafeMutableBufferPointer { products in
                    guard let rows = rows.baseAddress?.assumingMemoryBound(to: Int8.self),
                        let query = query.baseAddress, let sums = products.baseAddress
                    else { return }
                    recollect_dot_products(rows, products.count, dimensions, query, sums)
                }
            }
        }
        return zip(products, scales).map { Float($0) * $1 * query.scale }
    }
}
