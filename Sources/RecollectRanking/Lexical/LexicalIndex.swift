// BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009) over the items of one
// profile. A query costs one pass over the postings of its terms. The score is divided by the most that the query could
// reach, so that it lies in 0…1 and means the same for every query: the share of the query's weight that an item answers.
// Terms that no item has count in that share too, or a query of one known and nine unknown words would look answered.

import Foundation

/// The items of one profile by their terms.
package struct LexicalIndex: Sendable {
    /// How fast repetitions of a term stop counting.
    ///
    /// Source: the usual value of the paper's range 1.2 to 2.
    private static let saturation: Float = 1.2
    /// How much longer items are held back.
    ///
    /// Source: ours; items are one sentence, whose length says little.
    private static let lengthWeight: Float = 0.4

    private struct Posting: Sendable {
        let item: Int32
        let count: Float
    }

    private var termNumbers: [String: Int] = [:]
    private var postings: [[Posting]] = []
    private var lengths: [Float] = []
    private var totalLength: Float = 0

    /// An index of nothing.
    package init() {}

    /// How many items there are.
    package var count: Int { lengths.count }

    /// About how much memory the index takes.
    package var byteCount: Int {
        lengths.count * 4 + postings.reduce(0) { $0 + $1.count * 8 + 16 } + termNumbers.count * 56
    }

    /// Adds an item.
    ///
    /// Its number is the count before.
    ///
    /// - Parameter terms: the item's terms.
    package mutating func append(_ terms: [String]) {
        let item = Int32(lengths.count)
        // Sorted, the repetitions of a term stand together: items are short, and a table of counts would cost more.
        var rest = terms.map { number(of: $0) }.sorted()[...]
        while let term = rest.first {
            let repetitions = rest.prefix { $0 == term }.count
            postings[term].append(Posting(item: item, count: Float(repetitions)))
            rest = rest.dropFirst(repetitions)
        }
        lengths.append(Float(terms.count))
        totalLength += Float(terms.count)
    }

    /// How well each item answers a query.
    ///
    /// - Parameter terms: the query's terms; one said twice counts once.
    /// - Returns: one score an item, 0…1; 0 for an item that has none of the terms.
    package func scores(of terms: [String]) -> [Float] {
        var scores = [Float](repeating: 0, count: lengths.count)
        guard !lengths.isEmpty else { return scores }
        let averageLength = max(totalLength / Float(lengths.count), 1)
        var reachable: Float = 0
        for term in Set(terms).sorted() {
            let found = termNumbers[term].map { postings[$0] } ?? []
            let weight = inverseDocumentFrequency(found.count)
            reachable += weight * (Self.saturation + 1)
            for posting in found {
                let item = Int(posting.item)
                let length = 1 - Self.lengthWeight + Self.lengthWeight * lengths[item] / averageLength
                scores[item] +=
                    weight * posting.count * (Self.saturation + 1) / (posting.count + Self.saturation * length)
            }
        }
        guard reachable > 0 else { return scores }
        for item in scores.indices {
            scores[item] = min(scores[item] / reachable, 1)
        }
        return scores
    }

    /// The form with 1 added inside the logarithm: never negative, whatever share of the items has the term.
    private func inverseDocumentFrequency(_ frequency: Int) -> Float {
        let (all, some) = (Float(lengths.count), Float(frequency))
        return log(1 + (all - some + 0.5) / (some + 0.5))
    }

    private mutating func number(of term: String) -> Int {
        if let number = termNumbers[term] { return number }
        let number = postings.count
        termNumbers[term] = number
        postings.append([])
        return number
    }
}
