import Foundation

/// How well the items of an index answer a query, and why.
package struct RankingScores: Sendable {
    /// What a point of BM25 is worth in cosine.
    ///
    /// Source: measured on conversations. A fixed worth, so that a score means the same for every query.
    private static let lexicalWeight: Float = 0.08
    /// What share of the score of the best item of its occasion an item gets.
    ///
    /// Source: measured on conversations.
    private static let occasionWeight: Float = 0.4

    /// BM25 of each item.
    package let lexical: [Float]
    /// The cosine of each item, -∞ where it has no vector; nil when the query has none.
    private let cosines: [Float]?
    /// The fused score of each item, 0…1; below 0 where it was removed.
    package let fused: [Float]

    /// The cosine of an item; nil where it or the query has no vector.
    ///
    /// - Parameter item: the item's number.
    /// - Returns: -1…1.
    package func cosine(of item: Int) -> Float? {
        guard let cosine = cosines?[item], cosine.isFinite else { return nil }
        return cosine
    }

    init(lexical: [Float], cosines: [Float]?, occasions: [Int32], occasionCount: Int, isRemoved: [Bool]) {
        self.lexical = lexical
        self.cosines = cosines
        let missing = cosines.map(Self.mean) ?? 0
        var scores = lexical
        for item in scores.indices {
            scores[item] = scores[item] * Self.lexicalWeight + Self.known(cosines?[item], or: missing)
            if isRemoved[item] { scores[item] = -1 }
        }
        var best = [Float](repeating: 0, count: occasionCount)
        for item in scores.indices { best[Int(occasions[item])] = max(best[Int(occasions[item])], scores[item]) }
        for item in scores.indices where scores[item] >= 0 {
            scores[item] = Self.calibrated(scores[item] + Self.occasionWeight * best[Int(occasions[item])])
        }
        fused = scores
    }

    /// What an item without a vector is taken to be: as near to the query as the others on average.
    private static func mean(_ cosines: [Float]) -> Float {
        let known = cosines.filter(\.isFinite)
        return known.isEmpty ? 0 : max(known.reduce(0, +) / Float(known.count), 0)
    }

    private static func known(_ cosine: Float?, or missing: Float) -> Float {
        guard let cosine, cosine.isFinite else { return missing }
        return cosine
    }

    private static func calibrated(_ score: Float) -> Float {
        min(max(score / 2, 0), 1)
    }
}
