import RecollectRanking
import Testing

@Suite struct `Vectors` {
    private static func cosine(_ one: [Float], _ other: [Float]) -> Float {
        zip(one, other).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private static func index(_ vectors: [[Float]?], dimensions: Int) -> HybridIndex {
        var index = HybridIndex(analysedBy: Analyser(), dimensions: dimensions)
        for (item, vector) in vectors.enumerated() {
            index.append(
                RankedText(content: "", evidence: [], occurredAt: 0, occasion: .hour(Int64(item)))
            )
            if let vector { index.setVector(QuantisedVector(vector).bytes, of: item) }
        }
        return index
    }

    private static func cosines(_ index: HybridIndex, _ query: [Float]) -> [Float?] {
        let scores = index.scores(of: RankingQuery("", analysedBy: Analyser(), vector: query))
        return (0..<index.count).map(scores.cosine(of:))
    }

    @Test(arguments: [1, 7, 63, 64, 65, 384, 1536])
    func `one byte a component keeps the cosine to a hundredth, in any number of dimensions`(dimensions: Int) {
        var numbers = RandomNumbers(seed: UInt64(dimensions))
        let vectors = (0..<200).map { _ in numbers.vector(dimensions) }
        let query = numbers.vector(dimensions)
        let found = Self.cosines(Self.index(vectors, dimensions: dimensions), query)
        for (vector, found) in zip(vectors, found) {
            #expect(abs((found ?? 9) - Self.cosine(vector, query)) < 0.01)
        }
    }

    @Test func `thousands of vectors keep their items`() {
        var numbers = RandomNumbers(seed: 5)
        let vectors = (0..<3000).map { _ in numbers.vector(16) }
        let index = Self.index(vectors, dimensions: 16)
        for item in [0, 1, 1023, 1024, 1025, 2047, 2048, 2999] {
            let found = Self.cosines(index, vectors[item]).map { $0 ?? -1 }
            #expect(found[item] == found.max())
        }
    }

    @Test func `the vector of several texts lies between theirs and has length 1`() {
        #expect(EmbeddedTexts.texts(of: "a", evidence: []) == ["a"])
        #expect(EmbeddedTexts.texts(of: "a", evidence: ["b", "c"]) == ["a", "b", "c"])
        let turned = EmbeddedTexts.vector(of: [[1, 0], [0, 1], [0, 1]])
        #expect(abs(turned[0] - 0.8944) < 0.001 && abs(turned[1] - 0.4472) < 0.001)
        #expect(EmbeddedTexts.vector(of: [[0.6, 0.8]]) == [0.6, 0.8])
        #expect(EmbeddedTexts.vector(of: [[1, 0], [0, 1], [0, -1]]) == [1, 0])
    }

    @Test func `a new vector takes the place of the one there was`() {
        var index = Self.index([[1, 0], [0, 1]], dimensions: 2)
        index.setVector(QuantisedVector([0, 1]).bytes, of: 0)
        #expect((Self.cosines(index, [0, 1])[0] ?? 0) > 0.99)
        index.setVector([], of: 0)
        #expect(Self.cosines(index, [0, 1])[0] == nil)
    }

    @Test func `vectors of another length, and a query of another length, are none`() {
        var index = Self.index([[1, 0], nil], dimensions: 2)
        index.setVector([1, 2, 3], of: 1)
        #expect(Self.cosines(index, [1, 0])[1] == nil)
        #expect(Self.cosines(index, [1, 0, 0]) == [nil, nil])
        #expect(Self.cosines(Self.index([nil], dimensions: 0), [1, 0]) == [nil])
    }

    @Test(arguments: [[Float.nan, 1], [Float.infinity, 0], [0, 0], [-Float.infinity, Float.nan]] as [[Float]])
    func `what is no direction is near to nothing and spoils nothing`(vector: [Float]) {
        let index = Self.index([vector, [1, 0]], dimensions: 2)
        #expect(Self.cosines(index, [1, 0])[0] == 0)
        let scores = index.scores(of: RankingQuery("", analysedBy: Analyser(), vector: vector))
        #expect(scores.sums.allSatisfy { $0.isFinite })
    }
}
