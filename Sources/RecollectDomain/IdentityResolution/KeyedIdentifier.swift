import Crypto
import RecollectEngine
import RecollectSQL
import RecollectVocabulary

/// An identifier with how its type is configured and the key it is stored under.
struct KeyedIdentifier: Sendable {
    let identifier: Identifier
    let config: IdentifierConfig
    /// The first 16 bytes of SHA-256 over store, type and the form under which identifiers are compared.
    let key: [UInt8]
    /// The place of its type among the matching rules; nil when no rule names it, and it matches nobody.
    let rule: Int?

    /// Whether it alone tells whose profile it is: it belongs to one profile only, and a rule names its type.
    var identifiesAlone: Bool { rule != nil && config.enforceUnique }

    init(_ identifier: Identifier, _ config: IdentifierConfig, _ settings: IdentitySettings, in store: StoreKey) {
        self.identifier = identifier
        self.config = config
        rule = settings.matchingRules.firstIndex(of: identifier.type)
        key = Self.key(store.id, identifier.type.text, identifier.matchKey)
    }

    /// Whether it is one of some values in the form in which they are compared.
    func isAmong(_ values: Set<Identifier>) -> Bool {
        values.contains(Identifier(stored: identifier.type, value: identifier.matchKey))
    }

    /// What stands beside the key: nothing where a second claim must fail, the profile where values may be shared.
    func claimant(_ profile: ProfileID) -> [UInt8] {
        identifiesAlone ? [] : profile.bytes
    }

    /// What similar values of the type are found under; nil when only equal ones match.
    func fuzzyTypeKey(in store: StoreKey) -> [UInt8]? {
        guard config.matchingAlgorithm == .fuzzy else { return nil }
        return Self.typeKey(of: identifier.type.text, in: store.id)
    }

    /// What the values of a type would be found under by similarity.
    static func typeKey(of type: String, in store: StoreID) -> [UInt8] {
        key(store, type, "")
    }

    /// Half a digest: two identifiers that share it are as unlikely as two ids that do, and the table is as small as it can be.
    private static let keyBytes = 16

    private static func key(_ store: StoreID, _ type: String, _ text: String) -> [UInt8] {
        var digest = SHA256()
        digest.update(data: store.bytes)
        digest.update(data: [0] + Array(type.utf8) + [0])
        digest.update(data: Array(text.utf8))
        return Array(digest.finalize().prefix(keyBytes))
    }
}

/// How a store resolves identities.
struct StoreIdentity: Sendable {
    let rules: IdentifierRules
    let guards: IdentityGuards
}

extension Connection {
    /// How a store resolves identities, in one query.
    func identity(of store: StoreKey) throws(EngineError) -> StoreIdentity {
        let rows = try all(IdentityResolutionQueries.settings, store)
        guard let settings = try IdentitySettingsRow.settings(of: rows), let guards = rows.first?.guards else {
            throw EngineError(.corrupt, "store \(store.id) has no identity settings")
        }
        return StoreIdentity(rules: IdentifierRules(store: store, settings: settings), guards: guards)
    }

    /// The identifiers that assigned values are, without those that the store blocks.
    func identifiers(in assignments: [TraitAssignment], _ identity: StoreIdentity) throws -> [KeyedIdentifier] {
        try unblocked(identity.rules.identifiers(in: assignments), identity)
    }

    /// Identifiers without those that the store blocks.
    func unblocked(_ identifiers: [KeyedIdentifier], _ identity: StoreIdentity) throws(EngineError) -> [KeyedIdentifier]
    {
        let allowed = try unblockedKeys(identifiers, identity)
        return identifiers.filter { allowed.contains($0.key) }
    }

    /// Every value that a store blocks, for a batch.
    func blockedIdentifiers(of identity: StoreIdentity) throws(EngineError) -> Set<Identifier> {
        guard identity.guards.blockedCount > 0 else { return [] }
        return Set(try all(IdentityResolutionQueries.allBlocked, identity.rules.store))
    }

    /// The keys of identifiers that the store does not block.
    func unblockedKeys(
        _ identifiers: [KeyedIdentifier],
        _ identity: StoreIdentity
    ) throws(EngineError) -> Set<[UInt8]> {
        guard identity.guards.blockedCount > 0 else { return Set(identifiers.map(\.key)) }
        let texts = Set(identifiers.map(\.identifier.matchKey)).sorted()
        let blocked = Set(try all(IdentityResolutionQueries.blocked, in: texts, identity.rules.store))
        return Set(identifiers.filter { !$0.isAmong(blocked) }.map(\.key))
    }
}

/// What a store's settings make of identifiers.
struct IdentifierRules: Sendable {
    let store: StoreKey
    let settings: IdentitySettings

    /// The identifiers that assigned values are.
    func identifiers(in assignments: [TraitAssignment]) throws(Rejection) -> [KeyedIdentifier] {
        var found: [KeyedIdentifier] = []
        for assignment in assignments {
            guard let value = assignment.value, let type = assignment.definition.promotedIDType,
                let config = settings.config(of: type)
            else { continue }
            for text in value.identifierTexts {
                let identifier = try config.identifier(text, field: assignment.field)
                found.append(KeyedIdentifier(identifier, config, settings, in: store))
            }
        }
        return found
    }
}
