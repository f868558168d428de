import RecollectRanking
import Testing

@Suite struct `Hybrid index` {
    private static let analyser = Analyser()
    private static let dimensions = 8

    private static func text(_ content: String, occasion: Int64 = 0) -> RankedText {
        RankedText(content: content, evidence: [], occurredAt: 0, occasion: .hour(occasion))
    }

    private static func index(_ contents: [String], occasions: [Int64]? = nil) -> HybridIndex {
        var index = HybridIndex(analysedBy: analyser, dimensions: dimensions)
        for (item, content) in contents.enumerated() {
            index.append(text(content, occasion: occasions?[item] ?? Int64(item)))
        }
        return index
    }

    private static func scores(_ index: HybridIndex, _ query: String, _ vector: [Float]? = nil) -> [Float] {
        let scores = index.scores(of: RankingQuery(query, analysedBy: analyser, vector: vector))
        return (0..<index.count).map(scores.score(of:))
    }

    @Test func `an index that grew and shrank scores as one that was built anew`() {
        var numbers = RandomNumbers(seed: 11)
        let contents = (0..<2500).map { _ in
            (0..<1 + numbers.below(8)).map { _ in "t\(numbers.below(40) * numbers.below(9))" }.joined(separator: " ")
        }
        let vectors = contents.map { _ in numbers.vector(Self.dimensions) }
        let occasions = contents.map { _ in Int64(numbers.below(300)) }
        let removed = Set((0..<900).map { _ in numbers.below(contents.count) })
        let kept = contents.indices.filter { !removed.contains($0) }
        var grown = Self.index([])
        for item in contents.indices {
            grown.append(Self.text(contents[item], occasion: occasions[item]))
            if item >= 5 { grown.setVector(QuantisedVector(vectors[item - 5]).bytes, of: item - 5) }
            if item >= 50, removed.contains(item - 50) {
                grown.remove(item - 50, Self.text(contents[item - 50], occasion: occasions[item - 50]))
            }
        }
        for item in contents.indices.suffix(50) {
            grown.setVector(QuantisedVector(vectors[item]).bytes, of: item)
            if removed.contains(item) { grown.remove(item, Self.text(contents[item], occasion: occasions[item])) }
        }
        var anew = Self.index(kept.map { contents[$0] }, occasions: kept.map { occasions[$0] })
        for (number, item) in kept.enumerated() { anew.setVector(QuantisedVector(vectors[item]).bytes, of: number) }
        #expect(grown.activeCount == kept.count)
        for _ in 0..<20 {
            let query = "t\(numbers.below(40)) t\(numbers.below(300))"
            let vector = numbers.vector(Self.dimensions)
            let (left, right) = (Self.scores(grown, query, vector), Self.scores(anew, query, vector))
            #expect(zip(kept, right).allSatisfy { abs(left[$0] - $1) < 1e-5 })
        }
    }

    @Test(arguments: [0, 1, 256, 600, 2500])
    func `an index made of many items at once scores as one that grew item by item`(count: Int) {
        var numbers = RandomNumbers(seed: 12)
        let texts = (0..<count).map { item in
            RankedText(
                content: "t\(numbers.below(40)) t\(numbers.below(300))",
                evidence: (0..<numbers.below(3)).map { _ in "e\(numbers.below(50))" },
                // Some days, each of several items.
                occurredAt: Int64(item / 7) * 86_400_000_000,
                occasion: .hour(Int64(item / 3))
            )
        }
        var grown = Self.index([])
        for text in texts { grown.append(text) }
        var made = HybridIndex(of: texts, analysedBy: Self.analyser, dimensions: Self.dimensions)
        #expect(made.count == count && made.activeCount == count)
        // Both go on growing.
        for text in texts.prefix(200) {
            grown.append(text)
            made.append(text)
        }
        for query in ["t1 t7", "e3 t100", "Thursday", "2 January 1970", "whisky"] {
            #expect(Self.scores(made, query) == Self.scores(grown, query), "\(query)")
        }
    }

    @Test func `a copy keeps what it was`() {
        var index = Self.index(["tea"])
        let copy = index
        index.append(Self.text("tea and dogs"))
        index.remove(0, Self.text("tea"))
        #expect(copy.count == 1 && index.count == 2)
        #expect(copy.isActive(0) && !index.isActive(0))
        #expect(Self.scores(copy, "tea")[0] > 0)
    }

    @Test func `scores lie between 0 and 1 whatever the query`() {
        var numbers = RandomNumbers(seed: 2)
        var index = Self.index((0..<50).map { _ in String(repeating: "tea dogs cake ", count: 1 + numbers.below(60)) })
        for item in 0..<50 { index.setVector(QuantisedVector(numbers.vector(Self.dimensions)).bytes, of: item) }
        for query in ["tea", "tea dogs cake", "whisky", ""] {
            for vector in [nil, numbers.vector(Self.dimensions)] {
                #expect(Self.scores(index, query, vector).allSatisfy { (0...1).contains($0) })
            }
        }
    }

    @Test func `what was said on the same occasion as something that matches is worth more`() {
        let scores = Self.scores(Self.index(["tea", "milk", "milk"], occasions: [1, 1, 2]), "tea")
        #expect(scores[0] > scores[1] && scores[1] > scores[2])
    }

    @Test func `an item without vectors is ranked by its words among those that have some`() {
        var index = Self.index(["coffee", "tea", "cake"])
        var vector = [Float](repeating: 0, count: Self.dimensions)
        vector[0] = 1
        index.setVector(QuantisedVector(vector).bytes, of: 0)
        index.setVector(QuantisedVector(vector.reversed()).bytes, of: 2)
        let scores = Self.scores(index, "tea", vector)
        // Nearer than what has another meaning and other words; what it lacks is not held against it.
        #expect(scores[1] > scores[2])
    }

    @Test func `what neither words nor meaning nor occasion speak for scores 0`() {
        #expect(Self.scores(Self.index(["tea", "milk"]), "tea")[1] == 0)
    }

    @Test func `a score depends little on how much a profile holds and on how long the query is`() {
        let few = Self.index(["likes green tea"])
        let many = Self.index(["likes green tea"] + (0..<250).map { "fact number \($0)" })
        let (short, long) = ("green tea", "please tell me about the green tea that was ordered yesterday evening")
        #expect(abs(Self.scores(few, short)[0] - Self.scores(many, short)[0]) < 0.05)
        #expect(Self.scores(many, long)[0] < Self.scores(many, short)[0])
    }

    @Test(arguments: [
        (Int64(0), Int64(0)), (3_599_999_999, 0), (3_600_000_000, 1), (-1, -1), (-3_600_000_000, -1),
        (-3_600_000_001, -2),
    ])
    func `without a conversation the occasion is the hour`(microseconds: Int64, hour: Int64) {
        #expect(Occasion.hour(ofMicroseconds: microseconds) == .hour(hour))
    }

    @Test func `the size in bytes grows with items, long terms and vectors`() {
        let short = Self.index((0..<1000).map { "t\($0)" })
        let long = Self.index((0..<1000).map { "t\($0)" + String(repeating: "x", count: 60) })
        var dense = short
        for item in 0..<1000 { dense.setVector([UInt8](repeating: 1, count: Self.dimensions + 4), of: item) }
        #expect(Self.index([]).byteCount < 4096)
        #expect(short.byteCount > 1000 * 12 && short.byteCount < 1000 * 400)
        #expect(long.byteCount > short.byteCount + 1000 * 60)
        #expect(dense.byteCount > short.byteCount + 1000 * (Self.dimensions + 4))
    }
}
