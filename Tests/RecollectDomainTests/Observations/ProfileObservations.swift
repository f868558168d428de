import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary

/// Short ways to work with the observations of a profile.
struct ProfileObservations: Sendable {
    let profile: TestProfile

    init(_ profile: TestProfile) {
        self.profile = profile
    }

    func create(
        _ contents: [String],
        source: String = "api",
        conversations: [ConversationID] = []
    ) async throws {
        let drafts = try contents.map { content in
            ObservationDraft(
                content: try MemoryContent(content, field: "content"),
                source: try MemorySource(source, field: "source"),
                occurredAt: profile.test.clock.now(),
                conversationIDs: conversations
            )
        }
        try await profile.memory.observations.create(drafts, in: profile.place, profile.scope)
    }

    /// Creates one and tells its id.
    func createOne(_ content: String, conversations: [ConversationID] = []) async throws -> ObservationID {
        try await create([content], conversations: conversations)
        let newest = try await page(PageQuery(order: .descending, cursor: nil, isBackward: false, limit: 1))
        guard let id = newest.rows.first?.id else { throw Rejection(.notFound, "the observation just created") }
        return id
    }

    func page(
        _ page: PageQuery<ObservationID>,
        _ filter: ObservationFilter = ObservationFilter()
    ) async throws -> PageSlice<Observation> {
        try await profile.memory.observations.list(page, filter, in: profile.place, profile.scope).value
    }

    /// The contents of everything that a filter shows.
    func contents(
        _ filter: ObservationFilter = ObservationFilter(),
        order: PageOrder = .ascending
    ) async throws -> [String] {
        try await page(PageQuery(order: order, cursor: nil, isBackward: false, limit: 50), filter).rows.map(\.text)
    }

    /// The ids of the first fifty.
    func ids() async throws -> [ObservationID] {
        try await page(PageQuery(order: .ascending, cursor: nil, isBackward: false, limit: 50)).rows.map(\.id)
    }

    func fetch(_ id: ObservationID) async throws -> Observation {
        try await profile.memory.observations.fetch(id, in: profile.place, profile.scope).value
    }

    func patch(_ id: ObservationID, _ change: ObservationChange) async throws {
        try await profile.memory.observations.patch(id, with: change, in: profile.place, profile.scope)
    }

    func patch(_ id: ObservationID, content: String) async throws {
        try await patch(id, ObservationChange(content: try MemoryContent(content, field: "content")))
    }

    func delete(_ id: ObservationID) async throws {
        try await profile.memory.observations.delete(id, in: profile.place, profile.scope)
    }

    func revisions(
        of id: ObservationID,
        _ page: PageQuery<Int> = PageQuery(order: .descending, cursor: nil, isBackward: false, limit: 50)
    ) async throws -> PageSlice<Observation> {
        try await profile.memory.observations.revisions(page, of: id, in: profile.place, profile.scope).value
    }
}

extension Observation {
    /// What it says.
    var text: String { draft.content.text }
}

/// Runs a test on the observations of a fresh profile.
func withObservations(on engine: EngineKind, _ body: (ProfileObservations) async throws -> Void) async throws {
    try await withProfile(on: engine) { profile in try await body(ProfileObservations(profile)) }
}
