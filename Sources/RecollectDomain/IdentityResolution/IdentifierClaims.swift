import Crypto
import RecollectEngine
import RecollectSQL
import RecollectVocabulary

// Which profile an identifier leads to, and how one becomes a profile's. An identifier's key is a digest of store, type and
// normal form, and the primary key of its table: of two transactions that bring the same new identifier, one inserts it, and
// the other finds out and looks again. No lock, no isolation level is needed for it.

/// An identifier with how its type is configured and the key it is stored under.
struct KeyedIdentifier: Sendable {
    let identifier: Identifier
    let config: IdentifierConfig
    /// SHA-256 over store, type and the form under which identifiers are compared.
    let key: [UInt8]
    /// Whether it alone tells whose profile it is: it belongs to one profile only, and a rule names its type.
    let identifiesAlone: Bool
    /// Whether a rule names its type.
    let isMatched: Bool

    init(_ identifier: Identifier, _ config: IdentifierConfig, _ settings: IdentitySettings, in store: StoreKey) {
        self.identifier = identifier
        self.config = config
        isMatched = settings.matchingRules.contains(identifier.type)
        identifiesAlone = isMatched && config.enforceUnique
        var digest = SHA256()
        digest.update(data: Array("\(store.id)".utf8))
        digest.update(data: [0] + Array(identifier.type.text.utf8) + [0])
        digest.update(data: Array(identifier.matchKey.utf8))
        key = Array(digest.finalize())
    }

    /// What stands beside the key: nothing where a second claim must fail, the profile where values may be shared.
    func claimant(_ profile: ProfileID) -> [UInt8] {
        identifiesAlone ? [] : Array("\(profile)".utf8)
    }
}

extension [TraitAssignment] {
    /// The identifiers that the assigned values are.
    func identifiers(_ settings: IdentitySettings, in store: StoreKey) throws(Rejection) -> [KeyedIdentifier] {
        var found: [KeyedIdentifier] = []
        for assignment in self {
            guard let value = assignment.value, let type = assignment.definition.promotedIDType,
                let config = settings.config(of: type)
            else { continue }
            for text in value.identifierTexts {
                let identifier = try config.identifier(text, field: assignment.field)
                found.append(KeyedIdentifier(identifier, config, settings, in: store))
            }
        }
        // Keys are claimed in their order, so that two transactions never wait for each other crosswise.
        return found.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }
}

/// Whose the identifiers of a request are.
struct IdentifierOwners {
    private let owners: [[UInt8]: Set<ProfileID>]

    /// Looks identifiers up.
    init(of identifiers: [KeyedIdentifier], on connection: any Connection) throws(EngineError) {
        var owners: [[UInt8]: Set<ProfileID>] = [:]
        for (key, profile) in try connection.all(IdentifierQueries.owners, in: identifiers.map(\.key)) {
            owners[key, default: []].insert(profile)
        }
        self.owners = owners
    }

    /// The profiles that identifiers lead to: those that own one that identifies alone, and those that share two others.
    func matches(_ identifiers: [KeyedIdentifier]) -> Set<ProfileID> {
        var matched: Set<ProfileID> = []
        var shared: [ProfileID: Int] = [:]
        for identifier in identifiers where identifier.isMatched {
            for owner in owners[identifier.key] ?? [] {
                if identifier.identifiesAlone {
                    matched.insert(owner)
                } else {
                    shared[owner, default: 0] += 1
                }
            }
        }
        return matched.union(shared.filter { $0.value >= 2 }.keys)
    }

    /// Whether an identifier that belongs to one profile only belongs to another one.
    func isTaken(_ identifier: KeyedIdentifier, from profile: ProfileID) -> Bool {
        identifier.identifiesAlone && owners[identifier.key]?.contains { $0 != profile } == true
    }
}

extension Connection {
    /// Makes identifiers a locked profile's, within the limits of their types.
    ///
    /// One that belongs to another profile stays with it: merging the two is not built yet.
    func claim(
        _ identifiers: [KeyedIdentifier],
        for profile: ProfileID,
        _ owners: IdentifierOwners,
        isNew: Bool,
        at now: Timestamp
    ) throws {
        var held = isNew ? [] : try all(IdentifierQueries.heldBy, profile)
        var claimed: [KeyedIdentifier] = []
        for candidate in identifiers where !owners.isTaken(candidate, from: profile) {
            let (type, value) = (candidate.identifier.type.text, candidate.identifier.value)
            let isHeld = held.contains { $0.idType == type && $0.value == value }
            guard !isHeld else { continue }
            let others = held.filter { $0.idType == type }
            if others.count >= candidate.config.limit {
                guard candidate.config.limitPolicy == .fifo, let oldest = others.first else { continue }
                try run(IdentifierQueries.remove, profile, oldest.idType, oldest.value)
                let keyIsShared = held.contains { $0.key == oldest.key && $0.value != oldest.value }
                if !keyIsShared { try run(IdentifierQueries.release, oldest.key, profile) }
                held.removeAll { $0.idType == oldest.idType && $0.value == oldest.value }
            }
            held.append((type, value, candidate.key))
            claimed.append(candidate)
        }
        // Two spellings of one identifier share a key, which is claimed once.
        var keys: Set<[UInt8]> = []
        let claims = claimed.filter { !owners.owns(profile, $0) && keys.insert($0.key).inserted }
        let inserted = try insert(IdentifierQueries.claim, claims.map { ($0.key, $0.claimant(profile), profile) })
        guard inserted == claims.count else { throw RepeatTransaction() }
        try insert(
            IdentifierQueries.add,
            claimed.map { (profile, $0.identifier.type.text, $0.identifier.value, $0.key, now) }
        )
    }
}

extension IdentifierOwners {
    /// Whether a profile owns an identifier already, perhaps in another spelling.
    fileprivate func owns(_ profile: ProfileID, _ identifier: KeyedIdentifier) -> Bool {
        owners[identifier.key]?.contains(profile) == true
    }
}
