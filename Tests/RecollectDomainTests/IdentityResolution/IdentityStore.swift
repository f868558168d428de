import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary

/// A store with what tests of identities ask of it.
struct IdentityStore {
    let test: TestMemory
    let id: StoreID

    var memory: Memory { test.memory }
    var scope: AccountScope { test.scope }

    func place(_ profile: ProfileID) -> ProfilePlace { ProfilePlace(store: id, profile: profile) }

    /// Creates or updates a profile, a second after whatever was before.
    func create(_ contact: [String: String?]) async throws -> ProfileID {
        test.clock.advance(by: .seconds(1))
        return try await memory.profiles.create(.contact(contact), in: id, scope)
    }

    func patch(_ profile: ProfileID, _ contact: [String: String?]) async throws {
        test.clock.advance(by: .seconds(1))
        try await memory.profiles.patch(place(profile), with: .contact(contact), scope)
    }

    func bulk(_ contacts: [[String: String?]]) async throws -> OperationCounts? {
        test.clock.advance(by: .seconds(1))
        let operation = try await memory.profiles.bulk(contacts.map { .contact($0) }, in: id, scope)
        return try await memory.operations.fetch(operation, in: scope).counts
    }

    func traits(of profile: ProfileID) async throws -> [String: String] {
        let traits = try await memory.profiles.fetch(place(profile), scope).value.groups.flatMap(\.traits)
        return Dictionary(
            traits.compactMap { trait in trait.value.identifierTexts.first.map { (trait.definition.name.text, $0) } },
            uniquingKeysWith: { first, _ in first }
        )
    }

    func canonical(of profile: ProfileID) async throws -> ProfileID {
        try await memory.profiles.fetch(place(profile), scope).profile
    }

    func lookup(_ type: String, _ value: String) async throws -> [ProfileID] {
        try await memory.identifiers.lookup(value, ofType: IdentifierType(type), in: id, scope).profiles
    }

    /// The values of a type that a profile has.
    func values(_ type: String, of profile: ProfileID) async throws -> [String] {
        let sets = try await memory.identifiers.list(place(profile), scope).value
        return sets.first { $0.type == type }?.values ?? []
    }

    func merges(of profile: ProfileID) async throws -> [ProfileMerge] {
        let page = PageQuery<MergeID>(order: .ascending, cursor: nil, isBackward: false, limit: 100)
        return try await memory.merges.list(page, of: place(profile), scope).value.rows
    }

    func undo(_ merge: ProfileMerge) async throws {
        _ = try await memory.merges.undo(merge.id, of: place(canonical(of: merge.canonical)), scope)
    }

    func observe(_ content: String, on profile: ProfileID) async throws {
        test.clock.advance(by: .seconds(1))
        let draft = ObservationDraft(
            content: MemoryContent(stored: content),
            source: MemorySource(stored: "test"),
            occurredAt: test.clock.now(),
            conversationIDs: []
        )
        try await memory.observations.create([draft], in: place(profile), scope)
    }

    func observations(
        of profile: ProfileID,
        limit: Int = 50,
        after cursor: ObservationID? = nil,
        isBackward: Bool = false
    ) async throws -> PageSlice<Observation> {
        let page = PageQuery(order: .ascending, cursor: cursor, isBackward: isBackward, limit: limit)
        return try await memory.observations.list(page, ObservationFilter(), in: place(profile), scope).value
    }

    func contents(of profile: ProfileID) async throws -> [String] {
        try await observations(of: profile).rows.map(\.draft.content.text)
    }

    func recalled(_ profile: ProfileID) async throws -> Set<String> {
        let answer = try await memory.recall.recall(RecallRequest(), in: place(profile), scope)
        return Set(answer.observations.map(\.memory.draft.content.text))
    }

    /// Changes how some types are configured, and which of them match.
    func configure(
        rules: [String]? = nil,
        _ change: (IdentifierConfig) throws -> IdentifierConfig = { $0 }
    ) async throws {
        let current = try await memory.identityResolution.settings(of: id, in: scope)
        let settings = try IdentitySettings(
            configs: current.configs.map(change),
            matchingRules: rules?.map { text throws in try IdentifierType(text) } ?? current.matchingRules
        )
        _ = try await memory.identityResolution.replace(with: settings, expecting: nil, of: id, in: scope)
    }

    func guarding(limit: Int?, blocking values: [(String, String)] = []) async throws {
        _ = try await memory.identityResolution.replaceGuards(
            dailyMergesLimit: limit,
            blocked: values.map { type, value throws in (try IdentifierType(type), value, "blocked") },
            of: id,
            in: scope
        )
    }
}

extension IdentifierConfig {
    /// The same configuration with some of it changed.
    func changing(
        algorithm: MatchingAlgorithm? = nil,
        threshold: Int? = nil,
        limit: Int? = nil,
        policy: LimitPolicy? = nil,
        unique: Bool? = nil,
        normalization: IdentifierNormalization? = nil
    ) throws -> IdentifierConfig {
        try IdentifierConfig(
            idType: idType,
            matchingAlgorithm: algorithm ?? matchingAlgorithm,
            matchingThreshold: threshold ?? matchingThreshold,
            limit: limit ?? self.limit,
            limitPolicy: policy ?? limitPolicy,
            enforceUnique: unique ?? enforceUnique,
            normalization: normalization ?? self.normalization,
            field: idType.text
        )
    }
}

func withIdentities(on engine: EngineKind, _ body: (IdentityStore) async throws -> Void) async throws {
    try await withMemory(on: engine) { test in
        try await body(IdentityStore(test: test, id: test.store()))
    }
}
