import RecollectEngine
import RecollectSQL
import RecollectVocabulary

// Whom the identifiers of some records lead to: to profiles, and to each other. An identifier that belongs to one profile only
// leads there by itself; of those that may be shared (enforceUnique: false) it takes two in common; values of a fuzzy type count
// as the same when they are similar enough. Cost: one look-up a key; for a fuzzy type, the values of similar length of the store.

/// Why a profile is one with what a record says.
struct IdentifierMatch: Sendable {
    /// The place of the rule among the store's.
    let rule: Int
    let identifier: Identifier
}

/// Whom the identifiers of some records lead to.
struct IdentifierMatches {
    /// Whether any identifier must be had in common with another one to show that two are one.
    let hasShared: Bool
    private let records: [CustomerRecord]
    private let ruledKeys: Set<[UInt8]>
    /// The canonical profiles that have the identifier of a key.
    private var owners: [[UInt8]: Set<ProfileID>] = [:]
    /// The canonical profiles that have an identifier similar to that of a key, for the types that are matched so.
    private var similar: [[UInt8]: Set<ProfileID>] = [:]

    init(of records: [CustomerRecord], in store: StoreKey, on connection: any Connection) throws {
        self.records = records
        let identifiers = records.flatMap(\.identifiers)
        ruledKeys = Set(identifiers.filter { $0.rule != nil }.map(\.key))
        hasShared = identifiers.contains { $0.rule != nil && !$0.identifiesAlone }
        let keys = Set(identifiers.map(\.key)).sorted { $0.lexicographicallyPrecedes($1) }
        for (key, profile) in try connection.all(IdentifierQueries.owners, in: keys) {
            owners[key, default: []].insert(profile)
        }
        for identifier in identifiers {
            guard let typeKey = identifier.fuzzyTypeKey(in: store) else { continue }
            similar[identifier.key] = Set(try connection.owners(ofSimilar: identifier, typeKey))
        }
        try followMerges(on: connection)
    }

    /// Whether an identifier that belongs to one profile only belongs to none of these.
    func isTaken(_ identifier: KeyedIdentifier, fromAll profiles: Set<ProfileID>) -> Bool {
        guard identifier.identifiesAlone, let owners = owners[identifier.key] else { return false }
        return owners.isDisjoint(with: profiles)
    }

    /// The profiles that identifiers lead to together, each with the weightiest reason.
    func profiles(of identifiers: [KeyedIdentifier]) -> [ProfileID: IdentifierMatch] {
        var matched: [ProfileID: IdentifierMatch] = [:]
        var shared: [ProfileID: Set<[UInt8]>] = [:]
        let ruled = identifiers.compactMap { identifier in identifier.rule.map { ($0, identifier) } }
        for (rule, identifier) in ruled.sorted(by: { ($0.0, $0.1.identifier.value) < ($1.0, $1.1.identifier.value) }) {
            for owner in owners(like: identifier.key) where matched[owner] == nil {
                shared[owner, default: []].insert(identifier.key)
                guard identifier.identifiesAlone || shared[owner]?.count == 2 else { continue }
                matched[owner] = IdentifierMatch(rule: rule, identifier: identifier.identifier)
            }
        }
        return matched
    }

    /// The keys that a customer has with the profiles they lead to, as far as the records name them.
    func keys(of identifiers: [KeyedIdentifier], and profiles: Set<ProfileID>) -> Set<[UInt8]> {
        let owned = ruledKeys.filter { !owners(like: $0).isDisjoint(with: profiles) }
        return Set(identifiers.filter { $0.rule != nil }.map(\.key)).union(owned)
    }

    /// The profiles that have an identifier equal or similar to that of a key.
    private func owners(like key: [UInt8]) -> Set<ProfileID> {
        let equal = owners[key] ?? []
        return similar[key]?.union(equal) ?? equal
    }

    /// Unites the records that have an identifier in common that identifies alone, or two that are similar enough.
    func uniteRecords(in sets: inout DisjointSets) {
        var holders: [[UInt8]: Int] = [:]
        var fuzzy: [IdentifierType: [(number: Int, identifier: KeyedIdentifier)]] = [:]
        for (number, record) in records.enumerated() {
            for identifier in record.identifiers where identifier.identifiesAlone {
                if let holder = holders[identifier.key] {
                    sets.unite(holder, number)
                } else {
                    holders[identifier.key] = number
                }
                if identifier.config.matchingAlgorithm == .fuzzy {
                    fuzzy[identifier.identifier.type, default: []].append((number, identifier))
                }
            }
        }
        for values in fuzzy.values { uniteSimilar(values, in: &sets) }
    }

    /// Puts canonical profiles in the place of those that were merged into them.
    ///
    /// Before anything is locked: a merged profile's row is changed only by who has locked its canonical one, so whoever
    /// locked it first and its canonical one afterwards would wait crosswise.
    private mutating func followMerges(on connection: any Connection) throws(EngineError) {
        let found = Set(owners.values.joined()).union(similar.values.joined()).sorted()
        let merged = try connection.all(ProfileQueries.canonicals, in: found)
        guard !merged.isEmpty else { return }
        let moved = Dictionary(merged.map { ($0.merged, $0.canonical) }, uniquingKeysWith: { first, _ in first })
        owners = owners.mapValues { profiles in Set(profiles.map { moved[$0] ?? $0 }) }
        similar = similar.mapValues { profiles in Set(profiles.map { moved[$0] ?? $0 }) }
    }

    private func uniteSimilar(
        _ values: [(number: Int, identifier: KeyedIdentifier)],
        in sets: inout DisjointSets
    ) {
        let texts = values.map { Array($0.identifier.identifier.value.unicodeScalars) }
        for later in values.indices {
            let similarity = EditSimilarity(threshold: values[later].identifier.config.matchingThreshold)
            for earlier in values.indices.prefix(later) where similarity.isReached(texts[earlier], texts[later]) {
                sets.unite(values[earlier].number, values[later].number)
            }
        }
    }
}

extension Connection {
    /// The profiles that have a value similar to that of a fuzzy type.
    func owners(
        ofSimilar identifier: KeyedIdentifier,
        _ typeKey: [UInt8]
    ) throws(EngineError) -> [ProfileID] {
        let similarity = EditSimilarity(threshold: identifier.config.matchingThreshold)
        let text = Array(identifier.identifier.value.unicodeScalars)
        let lengths = similarity.lengths(similarTo: text.count)
        let candidates = try all(FuzzyIdentifierQueries.ofLengths, typeKey, lengths.lowerBound, lengths.upperBound)
        return candidates.filter { similarity.isReached(text, Array($0.value.unicodeScalars)) }.map(\.profile)
    }
}
