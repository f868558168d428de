import RecollectVocabulary

// How similar two texts are: 1 - d / n, with d the least number of characters to insert, remove or replace that make one of
// the other (Levenshtein 1966), and n the length of the longer one. Only whether a threshold is reached is asked, so a row of
// the table is cut off at the distance that the threshold still allows (Ukkonen 1985): O(n * d) for two texts of length n.

/// The similarity that a type asks of two values.
struct EditSimilarity: Sendable {
    /// The least similarity, in per cent.
    let threshold: Int

    /// The lengths that a text may have to be as similar to one of a given length.
    func lengths(similarTo length: Int) -> ClosedRange<Int> {
        let shortest = (length * threshold + 99) / 100
        return shortest...max(shortest, length * 100 / threshold)
    }

    /// Whether two texts are similar enough.
    func isReached(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Bool {
        let longer = max(left.count, right.count)
        let allowed = longer * (100 - threshold) / 100
        guard abs(left.count - right.count) <= allowed else { return false }
        guard left != right else { return true }
        return distance(left, right, atMost: allowed) <= allowed
    }

    /// The edit distance, or more than `limit` when it is.
    private func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar], atMost limit: Int) -> Int {
        let far = limit + 1
        var above = (0...right.count).map { min($0, far) }
        var row = above
        for (line, character) in left.enumerated() {
            let first = max(1, line + 1 - limit)
            let last = min(right.count, line + 1 + limit)
            guard first <= last else { return far }
            row[first - 1] = first == 1 ? min(line + 1, far) : far
            var nearest = row[first - 1]
            for column in first...last {
                let replaced = above[column - 1] + (right[column - 1] == character ? 0 : 1)
                row[column] = min(replaced, row[column - 1] + 1, above[column] + 1, far)
                nearest = min(nearest, row[column])
            }
            if last < right.count { row[last + 1] = far }
            guard nearest <= limit else { return far }
            swap(&row, &above)
        }
        return above[right.count]
    }
}
