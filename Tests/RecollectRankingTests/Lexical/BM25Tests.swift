import Foundation
import RecollectRanking
import Testing

@Suite struct `BM25` {
    private static let analyser = Analyser()
    /// Terms that every item of these tests has: its date.
    private static let date = analyser.terms(of: DateWords.words(atMicroseconds: 0))

    private static func text(_ words: [String], evidence: [String] = []) -> RankedText {
        RankedText(content: words.joined(separator: " "), evidence: evidence, occurredAt: 0, occasion: .hour(0))
    }

    private static func index(_ items: [[String]]) -> HybridIndex {
        var index = HybridIndex(analysedBy: analyser, dimensions: 0)
        for item in items { index.append(text(item)) }
        return index
    }

    private static func lexical(_ index: HybridIndex, _ query: String) -> [Float] {
        index.scores(of: RankingQuery(query, analysedBy: analyser, vector: nil)).lexical
    }

    /// The formula, term by term and item by item, in double precision, with k1 = 0.8, b = 0.3 and at least 300 items.
    private static func reference(_ items: [[String]], _ query: Set<String>) -> [Double] {
        let items = items.map { $0 + date }
        let average = Double(items.reduce(0) { $0 + $1.count }) / Double(items.count)
        return items.map { item in
            query.reduce(0) { sum, term in
                let n = Double(items.count { $0.contains(term) })
                let idf = log(1 + (Double(max(items.count, 300)) - n + 0.5) / (n + 0.5))
                let tf = Double(item.count { $0 == term })
                return sum + idf * tf * 1.8 / (tf + 0.8 * (0.7 + 0.3 * Double(item.count) / average))
            }
        }
    }

    @Test func `scores are the formula's, however the index grew`() {
        var numbers = RandomNumbers(seed: 9)
        var items: [[String]] = []
        var index = Self.index([])
        for size in 1...1500 {
            let item = (0..<numbers.below(9)).map { _ in "t\(numbers.below(5) * numbers.below(7))" }
            items.append(item)
            index.append(Self.text(item))
            guard size < 4 || size % 300 == 0 else { continue }
            let term = "t\(numbers.below(30))"
            let found = Self.lexical(index, "t0 t4 \(term) unknown t0")
            for (score, expected) in zip(found, Self.reference(items, ["t0", "t4", term])) {
                #expect(abs(Double(score) - expected) < 1e-4)
            }
        }
    }

    @Test func `a term of every item still counts for something`() {
        #expect(Self.lexical(Self.index([["tea"], ["tea"], ["tea"]]), "tea").allSatisfy { $0 > 0 })
    }

    @Test func `the words of the evidence and of the date count as the content's do`() {
        var index = Self.index([["coffee"], ["milk"]])
        index.append(Self.text(["milk"], evidence: ["Anna: I drink tea.", "Ben: With cake?"]))
        let scores = Self.lexical(index, "tea and cake")
        #expect(scores[2] > 0 && scores[0] == 0 && scores[1] == 0)
        #expect(Self.lexical(index, "in January 1970").allSatisfy { $0 > 0 })
    }

    @Test func `a query's order and repetitions change nothing`() {
        let index = Self.index([["tea", "dog"], ["dog", "cat"], ["cat"]])
        #expect(Self.lexical(index, "tea cat dog") == Self.lexical(index, "dog dogs, cat: tea tea"))
    }

    @Test func `the terms that matched are told in their order`() {
        let index = Self.index([["tea", "dogs"], ["milk"]])
        let query = RankingQuery("Tea for a dog and a cat", analysedBy: Self.analyser, vector: nil)
        #expect(index.matchedTerms(of: query, in: 0) == ["dog", "tea"])
        #expect(index.matchedTerms(of: query, in: 1) == [])
    }

    @Test func `nothing is found in nothing, and by nothing`() {
        #expect(Self.lexical(Self.index([]), "tea") == [])
        #expect(Self.lexical(Self.index([["tea"], []]), "") == [0, 0])
        #expect(RankingQuery("what is it?!", analysedBy: Self.analyser, vector: nil).isEmpty)
    }
}
