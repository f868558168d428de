import Foundation

// How good a ranking is, as trec_eval counts it: a document's gain is its judgement, 0 if it has none, divided by the
// binary logarithm of its rank plus 1; the sum is divided by that of the best ranking possible (Järvelin & Kekäläinen 2002).

/// The documents recalled for one query, against the judgements.
package struct RankedGains: Sendable {
    /// The gains of what was recalled, the best first.
    private let ranked: [Int]
    /// The gains of all that is relevant, descending.
    private let ideal: [Int]

    /// What was recalled for one query.
    ///
    /// - Parameters:
    ///   - documents: the ids, the best first.
    ///   - gains: the judgements by document; what is not above 0 is not relevant.
    package init(_ documents: [String], judgedAs gains: [String: Int]) {
        ranked = documents.map { max(gains[$0] ?? 0, 0) }
        ideal = gains.values.filter { $0 > 0 }.sorted(by: >)
    }

    /// Normalised discounted cumulative gain of the first documents.
    ///
    /// - Parameter count: how many documents.
    /// - Returns: 0…1; 0 when nothing is relevant.
    package func ndcg(at count: Int) -> Double {
        let best = Self.discounted(ideal.prefix(count))
        return best > 0 ? Self.discounted(ranked.prefix(count)) / best : 0
    }

    /// The share of what is relevant among the first documents.
    ///
    /// - Parameter count: how many documents.
    /// - Returns: 0…1; 0 when nothing is relevant.
    package func recall(at count: Int) -> Double {
        guard !ideal.isEmpty else { return 0 }
        return Double(ranked.prefix(count).count { $0 > 0 }) / Double(ideal.count)
    }

    private static func discounted(_ gains: ArraySlice<Int>) -> Double {
        gains.enumerated().reduce(0) { $0 + Double($1.element) / log2(Double($1.offset + 2)) }
    }
}
