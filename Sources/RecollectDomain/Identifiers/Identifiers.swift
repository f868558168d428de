import RecollectEngine
import RecollectSQL
package import RecollectVocabulary

/// The identifiers of profiles, and whom an identifier leads to.
package struct Identifiers: Sendable {
    let transactions: Transactions
    let clock: any WallClock
    let ids: any IDSource
    let mergeLog: MergeLog

    /// The profiles that an identifier leads to.
    ///
    /// - Parameters:
    ///   - value: the value as the caller wrote it.
    ///   - type: its type.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the value in its normal form, or as it was when it can be no identifier of the type; the canonical profiles
    ///   that have it or, where the type is matched by similarity, one like it, oldest first.
    /// - Throws: `Rejection` when there is no such store or type.
    package func lookup(
        _ value: String,
        ofType type: IdentifierType,
        in store: StoreID,
        _ scope: AccountScope
    ) async throws -> (normalised: String, profiles: [ProfileID]) {
        try await transactions.read(for: scope) { connection in
            let key = try connection.resolve(store, in: scope)
            let rules = try connection.identity(of: key).rules
            let config = try rules.config(of: type)
            guard let identifier = config.identifier(value) else { return (value, []) }
            let owners = try connection.owners(of: rules.keyed(identifier, config), in: key)
            return (identifier.value, Array(owners.sorted().prefix(IdentifierLimits.lookup)))
        }
    }

    /// The identifiers of a profile by their types: those configured in their order, then those that no longer are.
    ///
    /// - Parameters:
    ///   - place: the profile.
    ///   - scope: on whose behalf.
    /// - Returns: the values of each type, oldest first.
    /// - Throws: `Rejection` when there is no such profile.
    package func list(_ place: ProfilePlace, _ scope: AccountScope) async throws -> Resolved<[IdentifierSet]> {
        try await transactions.read(.snapshot, for: scope) { connection in
            let profile = try connection.resolve(place, in: scope)
            let order = try connection.identitySettings(of: profile.store).configs.map(\.idType.text)
            let held = try connection.heldIdentifiers(of: profile.family)
            let types = Dictionary(grouping: held, by: \.idType)
            let forgotten = types.keys.filter { !order.contains($0) }.sorted()
            let sets = (order + forgotten).compactMap { type in types[type].map { IdentifierSet(type: type, $0) } }
            return Resolved(Array(sets.prefix(IdentifierLimits.types)), of: profile.id)
        }
    }

    /// The identifiers of one type.
    ///
    /// - Parameters:
    ///   - type: the type.
    ///   - place: the profile.
    ///   - scope: on whose behalf.
    /// - Returns: its values, oldest first.
    /// - Throws: `Rejection` when there is no such profile, or it has none of the type.
    package func fetch(
        _ type: IdentifierType,
        of place: ProfilePlace,
        _ scope: AccountScope
    ) async throws -> Resolved<IdentifierSet> {
        try await transactions.read(.snapshot, for: scope) { connection in
            let profile = try connection.resolve(place, in: scope)
            let held = try connection.heldIdentifiers(of: profile.family).filter { $0.idType == type.text }
            guard !held.isEmpty else { throw Self.none(of: type) }
            return Resolved(IdentifierSet(type: type.text, held), of: profile.id)
        }
    }

    /// Gives a profile an identifier; if another has it, the two are one and are merged.
    ///
    /// - Parameters:
    ///   - value: the value as the caller wrote it.
    ///   - type: its type.
    ///   - place: the profile.
    ///   - scope: on whose behalf.
    /// - Throws: `Rejection` when there is no such profile or type, the value can be no identifier of it or is blocked, or it
    ///   is another profile's and the store's limit of merges is reached; `ProfileMoved`.
    package func create(
        _ value: String,
        ofType type: IdentifierType,
        for place: ProfilePlace,
        _ scope: AccountScope
    ) async throws {
        let now = clock.now()
        let outcome = try await transactions.write(scope) { connection in
            let profile = try connection.resolveUnmoved(place, in: scope, keepingSchema: true)
            let identity = try connection.identity(of: profile.store)
            let identifier = try connection.acceptable(value, ofType: type, field: "value", identity)
            let record = CustomerRecord([], identifiedBy: [identifier], of: place.profile)
            let outcome = try Resolution(identity, at: now, newIDs: [], ids).apply([record], on: connection)
            guard outcome.refused.isEmpty else {
                let rule = "is another profile's, and the store's limit of merges a day keeps the two apart"
                throw Rejection(.conflict, "value", rule)
            }
            return outcome
        }
        mergeLog.tell(outcome)
    }

    /// Puts another value in the place of one.
    ///
    /// - Parameters:
    ///   - old: the value to replace, in any form.
    ///   - new: the value to put in its place.
    ///   - type: the type of both.
    ///   - place: the profile.
    ///   - scope: on whose behalf.
    /// - Throws: `Rejection` when there is no such profile, it does not have the old value, or the new one can be no
    ///   identifier, is blocked, or is another profile's; `ProfileMoved`.
    package func replace(
        _ old: String,
        by new: String,
        ofType type: IdentifierType,
        for place: ProfilePlace,
        _ scope: AccountScope
    ) async throws {
        let now = clock.now()
        _ = try await transactions.write(scope) { connection in
            let profile = try connection.resolveUnmoved(place, in: scope, keepingSchema: true)
            let identity = try connection.identity(of: profile.store)
            let identifier = try connection.acceptable(new, ofType: type, field: "newValue", identity)
            let family = try connection.lockIdentifiers(of: profile, identifier)
            var claims = try IdentifierClaims(of: family, in: profile.store, on: connection, at: now)
            let forms = [old, identifier.config.identifier(old)?.value]
            guard let present = claims.values(family, ofType: type.text).first(where: { forms.contains($0.value) })
            else {
                throw Rejection(.notFound, "oldValue", "the profile has no such identifier of type \(type.text)")
            }
            guard present.value != identifier.identifier.value else { return Applied() }
            let owners = try connection.owners(ofEqual: identifier)
            guard !identifier.identifiesAlone || owners.isSubset(of: family) else {
                throw Rejection(.conflict, "newValue", "is an identifier of another profile")
            }
            claims.take([present.value], ofType: type.text, from: family)
            claims.give([identifier], to: family)
            try claims.write(on: connection)
            return Applied()
        }
    }

    /// Takes identifiers of a type from a profile.
    ///
    /// - Parameters:
    ///   - type: the type.
    ///   - all: whether all values go; otherwise the one that would make way at the type's limit.
    ///   - place: the profile.
    ///   - scope: on whose behalf.
    /// - Throws: `Rejection` when there is no such profile, or it has none of the type; `ProfileMoved`.
    package func delete(
        _ type: IdentifierType,
        all: Bool,
        of place: ProfilePlace,
        _ scope: AccountScope
    ) async throws {
        let now = clock.now()
        _ = try await transactions.write(scope) { connection in
            let profile = try connection.resolveUnmoved(place, in: scope, keepingSchema: true)
            let config = try connection.identitySettings(of: profile.store).config(of: type)
            let family = try connection.lockIdentifiers(of: profile, nil)
            var claims = try IdentifierClaims(of: family, in: profile.store, on: connection, at: now)
            let values = claims.values(family, ofType: type.text)
            guard let oldest = values.first, let newest = values.last else { throw Self.none(of: type) }
            let one = config?.limitPolicy == .lifo ? newest : oldest
            claims.take(all ? Set(values.map(\.value)) : [one.value], ofType: type.text, from: family)
            try claims.write(on: connection)
            return Applied()
        }
    }

    private static func none(of type: IdentifierType) -> Rejection {
        Rejection(.notFound, "idType", "the profile has no identifier of type \(type.text)")
    }
}

