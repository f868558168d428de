// BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009) over the items of one
// profile. A query costs one pass over the postings of its terms. The score is divided by the most that the query could
// reach, so that it lies in 0…1 and means the same for every query: the share of the query's weight that an item answers.
// Terms that no item has count in that share too, or a query of one known and nine unknown words would look answered.

import Foundation

/// The items of one profile by their terms.
package struct LexicalIndex: Sendable {
    /// How fast repetitions of a term stop counting (the paper's k1).
    ///
    /// Source: Robertson and Zaragoza 2009, whose range is 1.2 to 2.
    package static let saturation: Float = 1.2
    /// How much longer items are held back (the paper's b).
    ///
    /// Source: ours; the paper's range is 0.5 to 0.8 for documents, and items are one sentence, whose length says little.
    package static let lengthWeight: Float = 0.4

    private var termNumbers: [String: Int] = [:]
    private var postings = PostingLists()
    private var lengths: [Float] = []
    private var totalLength: Float = 0
    /// What the terms take that are too long to lie inside the dictionary.
    private var longTermBytes = 0

    /// An index of nothing.
    package init() {}

    /// An index of items.
    ///
    /// - Parameter items: the terms of each.
    package init(_ items: some Sequence<[String]>) {
        for terms in items { append(terms) }
    }

    /// How many items there are.
    package var count: Int { lengths.count }

    /// About how much memory the index takes, what it has reserved included.
    package var byteCount: Int {
        let entry = MemoryLayout<(String, Int)>.stride + 1
        // The dictionary keeps a quarter of its table free.
        return termNumbers.capacity * entry * 4 / 3 + longTermBytes + postings.byteCount
            + lengths.capacity * MemoryLayout<Float>.stride
    }

    /// Adds an item.
    ///
    /// Its number is the count before.
    ///
    /// - Parameter terms: the item's terms.
    package mutating func append(_ terms: [String]) {
        let item = UInt32(lengths.count)
        for term in terms {
            postings.count(number(of: term), for: item)
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
        let found = weigh(terms)
        guard found.reachable > 0 else { return scores }
        let averageLength = max(totalLength / Float(lengths.count), 1)
        let scale = (Self.saturation + 1) / found.reachable
        for (term, weight) in found.terms {
            postings.withPostings(of: term) { postings in
                addScores(of: postings, weight * scale, lengths.span, averageLength, to: &scores)
            }
        }
        return scores
    }

    /// The items that answer a query best, descending.
    ///
    /// - Parameters:
    ///   - terms: the query's terms; one said twice counts once.
    ///   - limit: how many at most.
    ///   - tieBreak: of items with equal scores the one with the greater key comes first; with equal keys the later item.
    ///   - isCovered: whether an item may be among them.
    /// - Returns: items that have at least one of the terms.
    package func matches<Key: Comparable>(
        _ terms: [String],
        limit: Int,
        tieBreak: (Int) -> Key,
        where isCovered: (Int) -> Bool = { _ in true }
    ) -> [LexicalMatch] {
        guard limit > 0 else { return [] }
        let scores = scores(of: terms)
        var best = BestMatches<Key>(limit: limit)
        for item in scores.indices {
            let score = scores[item]
            guard score > 0, best.mayHold(score), isCovered(item) else { continue }
            best.offer(score, tieBreak(item), item)
        }
        return best.sorted()
    }

    /// The query's terms that are here, with their weights, and the sum of idf · (k1 + 1) over all of its terms.
    private func weigh(_ terms: [String]) -> (terms: [(term: Int, weight: Float)], reachable: Float) {
        var known: [(term: Int, weight: Float)] = []
        var reachable: Float = 0
        // Sorted, as a set's order differs from run to run and the last bit of a sum with it.
        for term in Set(terms).sorted() {
            let number = termNumbers[term]
            let weight = inverseDocumentFrequency(number.map(postings.count(of:)) ?? 0)
            reachable += weight * (Self.saturation + 1)
            if let number { known.append((number, weight)) }
        }
        return (known, reachable)
    }

    /// The form with 1 added inside the logarithm: never negative, whatever share of the items has the term.
    private func inverseDocumentFrequency(_ frequency: Int) -> Float {
        let (all, some) = (Float(lengths.count), Float(frequency))
        return log(1 + (all - some + 0.5) / (some + 0.5))
    }

    private mutating func number(of term: String) -> Int {
        if let number = termNumbers[term] { return number }
        let number = postings.addList()
        termNumbers[term] = number
        let bytes = term.utf8.count
        // Fifteen bytes fit a string itself; a longer one has an allocation with a header of 32.
        if bytes > 15 { longTermBytes += bytes + 32 }
        return number
    }
}

/// Adds to each item what one term of the query is worth there.
private func addScores(
    of postings: UnsafeBufferPointer<Posting>,
    _ weight: Float,
    _ lengths: Span<Float>,
    _ averageLength: Float,
    to scores: inout [Float]
) {
    let base = LexicalIndex.saturation * (1 - LexicalIndex.lengthWeight)
    let slope = LexicalIndex.saturation * LexicalIndex.lengthWeight / averageLength
    var scores = scores.mutableSpan
    for posting in postings {
        let item = Int(posting.item)
        let score = weight * posting.count / (posting.count + base + slope * lengths[item])
        scores[item] = min(scores[item] + score, 1)
    }
}
