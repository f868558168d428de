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

    /// Adds an item's vectors in their stored form, one after the other; tells whether they are of this length.
    mutating func append(stored bytes: [UInt8], of item: Int) -> Bool {
        let width = QuantisedVector.byteCount(dimensions: dimensions)
        guard dimensions > 0, !bytes.isEmpty, bytes.count.isMultiple(of: width) else { return false }
        for start in stride(from: 0, to: bytes.count, by: width) {
            if parts.last.map({ $0.owners.count >= Self.partLimit }) ?? true {
                parts.append(Part(vectors: VectorMatrix(dimensions: dimensions)))
            }
            let last = parts.count - 1
            parts[last].vectors.append(stored: bytes[start..<start + width])
            parts[last].owners.append(Int32(item))
        }
        return true
    }

    /// Takes an item's vectors away.
    mutating func remove(_ item: Int) {
        for part in parts.indices where parts[part].owners.contains(Int32(item)) {
            for row in parts[part].owners.indices where parts[part].owners[row] == Int32(item) {
                parts[part].owners[row] = Self.nobody
            }
        }
    }

    /// The cosine of each item with a query, that of the best of its vectors; -∞ where it has none.
    func cosines(with query: QuantisedVector, itemCount: Int) -> [Float] {
        var best = [Float](repeating: -.infinity, count: itemCount)
        guard query.components.count == dimensions else { return best }
        for part in parts {
            for (owner, cosine) in zip(part.owners, part.vectors.cosines(with: query)) where owner != Self.nobody {
                best[Int(owner)] = max(best[Int(owner)], cosine)
            }
        }
        return best
    }
}