extension ResolutionOutcome: ReplayableOutcome {
    var replayText: String { "resolved" }

    /// What is answered again to a repeated request has been told before.
    init?(replayText: String) {
        guard replayText == "resolved" else { return nil }
        self.init()
    }
}

/// The limits of identifiers on the wire.
enum IdentifierLimits {
    /// How many profiles a look-up answers with.
    ///
    /// Source: openapi.yaml, LookupResult.
    static let lookup = 100
    /// How many types a profile is shown to have.
    ///
    /// Source: openapi.yaml, IdentifierSets.
    static let types = 50
}

extension IdentifierSet {
    /// What is shown of a type: of more values than a type may have, which a merge can bring together, the newest.
    init(type: String, _ held: [HeldIdentifier]) {
        let values = held.sorted { ($0.addedAt, $0.value) < ($1.addedAt, $1.value) }.map(\.value)
        var seen: Set<String> = []
        let distinct = values.filter { seen.insert($0).inserted }
        self.init(type: type, values: Array(distinct.suffix(IdentifierConfig.limitRange.upperBound)))
    }
}

extension IdentifierRules {
    /// How a type is configured.
    func config(of type: IdentifierType) throws(Rejection) -> IdentifierConfig {
        guard let config = settings.config(of: type) else {
            throw Rejection(.malformed, "idType", "\(type.text) is no configured identifier type")
        }
        return config
    }

    func keyed(_ identifier: Identifier, _ config: IdentifierConfig) -> KeyedIdentifier {
        KeyedIdentifier(identifier, config, settings, in: store)
    }
}

extension Connection {
    fileprivate func heldIdentifiers(of family: ProfileFamily) throws(EngineError) -> [HeldIdentifier] {
        try all(IdentifierQueries.heldBy, in: family.all.map(\.id))
    }

    /// A value as an identifier that may be given to a profile.
    fileprivate func acceptable(
        _ value: String,
        ofType type: IdentifierType,
        field: String,
        _ identity: StoreIdentity
    ) throws -> KeyedIdentifier {
        let config = try identity.rules.config(of: type)
        let identifier = identity.rules.keyed(try config.identifier(value, field: field), config)
        guard !(try unblocked([identifier], identity)).isEmpty else {
            throw Rejection(.malformed, field, "is blocked in this store: it identifies nobody")
        }
        return identifier
    }

    /// Locks a profile for a change of its identifiers, and what an identifier to be added is serialised by.
    fileprivate func lockIdentifiers(
        of profile: ResolvedProfile,
        _ newcomer: KeyedIdentifier?
    ) throws -> [ProfileID] {
        if let newcomer { try serialise([newcomer], in: profile.store) }
        let locked = try all(ProfileQueries.lock, in: [profile.id], profile.store).first
        // Deleted or merged since it was looked up: look again.
        guard let locked, locked.canonicalID == nil else { throw RepeatTransaction() }
        return locked.family.all.map(\.id)
    }

    /// The profiles that have an identifier or one like it, merged ones under their canonical ids.
    fileprivate func owners(of identifier: KeyedIdentifier, in store: StoreKey) throws -> Set<ProfileID> {
        var found = try owners(ofEqual: identifier)
        if let typeKey = identifier.fuzzyTypeKey(in: store) {
            found.formUnion(try owners(ofSimilar: identifier, typeKey))
        }
        for (merged, canonical) in try all(ProfileQueries.canonicals, in: found.sorted()) {
            found.remove(merged)
            found.insert(canonical)
        }
        return found
    }

    fileprivate func owners(ofEqual identifier: KeyedIdentifier) throws -> Set<ProfileID> {
        Set(try all(IdentifierQueries.owners, in: [identifier.key]).map(\.profile))
    }
}
