import CVectorScan

// The vectors of many items in one piece of memory, read from first to last by each query: no index, nothing approximate. For the
// few thousand items of a profile that takes some microseconds, and for 100,000 it is bound by the speed of memory.

/// Quantised vectors of one length, by number.
struct VectorMatrix: Sendable {
    let dimensions: Int
    private var components: [Int8] = []
    private var scales: [Float] = []

    /// No vectors.
    init(dimensions: Int) {
        self.dimensions = dimensions
    }

    /// How many vectors there are.
    var count: Int { scales.count }

    /// How much memory they take.
    var byteCount: Int { components.capacity + scales.capacity * MemoryLayout<Float>.stride }

    mutating func reserve(_ count: Int) {
        components.reserveCapacity(count * dimensions)
        scales.reserveCapacity(count)
    }

    /// Adds a vector in its stored form; tells whether it was one of this length.
    mutating func append(stored bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count == QuantisedVector.byteCount(dimensions: dimensions) else { return false }
        let pattern = bytes.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        scales.append(Float(bitPattern: pattern))
        components.append(contentsOf: bytes.dropFirst(4).lazy.map { Int8(bitPattern: $0) })
        return true
    }

    /// Adds a vector.
    mutating func append(_ vector: QuantisedVector) {
        precondition(vector.components.count == dimensions, "a vector of another model")
        scales.append(vector.scale)
        components.append(contentsOf: vector.components)
    }

    /// The cosine of each vector with a query.
    func cosines(with query: QuantisedVector) -> [Float] {
        precondition(query.components.count == dimensions, "a query of another model")
        var products = [Int32](repeating: 0, count: count)
        components.withUnsafeBufferPointer { rows in
            query.components.withUnsafeBufferPointer { query in
                products.withUnsafeMutableBufferPointer { products in
                    guard let rows = rows.baseAddress, let query = query.baseAddress, let sums = products.baseAddress
                    else { return }
                    recollect_dot_products(rows, products.count, dimensions, query, sums)
                }
            }
        }
        return zip(products, scales).map { Float($0) * $1 * query.scale }
    }

    /// The cosine of two vectors.
    func cosine(of one: Int, and other: Int) -> Float {
        var sum: Int32 = 0
        for place in 0..<dimensions {
            sum += Int32(components[one * dimensions + place]) * Int32(components[other * dimensions + place])
        }
        return Float(sum) * scales[one] * scales[other]
    }
}
