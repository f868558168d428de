import Foundation
import RecollectRanking
import Testing

@Suite struct `Best matches` {
    private static func items(_ matches: [LexicalMatch]) -> [Int] { matches.map(\.item) }

    @Test func `matches descend and hold only items with a term of the query`() {
        let index = LexicalIndex([["tea"], ["coffee"], ["tea", "dog"], ["milk"]])
        let matches = index.matches(["tea", "dog"], limit: 10) { $0 }
        #expect(Self.items(matches) == [2, 0])
        #expect(matches[0].score > matches[1].score && matches[1].score > 0)
    }

    @Test func `of equal scores the greater key comes first, then the later item`() {
        let index = LexicalIndex([["tea"], ["tea"], ["tea"], ["tea"]])
        #expect(Self.items(index.matches(["tea"], limit: 4) { _ in 0 }) == [3, 2, 1, 0])
        #expect(Self.items(index.matches(["tea"], limit: 4) { [5, 9, 5, 1][$0] }) == [1, 2, 0, 3])
        #expect(Self.items(index.matches(["tea"], limit: 2) { -$0 }) == [0, 1])
    }

    @Test func `an item that is not covered makes room for the next`() {
        let index = LexicalIndex([["tea"], ["tea", "tea"], ["tea"]])
        let matches = index.matches(["tea"], limit: 2, tieBreak: { $0 }, where: { $0 != 1 })
        #expect(Self.items(matches) == [2, 0])
    }

    @Test(arguments: [-1, 0])
    func `a limit of none gives none`(limit: Int) {
        #expect(LexicalIndex([["tea"]]).matches(["tea"], limit: limit) { $0 }.isEmpty)
    }

    @Test func `nothing is found in nothing, and by nothing`() {
        #expect(LexicalIndex().matches(["tea"], limit: 5) { $0 }.isEmpty)
        #expect(LexicalIndex([["tea"], []]).matches([], limit: 5) { $0 }.isEmpty)
        #expect(LexicalIndex([[], []]).matches(["tea"], limit: 5) { $0 }.isEmpty)
    }

    @Test func `any limit gives the beginning of the whole order`() {
        var state: UInt64 = 3
        func draw(_ bound: UInt64) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % bound)
        }
        let items = (0..<300).map { _ in (0..<(1 + draw(6))).map { _ in "t\(draw(12))" } }
        let keys = items.map { _ in draw(4) }
        let index = LexicalIndex(items)
        let scores = index.scores(of: ["t1", "t2", "t3"])
        let order = items.indices.filter { scores[$0] > 0 }
            .sorted { (scores[$0], keys[$0], $0) > (scores[$1], keys[$1], $1) }
        for limit in [1, 2, 3, 7, 50, 299, 1000] {
            let matches = index.matches(["t1", "t2", "t3"], limit: limit) { keys[$0] }
            #expect(Self.items(matches) == Array(order.prefix(limit)))
        }
    }
}

@Suite struct `BM25` {
    /// The formula, term by term and item by item, in double precision.
    private static func reference(_ items: [[String]], _ query: [String]) -> [Double] {
        let (k1, b) = (Double(LexicalIndex.saturation), Double(LexicalIndex.lengthWeight))
        let average = max(Double(items.reduce(0) { $0 + $1.count }) / Double(items.count), 1)
        func idf(_ term: String) -> Double {
            let n = Double(items.count { $0.contains(term) })
            return log(1 + (Double(items.count) - n + 0.5) / (n + 0.5))
        }
        let reachable = Set(query).reduce(0) { $0 + idf($1) * (k1 + 1) }
        return items.map { item in
            Set(query).reduce(0) { sum, term in
                let tf = Double(item.count { $0 == term })
                return sum + idf(term) * tf * (k1 + 1) / (tf + k1 * (1 - b + b * Double(item.count) / average))
            } / reachable
        }
    }

    @Test func `scores are the formula's, however the postings grew`() {
        var state: UInt64 = 9
        func draw(_ bound: UInt64) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % bound)
        }
        var items: [[String]] = []
        var index = LexicalIndex()
        for size in 1...200 {
            let item = (0..<draw(9)).map { _ in "t\(draw(5) * draw(7))" }
            items.append(item)
            index.append(item)
            guard size % 20 == 0 || size < 4 else { continue }
            let query = ["t0", "t4", "t\(draw(30))", "unknown", "t0"]
            for (score, expected) in zip(index.scores(of: query), Self.reference(items, query)) {
                #expect(abs(Double(score) - expected) < 1e-5)
            }
        }
    }

    @Test func `a term of every item still counts for something`() {
        let scores = LexicalIndex([["tea"], ["tea"], ["tea"]]).scores(of: ["tea"])
        #expect(scores.allSatisfy { $0 > 0 })
    }

    @Test func `no repetition lifts a score above 1`() {
        let index = LexicalIndex([[String](repeating: "tea", count: 10_000), ["dog"], []])
        let score = index.scores(of: ["tea"])[0]
        #expect(score > 0.9 && score <= 1)
    }

    @Test func `a query's order and repetitions change nothing`() {
        let index = LexicalIndex([["tea", "dog"], ["dog", "cat"], ["cat"]])
        #expect(index.scores(of: ["tea", "cat", "dog"]) == index.scores(of: ["dog", "dog", "cat", "tea", "tea"]))
    }

    @Test func `a copy keeps what it was`() {
        var index = LexicalIndex([["tea"]])
        let copy = index
        index.append(["tea", "dog"])
        #expect(copy.count == 1 && index.count == 2)
        #expect(copy.scores(of: ["dog"]) == [0] && index.scores(of: ["dog"])[1] > 0)
    }

    @Test func `the size in bytes grows with items and with long terms`() {
        let short = LexicalIndex((0..<1000).map { ["t\($0)"] })
        let long = LexicalIndex((0..<1000).map { ["t\($0)" + String(repeating: "x", count: 60)] })
        #expect(LexicalIndex().byteCount < 4096)
        #expect(short.byteCount > 1000 * 12 && short.byteCount < 1000 * 300)
        #expect(long.byteCount > short.byteCount + 1000 * 60)
    }
}
