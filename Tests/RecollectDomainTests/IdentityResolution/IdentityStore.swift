import RecollectDomain
import RecollectEmbedding
import RecollectTestSupport
import RecollectVocabulary

/// A store whose customers are resolved, and short ways to bring them in and look at them.
struct IdentityStore: Sendable {
    let test: TestMemory
    let id: StoreID

    var memory: Memory { test.memory }
    var scope: AccountScope { test.scope }

    func place(_ profile: ProfileID) -> ProfilePlace {
        ProfilePlace(store: id, profile: profile)
    }

    // Settings.

    /// Replaces the configurations of some types, and the rules if they are given.
    func configure(_ changed: IdentifierConfig..., rules: [String]? = nil) async throws {
        let current = try await memory.identityResolution.settings(of: id, in: scope)
        let kept = current.configs.map { config in changed.first { $0.idType == config.idType } ?? config }
        let added = changed.filter { config in !kept.contains { $0.idType == config.idType } }
        let settings = try IdentitySettings(
            configs: kept + added,
            matchingRules: try rules?.map { try IdentifierType($0) } ?? current.matchingRules
        )
        _ = try await memory.identityResolution.replace(with: settings, expecting: nil, of: id, in: scope)
    }

    func guarding(dailyMerges: Int? = nil, blocking blocked: [(type: String, value: String)] = []) async throws {
        _ = try await memory.identityResolution.replaceGuards(
            dailyMergesLimit: dailyMerges,
            blocked: try blocked.map { (try IdentifierType($0.type), $0.value, "blocked") },
            of: id,
            in: scope
        )
    }

    // Writes. Each takes a moment, so that what comes later is later.

    func create(_ contact: Contact, for scope: AccountScope? = nil) async throws -> ProfileID {
        test.clock.advance(by: .seconds(1))
        return try await memory.profiles.create(.contact(contact), in: id, scope ?? self.scope)
    }

    @discardableResult
    func bulk(_ contacts: [Contact], for scope: AccountScope? = nil) async throws -> OperationCounts? {
        test.clock.advance(by: .seconds(1))
        let operation = try await memory.profiles.bulk(contacts.map { .contact($0) }, in: id, scope ?? self.scope)
        return try await memory.operations.fetch(operation, in: self.scope).counts
    }

    func patch(_ profile: ProfileID, _ contact: Contact) async throws {
        test.clock.advance(by: .seconds(1))
        try await memory.profiles.patch(place(profile), with: .contact(contact), scope)
    }

    func identify(_ profile: ProfileID, _ type: String, _ value: String) async throws {
        test.clock.advance(by: .seconds(1))
        try await memory.identifiers.create(value, ofType: IdentifierType(type), for: place(profile), scope)
    }

    func replace(_ profile: ProfileID, _ type: String, _ old: String, by new: String) async throws {
        test.clock.advance(by: .seconds(1))
        try await memory.identifiers.replace(old, by: new, ofType: IdentifierType(type), for: place(profile), scope)
    }

    func remove(_ profile: ProfileID, _ type: String, all: Bool = false) async throws {
        try await memory.identifiers.delete(IdentifierType(type), all: all, of: place(profile), scope)
    }

    func delete(_ profile: ProfileID) async throws {
        try await memory.profiles.delete(place(profile), scope)
    }

    @discardableResult
    func undo(_ merge: MergeID, of profile: ProfileID, for scope: AccountScope? = nil) async throws -> ProfileID {
        test.clock.advance(by: .seconds(1))
        return try await memory.merges.undo(merge, of: place(profile), scope ?? self.scope)
    }

    /// Creates profiles with one contact each, and one more that shows all of them to be one.
    ///
    /// - Returns: the profiles, the canonical one first.
    func merged(_ contacts: Contact...) async throws -> [ProfileID] {
        var profiles: [ProfileID] = []
        for contact in contacts { profiles.append(try await create(contact)) }
        let identifiers = ["email", "phone", "whatsapp", "chat"]
        let all = contacts.reduce(into: Contact()) { all, contact in
            all.merge(contact.filter { identifiers.contains($0.key) }) { first, _ in first }
        }
        _ = try await create(all)
        return profiles
    }

    // Reads.

    func lookup(_ value: String, _ type: String) async throws -> [ProfileID] {
        try await memory.identifiers.lookup(value, ofType: IdentifierType(type), in: id, scope).profiles
    }

    func identifiers(of profile: ProfileID) async throws -> [String: [String]] {
        let sets = try await memory.identifiers.list(place(profile), scope).value
        return Dictionary(sets.map { ($0.type, $0.values) }, uniquingKeysWith: { first, _ in first })
    }

    func traits(of profile: ProfileID) async throws -> [String: String] {
        let groups = try await memory.profiles.fetch(place(profile), scope).value.groups
        let values = groups.flatMap(\.traits).map { ($0.definition.name.text, $0.value.identifierTexts.first ?? "") }
        return Dictionary(values, uniquingKeysWith: { first, _ in first })
    }

    /// The profile that stands for one.
    func canonical(of profile: ProfileID) async throws -> ProfileID {
        try await memory.profiles.fetch(place(profile), scope).profile
    }

    /// The merges that made a profile, oldest first.
    func merges(of profile: ProfileID) async throws -> [ProfileMerge] {
        let page = PageQuery<MergeID>(order: .ascending, cursor: nil, isBackward: false, limit: 100)
        return try await memory.merges.list(page, of: place(profile), scope).value.rows
    }

    /// The profiles that stand for themselves, oldest first.
    func profiles() async throws -> [ProfileID] {
        let page = PageQuery<ProfileID>(order: .ascending, cursor: nil, isBackward: false, limit: 1000)
        return try await memory.profiles.list(page, in: id, scope).rows
    }

    /// The observations of a profile.
    func observations(of profile: ProfileID) -> ProfileObservations {
        ProfileObservations(TestProfile(test: test, place: place(profile)))
    }

    /// What recall finds of a profile, the most recent first.
    func recalled(_ profile: ProfileID) async throws -> [String] {
        let recall = ProfileRecall(profile: TestProfile(test: test, place: place(profile)))
        return try await recall.observations(RecallRequest(observationsLimit: 100))
    }
}

/// Runs a test on a fresh store.
func withIdentities(
    on engine: EngineKind,
    embedder: (any Embedder)? = nil,
    _ body: (IdentityStore) async throws -> Void
) async throws {
    try await withMemory(on: engine, embedder: embedder) { test in
        try await body(IdentityStore(test: test, id: test.store()))
    }
}

/// A configuration of one of the types of a new store; what is not given is as there.
func config(
    _ type: String,
    similarity threshold: Int? = nil,
    limit: Int = IdentifierConfig.defaultLimit,
    _ policy: IdentifierConfig.LimitPolicy = .fifo,
    isUnique: Bool = true,
    normalization: IdentifierNormalization? = nil
) throws -> IdentifierConfig {
    let idType = try IdentifierType(type)
    let usual = DefaultSchema.settings.config(of: idType)?.normalization
    return try IdentifierConfig(
        idType: idType,
        matchingAlgorithm: threshold == nil ? .exact : .fuzzy,
        matchingThreshold: threshold ?? IdentifierConfig.defaultThreshold,
        limit: limit,
        limitPolicy: policy,
        enforceUnique: isUnique,
        normalization: normalization ?? usual ?? .trim,
        field: type
    )
}
