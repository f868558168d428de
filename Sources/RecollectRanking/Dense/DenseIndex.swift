// The vectors of a profile's items, scanned whole by each query: exact, nothing approximate. They lie in parts of bounded size, so
// that adding one to an index which a query still reads copies one part and not all. A vector that is not valid any more stays
// in its place without an owner.

/// The vectors of items, each with the number of its item.
struct DenseIndex: Sendable {
    /// How many vectors a part holds before the next one is begun.
    ///
    /// Source: ours; copying so many of 384 components takes some 20 µs, and a part more costs a query about 0.1 µs.
    private static let partLimit = 1024
    private static let nobody: Int32 = -1

    private struct Part: Sendable {
        var vectors: VectorMatrix
        var owners: [Int32] = []
    }

    private let dimensions: Int
    private var parts: [Part] = []
    /// How many vectors are said to come.
    private var expected = 0

    /// No vectors.
    ///
    /// - Parameter dimensions: how many components each will have; 0 when there will be none.
    init(dimensions: Int) {
        self.dimensions = dimensions
    }

    /// About how much memory the vectors take.
    var byteCount: Int {
        parts.reduce(0) { $0 + $1.vectors.byteCount + $1.owners.capacity * MemoryLayout<Int32>.stride }
    }

    /// Says how many vectors are about to be added, so that room for them is made once.
    mutating func expect(_ count: Int) {
        expected = count
    }

    /// Adds an item's vector in its stored form; tells whether it is one of this length.
    mutating func append(stored bytes: [UInt8], of item: Int) -> Bool {
        guard dimensions > 0, bytes.count == QuantisedVector.byteCount(dimensions: dimensions) else { return false }
        if parts.last.map({ $0.owners.count >= Self.partLimit }) ?? true {
            parts.append(Part(vectors: VectorMatrix(dimensions: dimensions)))
            parts[parts.count - 1].vectors.reserveCapacity(min(expected, Self.partLimit))
        }
        expected = max(0, expected - 1)
        parts[parts.count - 1].vectors.append(stored: bytes)
        parts[parts.count - 1].owners.append(Int32(item))
        return true
    }

    /// Takes an item's vector away.
    mutating func remove(_ item: Int) {
        for part in parts.indices {
            guard let row = parts[part].owners.firstIndex(of: Int32(item)) else { continue }
            parts[part].owners[row] = Self.nobody
            return
        }
    }

    /// The cosine of each item with a query; -∞ where it has no vector.
    func cosines(with query: QuantisedVector, itemCount: Int) -> [Float] {
        var cosines = [Float](repeating: -.infinity, count: itemCount)
        guard query.components.count == dimensions else { return cosines }
        for part in parts {
            for (owner, cosine) in zip(part.owners, part.vectors.cosines(with: query)) where owner != Self.nobody {
                cosines[Int(owner)] = cosine
            }
        }
        return cosines
    }
}
