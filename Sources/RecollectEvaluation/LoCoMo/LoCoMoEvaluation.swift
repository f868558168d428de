import RecollectVocabulary

/// Measures how well a memory recalls what questions about long conversations need.
///
/// A profile a conversation; its items are created and recalled as callers do it.
package struct LoCoMoEvaluation: Sendable {
    /// How many items a question asks for.
    private static let recallLimit = 50

    private let file: LoCoMoFile

    /// An evaluation.
    ///
    /// - Parameter file: the conversations.
    package init(_ file: LoCoMoFile) {
        self.file = file
    }

    /// Puts a unit's items into a memory and asks all questions.
    ///
    /// - Parameters:
    ///   - unit: what items hold.
    ///   - memory: an empty memory.
    ///   - progress: told how far it is.
    /// - Returns: what was found.
    /// - Throws: what the memory throws.
    package func measure(
        _ unit: LoCoMoUnit,
        in memory: MeasuredMemory,
        progress: EvaluationProgress
    ) async throws -> LoCoMoReport {
        let itemsOfAll = file.conversations.map { $0.items(of: unit) }
        let itemCount = itemsOfAll.reduce(0) { $0 + $1.count }
        let whole = itemCount + file.questionCount
        var done = 0
        var cutter = TextCutter()
        var answers: [(category: LoCoMoCategory, recall: EvidenceRecall)] = []
        var durations: [Duration] = []
        let store = try await memory.store()
        for (number, (conversation, items)) in zip(file.conversations, itemsOfAll).enumerated() {
            let note = "\(unit.title), conversation \(number + 1) of \(file.conversationCount)"
            let profile = try await memory.profile(number, in: store)
            try await remember(items, of: unit, in: profile, &cutter) { progress(done + $0, whole, note) }
            done += items.count
            try await profile.warmUp()
            for question in conversation.questions {
                try Task.checkCancellation()
                let request = try request(question.text, of: unit, &cutter)
                let (recollection, duration) = try await profile.measuredRecall(request)
                let recalled = recollection.items(of: items)
                answers.append((question.category, EvidenceRecall(evidence: question.evidence, items: recalled)))
                durations.append(duration)
                done += 1
                progress(done, whole, note)
            }
        }
        return LoCoMoReport(unit, items: itemCount, cutTexts: cutter.count, answers, durations)
    }

    private func remember(
        _ items: [LoCoMoItem],
        of unit: LoCoMoUnit,
        in profile: MeasuredProfile,
        _ cutter: inout TextCutter,
        progress: (Int) -> Void
    ) async throws {
        if unit == .summary {
            var drafts: [SummaryDraft] = []
            for (number, item) in items.enumerated() { drafts.append(try item.summary(number, &cutter)) }
            try await profile.remember(drafts, progress: progress)
        } else {
            var drafts: [ObservationDraft] = []
            for (number, item) in items.enumerated() { drafts.append(try item.observation(number, &cutter)) }
            try await profile.remember(drafts, progress: progress)
        }
    }

    private func request(
        _ question: String,
        of unit: LoCoMoUnit,
        _ cutter: inout TextCutter
    ) throws -> RecallRequest {
        try RecallRequest(
            query: cutter.cut(question, to: RecallRequest.queryLengthLimit),
            observationsLimit: unit == .summary ? 0 : Self.recallLimit,
            summariesLimit: unit == .summary ? Self.recallLimit : 0
        )
    }
}

extension LoCoMoItem {
    /// The item as an observation; without a conversation's id, as one drawn by people has none.
    fileprivate func observation(_ number: Int, _ cutter: inout TextCutter) throws -> ObservationDraft {
        var snippets: [EvidenceSnippet] = []
        for line in distinctEvidence.prefix(Provenance.countLimit) {
            let words = cutter.cut(line, to: EvidenceSnippet.lengthLimit)
            snippets.append(try EvidenceSnippet(words, field: "evidence"))
        }
        return ObservationDraft(
            content: try content(&cutter),
            source: .api,
            occurredAt: occurredAt,
            conversationIDs: [],
            provenance: Provenance(communicationIDs: [try ItemNumber.communication(number)], evidence: snippets)
        )
    }

    /// The item as the summary of a conversation of its own.
    fileprivate func summary(_ number: Int, _ cutter: inout TextCutter) throws -> SummaryDraft {
        SummaryDraft(
            content: try content(&cutter),
            source: nil,
            occurredAt: occurredAt,
            conversationID: try ItemNumber.conversation(number)
        )
    }

    private func content(_ cutter: inout TextCutter) throws -> MemoryContent {
        try MemoryContent(cutter.cut(content, to: MemoryContent.lengthLimit), field: "content")
    }

    private var distinctEvidence: [String] {
        var seen: Set<String> = []
        return evidence.filter { !$0.isEmpty && seen.insert($0).inserted }
    }
}

extension Recollection {
    /// What was recalled, as the turns that the items stand for.
    fileprivate func items(of items: [LoCoMoItem]) -> [EvidenceRecall.Item] {
        let numbered =
            observations.map { (ItemNumber.of($0.memory), $0.score) }
            + summaries.map { (ItemNumber.of($0.memory), $0.score) }
        return numbered.compactMap { number, score in
            number.map { EvidenceRecall.Item(ids: items[$0].turns, score: score) }
        }
    }
}
