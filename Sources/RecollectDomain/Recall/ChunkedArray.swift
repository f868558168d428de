/// An array in chunks: appending to a copy copies one chunk and not all.
///
/// The items of a profile are read by recalls while the next state of its index is made from them.
struct ChunkedArray<Element: Sendable>: Sendable {
    /// How many elements a chunk holds.
    private static var chunkCount: Int { 1024 }

    private var chunks: [[Element]] = []

    /// How many elements there are.
    var count: Int {
        guard let last = chunks.last else { return 0 }
        return (chunks.count - 1) * Self.chunkCount + last.count
    }

    /// The element at a position below the count.
    subscript(_ position: Int) -> Element {
        chunks[position / Self.chunkCount][position % Self.chunkCount]
    }

    /// Adds an element at the end.
    mutating func append(_ element: Element) {
        if chunks.last.map({ $0.count == Self.chunkCount }) ?? true { chunks.append([]) }
        chunks[chunks.count - 1].append(element)
    }
}
