import Foundation

// How words and meaning become one score. A point of BM25 is worth a fixed share of cosine, not a share of the best hit's, so that a
// score means the same for every query; measured on conversations, that ranks better too. Then each item gets a share of the score
// of the best item of its occasion: what was said in the conversation that answers a question is likely to matter as well. Last, the
// sum becomes a number of 0…1 by a logistic curve, after it is held back by what the query could have reached at best: of a long
// query something always matches. The ARCHITECTURE document says what each part gains, and what was tried and gained nothing.

/// How well the items of an index answer a query, and why.
package struct RankingScores: Sendable {
    // All constants: measured on the development half of LoCoMo, where each is flat around its value.

    /// What a point of BM25 is worth in cosine.
    private static let lexicalWeight: Float = 0.06
    /// The cosine of an item whose vector is not known, if no word matches: somewhat more than that of two unrelated texts.
    private static let unknownCosine: Float = 0.30
    /// How much more likely a point of BM25 makes such an item's cosine.
    private static let unknownCosineSlope: Float = 0.03
    /// What share of the score of the best item of its occasion an item gets.
    private static let occasionWeight: Float = 0.5
    /// How much a point that a query could have reached holds scores back.
    private static let reachWeight: Float = 0.01
    /// The sum at which an item is as likely as not to be evidence for the answer.
    private static let evenScore: Float = 0.72
    /// How far from it the odds change by a factor of e.
    private static let scoreScale: Float = 0.13

    /// BM25 of each item.
    package let lexical: [Float]
    /// The fused score of each item, 0…1; 0 where it was removed and where nothing at all speaks for it.
    package let fused: [Float]
    /// The cosine of each item, -∞ where it has no vector; nil when the query has none.
    private let cosines: [Float]?

    /// The cosine of an item; nil where it or the query has no vector.
    ///
    /// - Parameter item: the item's number.
    /// - Returns: -1…1.
    package func cosine(of item: Int) -> Float? {
        guard let cosine = cosines?[item], cosine.isFinite else { return nil }
        return cosine
    }

    /// - Parameters:
    ///   - lexical: BM25 of each item.
    ///   - reach: the most that BM25 could have been.
    ///   - cosines: the cosine of each item, -∞ where it has no vector; nil when the query has none.
    ///   - occasions: the number of each item's occasion.
    ///   - occasionCount: how many occasions there are.
    ///   - isRemoved: which items count no more.
    init(
        lexical: [Float],
        reach: Float,
        cosines: [Float]?,
        occasions: [Int32],
        occasionCount: Int,
        isRemoved: [Bool]
    ) {
        self.lexical = lexical
        self.cosines = cosines
        var scores = lexical
        var best = [Float](repeating: 0, count: occasionCount)
        for item in scores.indices where !isRemoved[item] {
            let score = Self.score(lexical: lexical[item], cosine: cosines.map { $0[item] })
            scores[item] = score
            best[Int(occasions[item])] = max(best[Int(occasions[item])], score)
        }
        let divisor = (1 + Self.occasionWeight) * (1 + Self.reachWeight * reach)
        for item in scores.indices {
            let sum = scores[item] + Self.occasionWeight * best[Int(occasions[item])]
            scores[item] = isRemoved[item] || sum <= 0 ? 0 : Self.likelihood(sum / divisor)
        }
        fused = scores
    }

    /// The score of an item by itself.
    ///
    /// A newcomer is not held back for lack of a vector: taken to be unrelated in meaning it would be lost among the others.
    private static func score(lexical: Float, cosine: Float?) -> Float {
        let ofWords = lexical * lexicalWeight
        switch cosine {
        case let cosine? where cosine.isFinite:
            return ofWords + cosine
        case nil where lexical == 0:
            return 0
        default:
            return ofWords + unknownCosine + unknownCosineSlope * lexical
        }
    }

    private static func likelihood(_ score: Float) -> Float {
        1 / (1 + exp((evenScore - score) / scoreScale))
    }
}
