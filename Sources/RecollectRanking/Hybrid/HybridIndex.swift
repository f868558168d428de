// The items of one profile, ready to be ranked by words and by meaning. Terms lie in parts of bounded size, as vectors do: adding an
// item touches the last part only, so an index that a query still reads is copied for little; removing marks a number. Statistics
// are those of the items that are left, so an index that grew ranks as one that was built anew (a test holds it to that).
//
// An index that is built anew has its parts made side by side on all processors: a caller waits for it, and finding the terms of the
// items and the places of their postings is most of the work.

import Dispatch
import Foundation
import Synchronization

/// The items of one profile.
package struct HybridIndex: Sendable {
    /// How many items a part holds before the next one is begun.
    ///
    /// Source: ours; copying the terms of so many takes some 100 µs, and a part more costs a query about 0.1 µs a term.
    private static let partLimit = 1024
    /// The fewest items that are worth another processor, and so a part.
    ///
    /// Source: ours; they take more than half a millisecond, many times what waking a thread takes. Terms that parts share stand in
    /// each, so more parts are more memory.
    private static let partMinimum = 256
    /// What an item takes beside terms and vectors: the flags, the occasion and its share of the occasions' dictionary.
    private static let bytesAnItem = 40

    private struct Part: Sendable {
        let first: Int
        var lexical = LexicalIndex()
    }

    private let analyser: Analyser
    private var parts: [Part] = []
    private var statistics = LexicalStatistics()
    private var dense: DenseIndex
    private var isRemoved: [Bool] = []
    private var hasVector: [Bool] = []
    private var occasions: [Int32] = []
    private var occasionNumbers: [Occasion: Int32] = [:]

    /// An index of nothing.
    ///
    /// - Parameters:
    ///   - analyser: what cuts texts into terms.
    ///   - dimensions: how many components vectors have; 0 when there are none.
    package init(analysedBy analyser: Analyser, dimensions: Int) {
        self.analyser = analyser
        dense = DenseIndex(dimensions: dimensions)
    }

    /// An index of some items, made on several processors; their numbers are their places.
    ///
    /// - Parameters:
    ///   - texts: what the items are found by.
    ///   - analyser: what cuts texts into terms.
    ///   - dimensions: how many components vectors have; 0 when there are none.
    package init(of texts: [RankedText], analysedBy analyser: Analyser, dimensions: Int) {
        self.init(analysedBy: analyser, dimensions: dimensions)
        parts = Self.parts(of: texts, analyser)
        for part in parts { statistics.add(part.lexical) }
        for text in texts { appendItem(of: text.occasion) }
    }

    /// How many items have been added, removed ones among them.
    package var count: Int { isRemoved.count }

    /// How many items are not removed.
    package var activeCount: Int { statistics.itemCount }

    /// About how much memory the index takes.
    package var byteCount: Int {
        parts.reduce(0) { $0 + $1.lexical.byteCount } + dense.byteCount + isRemoved.capacity * Self.bytesAnItem
    }

    /// Adds an item; its number is the count before.
    ///
    /// - Parameter text: what it is found by.
    package mutating func append(_ text: RankedText) {
        if parts.last.map({ $0.lexical.count >= Self.partLimit }) ?? true { parts.append(Part(first: count)) }
        let terms = analyser.terms(of: text)
        statistics.add(terms)
        parts[parts.count - 1].lexical.append(terms)
        appendItem(of: text.occasion)
    }

    /// Says how many vectors are about to be set, so that room for them is made once.
    ///
    /// - Parameter count: how many; a guess is good enough.
    package mutating func expectVectors(_ count: Int) { dense.expect(count) }

    /// Gives an item its vector, in place of any that it has.
    ///
    /// A vector of another length is none: the item is ranked by its words.
    ///
    /// - Parameters:
    ///   - stored: the vector in its stored form.
    ///   - number: the item.
    package mutating func setVector(_ stored: [UInt8], of number: Int) {
        if hasVector[number] { dense.remove(number) }
        hasVector[number] = dense.append(stored: stored, of: number)
    }

    /// Removes an item: its number is not used again.
    ///
    /// - Parameters:
    ///   - number: the item.
    ///   - text: what it was added with.
    package mutating func remove(_ number: Int, _ text: RankedText) {
        guard !isRemoved[number] else { return }
        isRemoved[number] = true
        if hasVector[number] { dense.remove(number) }
        statistics.remove(analyser.terms(of: text))
    }

    /// Whether an item is not removed.
    ///
    /// - Parameter number: the item.
    /// - Returns: whether it can be found.
    package func isActive(_ number: Int) -> Bool { !isRemoved[number] }

    /// How well each item answers a query.
    ///
    /// - Parameter query: the query.
    /// - Returns: the scores by the items' numbers.
    package func scores(of query: RankingQuery) -> RankingScores {
        var lexical = [Float](repeating: 0, count: count)
        let averageLength = statistics.averageLength
        let terms = query.terms.map { term in
            let frequency = parts.reduce(0) { $0 + $1.lexical.frequency(of: term) }
            return (term: term, weight: statistics.weight(of: term, inItems: frequency))
        }
        let reach = terms.reduce(0) { $0 + $1.weight } * LexicalIndex.highestSaturation
        for part in parts {
            part.lexical.addScores(of: terms, averageLength: averageLength, to: &lexical, from: part.first)
        }
        return RankingScores(
            lexical: lexical,
            reach: reach,
            cosines: query.vector.map { dense.cosines(with: $0, itemCount: count) },
            occasions: occasions,
            occasionCount: occasionNumbers.count,
            isRemoved: isRemoved
        )
    }

    /// Which of a query's terms an item has.
    ///
    /// - Parameters:
    ///   - query: the query.
    ///   - number: the item.
    /// - Returns: the terms, in the query's order.
    package func matchedTerms(of query: RankingQuery, in number: Int) -> [String] {
        guard let part = parts.last(where: { $0.first <= number }) else { return [] }
        return part.lexical.terms(query.terms, of: number - part.first)
    }

    private mutating func appendItem(of occasion: Occasion) {
        isRemoved.append(false)
        hasVector.append(false)
        let number = occasionNumbers[occasion] ?? Int32(occasionNumbers.count)
        occasionNumbers[occasion] = number
        occasions.append(number)
    }

    /// The parts of an index of some items, all but the last of one size.
    private static func parts(of texts: [RankedText], _ analyser: Analyser) -> [Part] {
        let share = texts.count / ProcessInfo.processInfo.activeProcessorCount + 1
        let size = min(max(share, partMinimum), partLimit)
        let firsts = Array(stride(from: 0, to: texts.count, by: size))
        let parts = Mutex(firsts.map { Part(first: $0) })
        DispatchQueue.concurrentPerform(iterations: firsts.count) { place in
            let lexical = analyser.reading { reader in
                var items = ItemReader()
                var lexical = LexicalIndex()
                for text in texts[firsts[place]...].prefix(size) { lexical.append(items.terms(of: text, &reader)) }
                return lexical
            }
            parts.withLock { $0[place].lexical = lexical }
        }
        return parts.withLock(\.self)
    }
}
