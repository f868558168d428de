// The best of many matches: a heap of at most `limit`, its worst on top, so that most items are turned away by one
// comparison. O(items · log limit), no sort of all.

// Not generic over what decides between equals: a generic type of another module is not specialised, and cost ten times as much.

/// Keeps the best matches; of equals the most recent one, then the one with the greater id.
package struct BestMatches {
    private struct Candidate {
        let score: Float
        let recency: Recency
        let item: Int
    }

    private let limit: Int
    private var heap: [Candidate] = []

    /// Nothing yet.
    ///
    /// - Parameter limit: how many to keep.
    package init(limit: Int) {
        self.limit = limit
    }

    /// Whether a score may be among the best: what cannot be need not be looked at further.
    ///
    /// - Parameter score: the score.
    /// - Returns: false when nothing of that score would be kept.
    package func mayHold(_ score: Float) -> Bool {
        guard heap.count >= limit, let worst = heap.first else { return limit > 0 }
        return score >= worst.score
    }

    /// Keeps an item if it is among the best so far.
    ///
    /// - Parameters:
    ///   - score: its score.
    ///   - recency: which of two with equal scores comes first.
    ///   - item: its number.
    package mutating func offer(_ score: Float, _ recency: Recency, _ item: Int) {
        let candidate = Candidate(score: score, recency: recency, item: item)
        if heap.count < limit {
            heap.append(candidate)
            siftUp()
        } else if let worst = heap.first, Self.isWorse(worst, candidate) {
            heap[0] = candidate
            siftDown()
        }
    }

    /// The numbers of the best, descending.
    package func sorted() -> [Int] {
        heap.sorted { Self.isWorse($1, $0) }.map(\.item)
    }

    private static func isWorse(_ one: Candidate, _ other: Candidate) -> Bool {
        if one.score != other.score { return one.score < other.score }
        return one.recency < other.recency
    }

    private mutating func siftUp() {
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard Self.isWorse(heap[child], heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var worst = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && Self.isWorse(heap[child], heap[worst]) {
                worst = child
            }
            guard worst != parent else { return }
            heap.swapAt(worst, parent)
            parent = worst
        }
    }
}

/// How recent an item is: when it occurred, and of two that occurred at once which was written later.
package struct Recency: Comparable, Sendable {
    /// When it occurred, in microseconds since 1970, UTC.
    package let occurredAt: Int64
    private let id: UInt128

    /// The recency of an item.
    ///
    /// - Parameters:
    ///   - occurredAt: when it occurred, in microseconds since 1970, UTC.
    ///   - id: greater for what was written later.
    package init(occurredAt: Int64, id: UInt128) {
        self.occurredAt = occurredAt
        self.id = id
    }

    package static func < (one: Recency, other: Recency) -> Bool {
        one.occurredAt != other.occurredAt ? one.occurredAt < other.occurredAt : one.id < other.id
    }
}
