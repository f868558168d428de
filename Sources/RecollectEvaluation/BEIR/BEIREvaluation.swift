import Foundation
import RecollectVocabulary

/// Measures how well a memory finds the documents of a corpus.
///
/// All documents are observations of one profile. They have no date, so all of them get the same: the words of a date that every
/// item has weigh nothing.
package struct BEIREvaluation: Sendable {
    /// The depth at which nDCG is told.
    package static let ndcgDepth = 10
    /// The depth at which recall is told, and how many documents a query asks for.
    package static let recallDepth = RecallRequest.limitRange.upperBound

    private static let date = Timestamp(microseconds: 0)
    /// How many documents are read before they are remembered.
    private static let documentsAStep = 640

    private let folder: BEIRFolder

    /// An evaluation.
    ///
    /// - Parameter folder: the corpus and its queries.
    package init(_ folder: BEIRFolder) {
        self.folder = folder
    }

    /// Puts the corpus into a memory and asks all queries.
    ///
    /// - Parameters:
    ///   - memory: an empty memory.
    ///   - progress: told how far it is; the corpus counts as much as all queries.
    /// - Returns: what was found.
    /// - Throws: `EvaluationFileError`; what the memory throws.
    package func measure(in memory: MeasuredMemory, progress: EvaluationProgress) async throws -> BEIRReport {
        let profile = try await memory.profile(0, in: memory.store())
        var cutter = TextCutter()
        let documents = try await remember(in: profile, &cutter, progress)
        try await profile.warmUp()
        var gains: [RankedGains] = []
        var durations: [Duration] = []
        for (number, query) in folder.queries.enumerated() {
            try Task.checkCancellation()
            let request = try RecallRequest(
                query: cutter.cut(query.text, to: RecallRequest.queryLengthLimit),
                observationsLimit: Self.recallDepth,
                summariesLimit: 0
            )
            let (recollection, duration) = try await profile.measuredRecall(request)
            let recalled = recollection.observations.compactMap { ItemNumber.of($0.memory).map { documents[$0] } }
            // Where queries are documents themselves, finding the query's own is no merit.
            gains.append(RankedGains(recalled.filter { $0 != query.id }, judgedAs: query.gains))
            durations.append(duration)
            progress(folder.queryCount + number + 1, 2 * folder.queryCount, "\(number + 1) queries")
        }
        return BEIRReport(documents: documents.count, cutTexts: cutter.count, gains, durations)
    }

    /// Remembers the corpus.
    ///
    /// - Returns: the ids of the documents by their numbers.
    private func remember(
        in profile: MeasuredProfile,
        _ cutter: inout TextCutter,
        _ progress: EvaluationProgress
    ) async throws -> [String] {
        var ids: [String] = []
        var known: Set<String> = []
        var lines = try folder.corpus()
        let decoder = JSONDecoder()
        var drafts: [ObservationDraft] = []
        while let document = try lines.nextObject(BEIRFolder.Document.self, by: decoder) {
            guard known.insert(document.id).inserted else {
                throw EvaluationFileError(lines.path, line: lines.line, "_id: \(document.id) is there twice")
            }
            // Some corpora have documents without a word, which nothing can find.
            if !document.content.isEmpty { drafts.append(try draft(of: document, number: ids.count, &cutter)) }
            ids.append(document.id)
            if drafts.count == Self.documentsAStep {
                try await profile.remember(drafts) { _ in }
                drafts = []
            }
            if ids.count.isMultiple(of: 100) {
                let done = Int(lines.shareRead * Double(folder.queryCount))
                progress(done, 2 * folder.queryCount, "\(ids.count) documents")
            }
        }
        try await profile.remember(drafts) { _ in }
        guard !ids.isEmpty else { throw EvaluationFileError(lines.path, "has no documents") }
        return ids
    }

    private func draft(
        of document: BEIRFolder.Document,
        number: Int,
        _ cutter: inout TextCutter
    ) throws -> ObservationDraft {
        let content = cutter.cut(document.content, to: MemoryContent.lengthLimit)
        return ObservationDraft(
            content: try MemoryContent(content, field: "document \(document.id)"),
            source: .api,
            occurredAt: Self.date,
            conversationIDs: [],
            provenance: Provenance(communicationIDs: [try ItemNumber.communication(number)])
        )
    }
}

/// What an evaluation with a corpus found: means over the queries that have an answer.
package struct BEIRReport: Encodable, Sendable {
    /// How many documents the corpus has.
    package let documents: Int
    /// How many queries were asked.
    package let queries: Int
    /// How many texts were cut to the length that the contract allows.
    package let cutTexts: Int
    /// Normalised discounted cumulative gain of the first ten documents.
    package let ndcgAt10: Double
    /// The share of relevant documents among the first hundred.
    package let recallAt100: Double
    /// How long a recall took.
    package let milliseconds: RecallTimes

    init(documents: Int, cutTexts: Int, _ gains: [RankedGains], _ durations: [Duration]) {
        let count = Double(max(gains.count, 1))
        self.documents = documents
        queries = gains.count
        self.cutTexts = cutTexts
        ndcgAt10 = gains.reduce(0) { $0 + $1.ndcg(at: BEIREvaluation.ndcgDepth) } / count
        recallAt100 = gains.reduce(0) { $0 + $1.recall(at: BEIREvaluation.recallDepth) } / count
        milliseconds = RecallTimes(durations)
    }
}
