import Foundation
import RecollectEvaluation
import Testing

@Suite struct `Ranked gains` {
    private func isClose(_ one: Double, _ other: Double) -> Bool { abs(one - other) < 1e-12 }

    @Test func `the best ranking has the gain 1`() {
        let gains = RankedGains(["a", "b", "c"], judgedAs: ["a": 3, "b": 2, "c": 1])
        #expect(isClose(gains.ndcg(at: 10), 1))
        #expect(gains.recall(at: 100) == 1)
    }

    @Test func `what stands lower counts less`() {
        // Relevant at ranks 2 and 4 of two: (1/log2(3) + 1/log2(5)) / (1 + 1/log2(3)) = (0.63093 + 0.43068) / 1.63093.
        let gains = RankedGains(["x", "a", "y", "b"], judgedAs: ["a": 1, "b": 1])
        #expect(abs(gains.ndcg(at: 10) - 0.650920) < 1e-6)
        #expect(isClose(gains.ndcg(at: 3), (1 / log2(3)) / (1 + 1 / log2(3))))
        #expect(gains.recall(at: 2) == 0.5)
        #expect(gains.recall(at: 4) == 1)
    }

    @Test func `a better document counts more`() {
        // 1 first and 3 second: (1 + 3/log2(3)) / (3 + 1/log2(3)) = 2.89279 / 3.63093.
        let gains = RankedGains(["weak", "strong"], judgedAs: ["strong": 3, "weak": 1])
        #expect(abs(gains.ndcg(at: 10) - 0.796708) < 1e-6)
    }

    @Test func `the best ranking has no more documents than are looked at`() {
        let judged = Dictionary(uniqueKeysWithValues: (0..<30).map { ("\($0)", 1) })
        #expect(isClose(RankedGains((0..<10).map { "\($0)" }, judgedAs: judged).ndcg(at: 10), 1))
    }

    @Test func `documents judged 0 or not at all are not relevant`() {
        let gains = RankedGains(["zero", "unjudged", "minus"], judgedAs: ["zero": 0, "minus": -1, "a": 1])
        #expect(gains.ndcg(at: 10) == 0)
        #expect(gains.recall(at: 100) == 0)
        #expect(RankedGains(["a"], judgedAs: [:]).ndcg(at: 10) == 0)
    }
}
