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
    /// What items are ordered by; -∞ where one was removed.
    package let sums: [Float]
    /// The cosine of each item, -∞ where it has no vector; nil when the query has none.
    private let cosines: [Float]?
    private let divisor: Float

    /// The cosine of an item; nil where it or the query has no vector.
    ///
    /// - Parameter item: the item's number.
    /// - Returns: -1…1.
    package func cosine(of item: Int) -> Float? {
        guard let cosine = cosines?[item], cosine.isFinite else { return nil }
        return cosine
    }

    /// The score of an item that is shown: it orders items as `sums` does.
    ///
    /// - Parameter item: the item's number.
    /// - Returns: 0…1; 0 where the item was removed and where nothing at all speaks for it.
    package func score(of item: Int) -> Float {
        sums[item] <= 0 ? 0 : 1 / (1 + exp((Self.evenScore - sums[item] / divisor) / Self.scoreScale))
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
        divisor = (1 + Self.occasionWeight) * (1 + Self.reachWeight * reach)
        var sums = lexical
        if let cosines {
            for item in sums.indices { sums[item] = Self.score(lexical: lexical[item], cosine: cosines[item]) }
        } else {
            for item in sums.indices where lexical[item] > 0 {
                sums[item] = Self.score(lexical: lexical[item], cosine: -.infinity)
            }
        }
        for item in sums.indices where isRemoved[item] { sums[item] = -.infinity }
        var best = [Float](repeating: 0, count: occasionCount)
        for item in sums.indices {
            let occasion = Int(occasions[item])
            if sums[item] > best[occasion] { best[occasion] = sums[item] }
        }
        for item in sums.indices { sums[item] += Self.occasionWeight * best[Int(occasions[item])] }
        self.sums = sums
    }

    /// The score of an item by itself, whose cosine is -∞ when it is not known.
    ///
    /// A newcomer is not held back for lack of a vector: taken to be unrelated in meaning it would be lost among the others.
    private static func score(lexical: Float, cosine: Float) -> Float {
        lexical * lexicalWeight + (cosine.isFinite ? cosine : unknownCosine + unknownCosineSlope * lexical)
    }
}
