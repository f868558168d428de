import RecollectRanking
import Testing

@Suite struct `Analysis` {
    private let analyser = Analyser()

    @Test(arguments: [
        ("Running dogs", ["run", "dog"]),
        ("Zoë's CAFÉ", ["zoe", "cafe"]),
        ("the of and", []),
        ("order #12-34", ["order", "12", "34"]),
        ("東京 tea", ["東", "京", "tea"]),
        ("\u{200B}\u{1F600} …", []),
    ])
    func `texts become stems without case, accents and stop words`(text: String, terms: [String]) {
        #expect(analyser.terms(of: text) == terms)
    }

    @Test func `a word without end is cut, not refused`() {
        #expect(analyser.terms(of: String(repeating: "x", count: 100_000)).count == 1)
    }

    @Test func `many threads may analyse at once`() async {
        await withTaskGroup { group in
            for _ in 0..<16 {
                group.addTask {
                    for _ in 0..<200 { #expect(analyser.terms(of: "running quickly") == ["run", "quick"]) }
                }
            }
        }
    }

    @Test(arguments: [
        (Int64(0), "Thursday 1 January 1970"), (1_683_554_160_000_000, "Monday 8 May 2023"),
        (951_782_400_000_000, "Tuesday 29 February 2000"), (-1, "Wednesday 31 December 1969"),
    ])
    func `dates are spelled out`(microseconds: Int64, words: String) {
        #expect(DateWords.words(atMicroseconds: microseconds) == words)
    }
}

@Suite struct `Lexical index` {
    private static func index(_ texts: [String]) -> LexicalIndex {
        let analyser = Analyser()
        var index = LexicalIndex()
        for text in texts { index.append(analyser.terms(of: text)) }
        return index
    }

    @Test func `the item with the rarer word of the query wins`() {
        let index = Self.index(["likes tea", "likes coffee", "likes tea and dogs"])
        let scores = index.scores(of: ["like", "dog"])
        #expect(scores[2] > scores[0] && scores[0] == scores[1])
    }

    @Test func `scores lie between 0 and 1 and unknown words lower them`() {
        let index = Self.index(["tea tea tea tea", "coffee"])
        let known = index.scores(of: ["tea"])[0]
        let diluted = index.scores(of: ["tea", "nothing", "never"])[0]
        #expect(known > diluted && diluted > 0 && known <= 1)
        #expect(index.scores(of: ["tea"])[1] == 0)
    }

    @Test func `an empty index and an empty query score nothing`() {
        #expect(LexicalIndex().scores(of: ["tea"]).isEmpty)
        #expect(Self.index(["tea"]).scores(of: []) == [0])
    }
}
