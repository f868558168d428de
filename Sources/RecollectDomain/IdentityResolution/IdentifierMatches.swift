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
    private let records: [CustomerRecord]
    /// The profiles that have an identifier equal or similar to that of a key.
    private var owners: [[UInt8]: Set<ProfileID>] = [:]

    init(of records: [CustomerRecord], in store: StoreKey, on connection: any Connection) throws {
        self.records = records
        let identifiers = records.flatMap(\.identifiers)
        let keys = Set(identifiers.map(\.key)).sorted { $0.lexicographicallyPrecedes($1) }
        // Nobody's rows are there to be locked.
        for (key, profile) in try connection.all(IdentifierQueries.owners, in: keys) where profile != .nobody {
            owners[key, default: []].insert(profile)
        }
        for identifier in identifiers {
            guard let typeKey = identifier.fuzzyTypeKey(in: store) else { continue }
            let similar = try connection.owners(ofSimilar: identifier, typeKey)
            owners[identifier.key, default: []].formUnion(similar)
        }
        let shared = identifiers.filter { $0.rule != nil && !$0.identifiesAlone }.flatMap { owners[$0.key] ?? [] }
        let merged = try connection.all(ProfileQueries.canonicals, in: Set(shared).sorted())
        follow(Dictionary(merged.map { ($0.merged, $0.canonical) }, uniquingKeysWith: { first, _ in first }))
    }

    /// Puts canonical profiles in the place of those that were merged into them.
    ///
    /// Done beforehand only for the owners of shared values, of which two in common must be counted for one profile. The
    /// others are found to be merged when they are locked, which spares most requests a look.
    mutating func follow(_ moved: [ProfileID: ProfileID]) {
        guard !moved.isEmpty else { return }
        owners = owners.mapValues { profiles in Set(profiles.map { moved[$0] ?? $0 }) }
    }

    /// Whether an identifier that belongs to one profile only belongs to none of these.
    func isTaken(_ identifier: KeyedIdentifier, fromAll profiles: Set<ProfileID>) -> Bool {
        guard identifier.identifiesAlone, identifier.config.matchingAlgorithm == .exact,
            let owners = owners[identifier.key]
        else { return false }
        return owners.isDisjoint(with: profiles)
    }

    /// The profiles that a record leads to, each with the weightiest reason.
    func profiles(of record: CustomerRecord) -> [ProfileID: IdentifierMatch] {
        var matched: [ProfileID: IdentifierMatch] = [:]
        var shared: [ProfileID: Set<[UInt8]>] = [:]
        let ruled = record.identifiers.compactMap { identifier in identifier.rule.map { ($0, identifier) } }
        for (rule, identifier) in ruled.sorted(by: { ($0.0, $0.1.identifier.value) < ($1.0, $1.1.identifier.value) }) {
            for owner in owners[identifier.key] ?? [] where matched[owner] == nil {
                shared[owner, default: []].insert(identifier.key)
                guard identifier.identifiesAlone || shared[owner]?.count == 2 else { continue }
                matched[owner] = IdentifierMatch(rule: rule, identifier: identifier.identifier)
            }
        }
        return matched
    }

    /// Unites the records that are one customer by their identifiers alone.
    func uniteRecords(in sets: inout DisjointSets) {
        var holders: [[UInt8]: [Int]] = [:]
        var similarity: [IdentifierType: [(number: Int, identifier: KeyedIdentifier)]] = [:]
        for (number, record) in records.enumerated() {
            for identifier in record.identifiers where identifier.rule != nil {
                if identifier.identifiesAlone, let holder = holders[identifier.key]?.first {
                    sets.unite(holder, number)
                } else {
                    holders[identifier.key, default: []].append(number)
                }
                if identifier.config.matchingAlgorithm == .fuzzy, identifier.identifiesAlone {
                    similarity[identifier.identifier.type, default: []].append((number, identifier))
                }
            }
        }
        uniteSharing(in: &sets, holders)
        for values in similarity.values { uniteSimilar(values, in: &sets) }
    }

    /// Unites the records that have two shared identifiers in common.
    private func uniteSharing(in sets: inout DisjointSets, _ holders: [[UInt8]: [Int]]) {
        var common: [SIMD2<Int>: Set<[UInt8]>] = [:]
        for (number, record) in records.enumerated() {
            for identifier in record.identifiers where identifier.rule != nil && !identifier.identifiesAlone {
                for other in holders[identifier.key] ?? [] where other < number {
                    common[SIMD2(other, number), default: []].insert(identifier.key)
                }
            }
        }
        for (pair, keys) in common where keys.count >= 2 { sets.unite(pair.x, pair.y) }
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
