import RecollectEvaluation
import Testing

@Suite struct `Evidence recall` {
    /// What was recalled, an item for each list of ids, the best first; scores fall from 0.9 by 0.2.
    private func recall(_ evidence: [String], _ items: [[String]]) -> EvidenceRecall {
        EvidenceRecall(
            evidence: evidence,
            items: items.enumerated().map { index, ids in .init(ids: Set(ids), score: 0.9 - 0.2 * Double(index)) }
        )
    }

    @Test func `a question's score is the share of its evidence among the first items`() {
        let recall = recall(["D1:1", "D2:5"], [["D3:1"], ["D2:5", "D2:6"], ["D1:1"]])
        #expect(recall.share(amongFirst: 1) == 0)
        #expect(recall.share(amongFirst: 2) == 0.5)
        #expect(recall.share(amongFirst: 3) == 1)
        #expect(recall.share(amongFirst: 50) == 1)
    }

    @Test func `one item stands for all the turns it was drawn from`() {
        #expect(recall(["D1:1", "D1:2", "D1:3"], [["D1:1", "D1:2", "D1:3"]]).share(amongFirst: 1) == 1)
    }

    @Test func `evidence found twice counts once`() {
        #expect(recall(["D1:1", "D1:2"], [["D1:1"], ["D1:1"]]).share(amongFirst: 2) == 0.5)
    }

    @Test func `a question without evidence scores nothing`() {
        #expect(recall([], [["D1:1"]]).share(amongFirst: 5) == 0)
    }

    @Test func `misprinted evidence is a miss`() {
        #expect(recall(["D8:6; D9:17", "D1:1"], [["D8:6"], ["D9:17"], ["D1:1"]]).share(amongFirst: 5) == 0.5)
    }

    @Test func `a threshold keeps what is not below it`() {
        // Kept at 0.5 of the first: two items, one of them evidence, and half of its evidence; of the second all three, none right.
        let recalls = [
            recall(["D1:1", "D1:2"], [["D1:1"], ["D9:9"], ["D8:8"], ["D1:2"]]),
            recall(["D2:1"], [["D9:9"]]),
        ]
        let row = CalibrationRow(0.6, of: recalls)
        #expect(row.precision == 1.0 / 3)
        #expect(row.recall == 0.25)
        #expect(row.itemsAQuestion == 1.5)
    }

    @Test func `questions without evidence lower recall and not precision`() {
        let row = CalibrationRow(0.5, of: [recall(["D1:1"], [["D1:1"]]), recall([], [["D1:1"], ["D1:2"]])])
        #expect(row.precision == 1)
        #expect(row.recall == 0.5)
        #expect(row.itemsAQuestion == 1.5)
    }

    @Test func `an item without a score passes no threshold`() {
        let recall = EvidenceRecall(evidence: ["D1:1"], items: [.init(ids: ["D1:1"], score: nil)])
        #expect(recall.share(amongFirst: 1) == 1)
        #expect(CalibrationRow(0, of: [recall]).itemsAQuestion == 0)
    }

    @Test func `percentiles are times that were measured`() {
        let times = RecallTimes((1...200).reversed().map { .milliseconds($0) })
        #expect((times.p50, times.p95, times.p99) == (100, 190, 198))
        let one = RecallTimes([.milliseconds(7)])
        #expect((one.p50, one.p95, one.p99) == (7, 7, 7))
    }
}
