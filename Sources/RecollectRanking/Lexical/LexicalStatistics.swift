import Foundation

/// What BM25 needs to know of all items of a profile, without those that were removed.
struct LexicalStatistics: Sendable {
    /// How many items a profile is taken to have at least: that a word stands in one of three items says little of how rare it is.
    ///
    /// Source: measured on conversations cut to their first sessions; it makes scores of small and large profiles comparable.
    private static let leastItemCount = 300

    private(set) var itemCount = 0
    private var totalLength = 0
    /// How many removed items have a term; their postings are still there.
    private var removedFrequencies: [String: Int] = [:]

    /// The average length of an item, at least 1.
    var averageLength: Float {
        itemCount == 0 ? 1 : max(Float(totalLength) / Float(itemCount), 1)
    }

    mutating func add(_ terms: [String]) {
        itemCount += 1
        totalLength += terms.count
    }

    mutating func add(_ part: LexicalIndex) {
        itemCount += part.count
        totalLength += part.totalLength
    }

    mutating func remove(_ terms: [String]) {
        itemCount -= 1
        totalLength -= terms.count
        for term in Set(terms) { removedFrequencies[term, default: 0] += 1 }
    }

    /// What a term is worth: the rarer, the more.
    ///
    /// `frequency` counts removed items too, as their postings are still there. The form with 1 added inside the logarithm: never negative, whatever share of the items has the term.
    func weight(of term: String, inItems frequency: Int) -> Float {
        let found = frequency - (removedFrequencies[term] ?? 0)
        let (all, some) = (Float(max(itemCount, Self.leastItemCount)), Float(found))
        return log(1 + (all - some + 0.5) / (some + 0.5))
    }
}
