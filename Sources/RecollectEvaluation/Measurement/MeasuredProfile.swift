import RecollectDomain
import RecollectVocabulary

// Items go in as callers send them and come back by recall, as what a caller would get. An item is known again by its number, which
// stands where callers put the ids of what an item was drawn from: contents may repeat, and ids are not told on creation.

/// A profile of a memory that is measured.
struct MeasuredProfile: Sendable {
    /// How many items wait for their vectors before these are made: enough to fill a model's batches, and few enough that
    /// progress is seen.
    private static let vectorBatch = 320

    let memory: MeasuredMemory
    let place: ProfilePlace

    /// Creates observations, ten a request, then their vectors if there is a model.
    ///
    /// - Parameters:
    ///   - drafts: the observations.
    ///   - progress: told how many there are now, after each request.
    /// - Throws: what the memory throws.
    func remember(_ drafts: [ObservationDraft], progress: (Int) -> Void) async throws {
        try await inRequests(of: Observation.countRange.upperBound, drafts, progress) { request in
            try await memory.memory.observations.create(request, in: place, memory.scope)
        }
    }

    /// Creates summaries, ten a request, then their vectors if there is a model.
    ///
    /// - Parameters:
    ///   - drafts: the summaries.
    ///   - progress: told how many there are now, after each request.
    /// - Throws: what the memory throws.
    func remember(_ drafts: [SummaryDraft], progress: (Int) -> Void) async throws {
        try await inRequests(of: ConversationSummary.countRange.upperBound, drafts, progress) { request in
            try await memory.memory.summaries.create(request, in: place, memory.scope)
        }
    }

    /// Has the profile's index made, so that recalls are measured and not its making.
    func warmUp() async throws {
        _ = try await recall(RecallRequest(observationsLimit: 1, summariesLimit: 1))
    }

    /// Recalls, and measures how long it takes.
    func measuredRecall(_ request: RecallRequest) async throws -> (recollection: Recollection, duration: Duration) {
        let clock = ContinuousClock()
        let start = clock.now
        let recollection = try await recall(request)
        return (recollection, clock.now - start)
    }

    private func recall(_ request: RecallRequest) async throws -> Recollection {
        try await memory.memory.recall.recall(request, in: place, memory.scope)
    }

    private func makeVectors() async {
        await memory.memory.vectorMaker?.makeDueVectors()
    }

    private func inRequests<Draft>(
        of size: Int,
        _ drafts: [Draft],
        _ progress: (Int) -> Void,
        _ create: ([Draft]) async throws -> Void
    ) async throws {
        for start in stride(from: 0, to: drafts.count, by: size) {
            try Task.checkCancellation()
            let end = min(start + size, drafts.count)
            try await create(Array(drafts[start..<end]))
            if end % Self.vectorBatch == 0 { await makeVectors() }
            progress(end)
        }
        await makeVectors()
    }
}

/// The number of an item, where callers put the ids of messages and conversations.
enum ItemNumber {
    /// A message's id that holds a number.
    static func communication(_ number: Int) throws -> CommunicationID {
        try CommunicationID("\(number)", field: "communicationIds")
    }

    /// A conversation's id that holds a number.
    static func conversation(_ number: Int) throws -> ConversationID {
        let digits = "\(number)"
        let padding = String(repeating: "0", count: max(26 - digits.count, 0))
        return try ConversationID("conv_conversation_\(padding)\(digits)", field: "conversationId")
    }

    /// The number that an observation was given.
    static func of(_ observation: Observation) -> Int? {
        observation.draft.provenance.communicationIDs.first.flatMap { Int($0.text) }
    }

    /// The number that a summary was given.
    static func of(_ summary: ConversationSummary) -> Int? {
        Int(summary.draft.conversationID.text.suffix(26))
    }
}
