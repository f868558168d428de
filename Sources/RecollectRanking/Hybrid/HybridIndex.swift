// The items of one profile, ready to be ranked by words and by meaning. They lie in parts: a large one that was built at once, and
// small ones that grew behind it. Adding an item touches the last part only, so an index that a query still reads is copied for
// little; removing marks a number. Statistics are those of the items that are left, so an index that grew ranks as one that was
// built anew (a test holds it to that).

/// The items of one profile.
package struct HybridIndex: Sendable {
    /// How many items a part that grows may hold before the next one is begun.
    ///
    /// Source: ours; copying so many vectors takes some 20 µs, and a query pays about 1 µs a part.
    private static let partLimit = 1024

    private struct Part: Sendable {
        let first: Int
        var lexical = LexicalIndex()
        var vectors: VectorMatrix
    }

    private let analyser: Analyser
    private let dimensions: Int
    private var parts: [Part] = []
    private var statistics = LexicalStatistics()
    private var isRemoved: [Bool] = []
    /// The number of an item's first vector in its part, or -1.
    private var firstVectors: [Int32] = []
    private var vectorCounts: [UInt8] = []
    private var occasions: [Int32] = []
    private var occasionNumbers: [String: Int32] = [:]

    /// An index of nothing.
    ///
    /// - Parameters:
    ///   - analyser: what cuts texts into terms.
    ///   - dimensions: how many components vectors have; 0 when there are none.
    package init(analysedBy analyser: Analyser, dimensions: Int) {
        self.analyser = analyser
        self.dimensions = dimensions
    }

    /// How many items have been added, removed ones among them.
    package var count: Int { isRemoved.count }

    /// About how much memory the index takes.
    package var byteCount: Int {
        parts.reduce(0) { $0 + $1.lexical.byteCount + $1.vectors.byteCount } + isRemoved.capacity * 10
            + occasionNumbers.capacity * 48
    }

    /// Adds an item.
    ///
    /// Its number is the count before.
    ///
    /// - Parameters:
    ///   - text: what it is found by.
    ///   - vectors: its vectors in stored form, one after the other; none while they are not made.
    ///   - isBulk: whether a whole profile is being added.
    package mutating func append(_ text: RankedText, vectors: [UInt8], isBulk: Bool = false) {
        if parts.isEmpty || (!isBulk && parts[parts.count - 1].lexical.count >= Self.partLimit && parts.count > 0) {
            parts.append(Part(first: count, vectors: VectorMatrix(dimensions: dimensions)))
        }
        let last = parts.count - 1
        let terms = analyser.terms(of: text)
        statistics.add(terms)
        parts[last].lexical.append(terms)
        let first = parts[last].vectors.count
        let width = QuantisedVector.byteCount(dimensions: dimensions)
        var added: UInt8 = 0
        if dimensions > 0, vectors.count.isMultiple(of: width) {
            for start in stride(from: 0, to: vectors.count, by: width)
            where parts[last].vectors.append(stored: vectors[start..<start + width]) { added += 1 }
        }
        firstVectors.append(added > 0 ? Int32(first) : -1)
        vectorCounts.append(added)
        isRemoved.append(false)
        let occasion = occasionNumbers[text.occasion] ?? Int32(occasionNumbers.count)
        occasionNumbers[text.occasion] = occasion
        occasions.append(occasion)
    }

    /// Removes an item: its number is not used again.
    ///
    /// - Parameters:
    ///   - number: the item.
    ///   - text: what it was added with.
    package mutating func remove(_ number: Int, _ text: RankedText) {
        guard !isRemoved[number] else { return }
        isRemoved[number] = true
        statistics.remove(analyser.terms(of: text))
    }

    /// How well each item answers a query.
    ///
    /// - Parameter query: the query.
    /// - Returns: the scores by the items' numbers.
    package func scores(of query: RankingQuery) -> RankingScores {
        var lexical = [Float](repeating: 0, count: count)
        let averageLength = statistics.averageLength
        let indexes = parts.map(\.lexical)
        let terms = query.terms.map { (term: $0, weight: statistics.weight(of: $0, in: indexes)) }
        for part in parts {
            part.lexical.addScores(of: terms, averageLength: averageLength, to: &lexical, from: part.first)
        }
        return RankingScores(
            lexical: lexical,
            cosines: query.vector.flatMap { dimensions > 0 ? cosines(with: $0) : nil },
            occasions: occasions,
            occasionCount: occasionNumbers.count,
            isRemoved: isRemoved
        )
    }

    /// Which of a query's terms an item has.
    ///
    /// - Parameters:
    ///   - query: the query.
    ///   - number: the item.
    /// - Returns: the terms, in the query's order.
    package func matchedTerms(of query: RankingQuery, in number: Int) -> [String] {
        guard let part = parts.last(where: { $0.first <= number }) else { return [] }
        return part.lexical.terms(query.terms, of: number - part.first)
    }

    /// The cosine of each item with a query: that of the best of its vectors; nil where it has none.
    private func cosines(with query: QuantisedVector) -> [Float?] {
        var cosines = [Float?](repeating: nil, count: count)
        for part in parts {
            let found = part.vectors.cosines(with: query)
            for item in 0..<part.lexical.count where firstVectors[part.first + item] >= 0 {
                let first = Int(firstVectors[part.first + item])
                cosines[part.first + item] = found[first..<first + Int(vectorCounts[part.first + item])].max()
            }
        }
        return cosines
    }
}

/// What items are ranked by.
package struct RankingQuery: Sendable {
    /// Its terms, each once.
    package let terms: [String]
    /// Its vector, if there is a model.
    package let vector: QuantisedVector?

    /// A query.
    ///
    /// - Parameters:
    ///   - text: what is looked for.
    ///   - analyser: what cuts it into terms.
    ///   - vector: its vector.
    package init(_ text: String, analysedBy analyser: Analyser, vector: [Float]?) {
        // Sorted, as a set's order differs from run to run and the last bit of a sum with it.
        terms = Set(analyser.terms(of: text)).sorted()
        self.vector = vector.map(QuantisedVector.init)
    }

    /// Whether it names nothing to rank by.
    package var isEmpty: Bool { terms.isEmpty && vector == nil }
}
