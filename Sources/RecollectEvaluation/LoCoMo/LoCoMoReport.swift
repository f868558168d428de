/// What the evaluation of one unit found.
package struct LoCoMoReport: Encodable, Sendable {
    /// The numbers of first items at which recall is told.
    package static let depths = [5, 10, 20, 25, 50]

    /// Recall over some of the questions.
    package struct Row: Encodable, Sendable, Equatable {
        /// Which questions: `overall` or a category's name.
        package let category: String
        /// How many they are.
        package let questions: Int
        /// The mean share of the evidence found, by the number of first items.
        package let recall: [String: Double]

        init(_ category: String, _ recalls: [EvidenceRecall]) {
            self.category = category
            questions = recalls.count
            let pairs = LoCoMoReport.depths.map { depth in
                let sum = recalls.reduce(0) { $0 + $1.share(amongFirst: depth) }
                return ("\(depth)", recalls.isEmpty ? 0 : sum / Double(recalls.count))
            }
            recall = Dictionary(uniqueKeysWithValues: pairs)
        }
    }

    /// The unit.
    package let unit: LoCoMoUnit
    /// How many items there were.
    package let items: Int
    /// How many texts were cut to the length that the contract allows.
    package let cutTexts: Int
    /// Recall: overall, then by category.
    package let rows: [Row]
    /// How long a recall took.
    package let milliseconds: RecallTimes
    /// What thresholds keep.
    package let calibration: [CalibrationRow]

    init(
        _ unit: LoCoMoUnit,
        items: Int,
        cutTexts: Int,
        _ answers: [(category: LoCoMoCategory, recall: EvidenceRecall)],
        _ durations: [Duration]
    ) {
        self.unit = unit
        self.items = items
        self.cutTexts = cutTexts
        rows =
            [Row("overall", answers.map(\.recall))]
            + LoCoMoCategory.inPaperOrder.map { category in
                Row(category.name, answers.filter { $0.category == category }.map(\.recall))
            }
        milliseconds = RecallTimes(durations)
        calibration = CalibrationRow.thresholds.map { CalibrationRow($0, of: answers.map(\.recall)) }
    }
}
