import RecollectDomain
import RecollectEmbedding
import RecollectTestSupport
import RecollectVocabulary

/// Short ways to remember and to recall.
struct ProfileRecall: Sendable {
    let profile: TestProfile
    let memory: Memory

    /// - Parameters:
    ///   - profile: the profile.
    ///   - memory: the server that is asked; by default the test's first.
    init(profile: TestProfile, memory: Memory? = nil) {
        self.profile = profile
        self.memory = memory ?? profile.memory
    }

    /// Remembers an observation.
    ///
    /// - Parameters:
    ///   - content: the fact.
    ///   - day: when it occurred, in days after the start of tests.
    /// - Throws: `Rejection`.
    func observe(_ content: String, day: Int = 0) async throws {
        let draft = ObservationDraft(
            content: try MemoryContent(content, field: "content"),
            source: .api,
            occurredAt: Self.time(day),
            conversationIDs: []
        )
        try await memory.observations.create([draft], in: profile.place, profile.scope)
    }

    /// Remembers a summary.
    func summarise(_ content: String, day: Int = 0) async throws {
        let draft = SummaryDraft(
            content: try MemoryContent(content, field: "content"),
            source: nil,
            occurredAt: Self.time(day),
            conversationID: conversation(1)
        )
        try await memory.summaries.create([draft], in: profile.place, profile.scope)
    }

    func recall(_ request: RecallRequest) async throws -> Recollection {
        try await memory.recall.recall(request, in: profile.place, profile.scope)
    }

    /// The contents of the observations recalled.
    func observations(_ request: RecallRequest) async throws -> [String] {
        try await recall(request).observations.map(\.memory.text)
    }

    /// The statements that a recall takes.
    func statements(_ request: RecallRequest) async throws -> Int {
        try await profile.test.database.count { _ = try await recall(request) }
    }

    static func time(_ day: Int) -> Timestamp { ManualClock.start + .seconds(day * 86400) }
}

/// Runs a test on the memory of a fresh profile.
func withRecall(
    on engine: EngineKind,
    embedder: (any Embedder)? = nil,
    cacheBytesLimit: Int? = nil,
    _ body: (ProfileRecall) async throws -> Void
) async throws {
    var limits = Memory.Limits()
    if let cacheBytesLimit { limits.recall.cacheBytesLimit = cacheBytesLimit }
    try await withProfile(on: engine, embedder: embedder, limits: limits) { profile in
        try await body(ProfileRecall(profile: profile))
    }
}
