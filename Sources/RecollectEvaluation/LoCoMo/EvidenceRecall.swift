// The rule of LoCoMo's paper: a question's score at k is the share of its evidence that is found among the first k items, where an
// item stands for the turns it was drawn from. Questions without evidence score 0, and ids that the file misprints are never
// found, so that figures can be compared with the paper's.

/// What was recalled for one question, against the evidence for its answer.
package struct EvidenceRecall: Sendable {
    /// An item that was recalled.
    package struct Item: Sendable {
        /// The ids that it stands for.
        package let ids: Set<String>
        /// Its score; nil when it was not ranked.
        package let score: Double?

        /// An item.
        ///
        /// - Parameters:
        ///   - ids: the ids that it stands for.
        ///   - score: its score.
        package init(ids: Set<String>, score: Double?) {
            self.ids = ids
            self.score = score
        }
    }

    /// The ids of the evidence.
    package let evidence: [String]
    /// What was recalled, the best first.
    package let items: [Item]

    /// What was recalled for one question.
    ///
    /// - Parameters:
    ///   - evidence: the ids of the evidence.
    ///   - items: what was recalled, the best first.
    package init(evidence: [String], items: [Item]) {
        self.evidence = evidence
        self.items = items
    }

    /// The share of the evidence among the first items.
    ///
    /// - Parameter count: how many items.
    /// - Returns: 0…1; 0 without evidence.
    package func share(amongFirst count: Int) -> Double {
        share(of: items.prefix(count))
    }

    /// The share of the evidence among some of the items.
    func share(of items: some Sequence<Item>) -> Double {
        guard !evidence.isEmpty else { return 0 }
        let found = items.reduce(into: Set<String>()) { $0.formUnion($1.ids) }
        return Double(evidence.count { found.contains($0) }) / Double(evidence.count)
    }

    /// The items whose score is not below a threshold.
    func items(above threshold: Double) -> [Item] {
        items.filter { item in item.score.map { $0 >= threshold } ?? false }
    }

    /// Whether an item stands for any of the evidence.
    func isEvidence(_ item: Item) -> Bool {
        evidence.contains { item.ids.contains($0) }
    }
}

/// What a threshold keeps, over many questions.
package struct CalibrationRow: Encodable, Sendable, Equatable {
    /// The thresholds of the table.
    package static let thresholds = (1...9).map { Double($0) / 10 }

    /// The least score.
    package let threshold: Double
    /// The share of evidence among the items that are kept, over all questions that have any; 0 when none is kept.
    package let precision: Double
    /// The mean share of a question's evidence that is kept.
    package let recall: Double
    /// The mean number of items that are kept.
    package let itemsAQuestion: Double

    /// What a threshold keeps.
    ///
    /// - Parameters:
    ///   - threshold: the least score.
    ///   - recalls: what was recalled.
    package init(_ threshold: Double, of recalls: [EvidenceRecall]) {
        var (kept, judged, right, share) = (0, 0, 0, 0.0)
        for recall in recalls {
            let items = recall.items(above: threshold)
            kept += items.count
            share += recall.share(of: items)
            guard !recall.evidence.isEmpty else { continue }
            judged += items.count
            right += items.count(where: recall.isEvidence)
        }
        let questions = Double(max(recalls.count, 1))
        self.threshold = threshold
        precision = judged > 0 ? Double(right) / Double(judged) : 0
        self.recall = share / questions
        itemsAQuestion = Double(kept) / questions
    }
}
