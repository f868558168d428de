import RecollectRanking
import Testing

@Suite struct `Best matches` {
    private static func best(_ scores: [Float], _ keys: [Int], limit: Int) -> [Int] {
        var best = BestMatches(limit: limit)
        for item in scores.indices where best.mayHold(scores[item]) {
            best.offer(scores[item], Recency(occurredAt: Int64(keys[item]), id: UInt128(item)), item)
        }
        return best.sorted()
    }

    @Test func `of equal scores the most recent comes first, then what was written later`() {
        #expect(Self.best([1, 1, 1, 1], [0, 0, 0, 0], limit: 4) == [3, 2, 1, 0])
        #expect(Self.best([1, 1, 1, 1], [5, 9, 5, 1], limit: 4) == [1, 2, 0, 3])
        #expect(Self.best([1, 1, 1], [0, -1, -2], limit: 2) == [0, 1])
    }

    @Test(arguments: [-1, 0])
    func `a limit of none gives none`(limit: Int) {
        #expect(Self.best([1], [0], limit: limit) == [])
    }

    @Test func `any limit gives the beginning of the whole order`() {
        var numbers = RandomNumbers(seed: 3)
        let scores = (0..<300).map { _ in Float(numbers.below(20)) }
        let keys = scores.map { _ in numbers.below(4) }
        let order = scores.indices.sorted { (scores[$0], keys[$0], $0) > (scores[$1], keys[$1], $1) }
        for limit in [1, 2, 3, 7, 50, 299, 1000] {
            #expect(Self.best(scores, keys, limit: limit) == Array(order.prefix(limit)))
        }
    }
}
