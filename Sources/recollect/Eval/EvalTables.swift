import Foundation
import RecollectEvaluation

// Results as people read them; scripts take the same values as JSON.

/// What an evaluation with LoCoMo found.
struct LoCoMoResult: Encodable {
    let file: String
    let sha256: String
    /// The embedding model, or `none` for words alone.
    let model: String
    let conversations: Int
    let questions: Int
    let units: [LoCoMoReport]

    func show() {
        Console.write("\(file): \(conversations) conversations, \(questions) questions, SHA-256 \(sha256)")
        Console.write("Model: \(model)")
        for report in units { show(report) }
    }

    private func show(_ report: LoCoMoReport) {
        Console.write("")
        Console.write("Unit: \(report.unit.title), \(report.items) items\(Tables.cut(report.cutTexts))")
        let depths = LoCoMoReport.depths
        Tables.show(
            [["evidence recall, %", "questions"] + depths.map { "R@\($0)" }]
                + report.rows.map { row in
                    [row.category, "\(row.questions)"] + depths.map { Tables.percent(row.recall["\($0)"] ?? 0) }
                }
        )
        Tables.show(report.milliseconds)
        Tables.show(
            [["score at least", "precision %", "recall %", "items a question"]]
                + report.calibration.map { row in
                    [
                        Tables.number(row.threshold, digits: 1), Tables.percent(row.precision),
                        Tables.percent(row.recall), Tables.number(row.itemsAQuestion, digits: 1),
                    ]
                }
        )
    }
}

/// What an evaluation with a corpus found.
struct BEIRResult: Encodable {
    let folder: String
    let split: String
    /// The embedding model, or `none` for words alone.
    let model: String
    let report: BEIRReport

    func show() {
        let counts = "\(report.documents) documents, \(report.queries) queries\(Tables.cut(report.cutTexts))"
        Console.write("\(folder), \(split): \(counts)")
        Console.write("Model: \(model)")
        Tables.show(
            [
                ["nDCG@10, %", Tables.percent(report.ndcgAt10)],
                ["recall@100, %", Tables.percent(report.recallAt100)],
            ]
        )
        Tables.show(report.milliseconds)
    }
}

/// Tables of text.
enum Tables {
    /// Shows rows in columns: the first to the left, the others to the right.
    static func show(_ rows: [[String]]) {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
        }
        for row in rows {
            let cells = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + padding : padding + cell
            }
            Console.write("  " + cells.joined(separator: "  "))
        }
    }

    /// Shows how long recalls took.
    static func show(_ times: RecallTimes) {
        let texts = [times.p50, times.p95, times.p99].map { number($0, digits: 2) }
        Console.write("  recall took p50 \(texts[0]) ms, p95 \(texts[1]) ms, p99 \(texts[2]) ms")
    }

    /// A share as a percentage.
    static func percent(_ share: Double) -> String {
        number(share * 100, digits: 1)
    }

    /// A number with some digits after the point.
    static func number(_ value: Double, digits: Int) -> String {
        value.formatted(.number.precision(.fractionLength(digits)).grouping(.never).locale(.init(identifier: "en_US")))
    }

    /// How many texts were cut, if any.
    static func cut(_ count: Int) -> String {
        count > 0 ? ", \(count) texts cut to the length allowed" : ""
    }
}
