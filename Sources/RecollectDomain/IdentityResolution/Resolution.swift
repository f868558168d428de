import RecollectEngine
import RecollectSQL
import RecollectVocabulary

// Identity resolution: records in, profiles out, in one transaction. One request is a batch of one record; a bulk and an import
// come in batches, which costs a fraction of the statements and leads to the same.
//   1. Types whose equal values do not exclude each other by a key (shared or fuzzy ones) are worked on by one at a time.
//   2. The records' keys are looked up. Records that lead to one profile, or to each other, are one customer (union-find).
//   3. The profiles found are locked, the earliest first, and found again to be as they were: else the transaction is repeated.
//   4. Of several profiles of one customer the earliest becomes canonical and the others are merged into it.
//   5. Identifiers are claimed, and traits written, for all customers together.
// What is claimed by another transaction between 2 and 5 makes this one repeat, so two that bring one new customer make one.

/// Brings records into profiles.
struct Resolution {
    let rules: IdentifierRules
    let guards: IdentityGuards
    let now: Timestamp
    /// Ids for the profiles that may be created, as many as there are records, ascending.
    let newIDs: [ProfileID]
    /// Draws the ids of merges.
    ///
    /// One drawn in a transaction that is repeated is lost, and nothing else.
    let ids: any IDSource

    private var store: StoreKey { rules.store }

    init(_ identity: StoreIdentity, at now: Timestamp, newIDs: [ProfileID], _ ids: any IDSource) {
        rules = identity.rules
        guards = identity.guards
        self.now = now
        self.newIDs = newIDs
        self.ids = ids
    }

    /// Applies records in their order: where two are one customer, the later wins.
    func apply(_ records: [CustomerRecord], on connection: any Connection) throws -> ResolutionOutcome {
        try connection.serialise(records.flatMap(\.identifiers), in: store)
        let matches = try IdentifierMatches(of: records, in: store, on: connection)
        let customers = customers(of: records, matches)
        let locked = try lock(customers, on: connection)
        var outcome = ResolutionOutcome()
        var settled: [SettledCustomer] = []
        for customer in customers {
            settled.append(try settle(customer, locked, &outcome, on: connection))
        }
        try claim(settled, records, matches, on: connection)
        try write(settled, records, on: connection)
        outcome.profiles = Array(repeating: .nobody, count: records.count)
        for customer in settled {
            for record in customer.records { outcome.profiles[record] = customer.family.first ?? .nobody }
        }
        return outcome
    }

    /// Locks the profiles of customers, the earliest first.
    private func lock(
        _ customers: [Customer],
        on connection: any Connection
    ) throws -> [ProfileID: LockedProfile] {
        let wanted = Set(customers.flatMap(\.profiles)).sorted()
        var locked: [ProfileID: LockedProfile] = [:]
        for profile in try connection.all(ProfileQueries.lock, in: wanted, store) { locked[profile.id] = profile }
        // One that was deleted or merged since it was looked up makes us look again.
        guard wanted.allSatisfy({ locked[$0].map { $0.canonicalID == nil } ?? false }) else {
            throw RepeatTransaction()
        }
        return locked
    }

    /// The customers that records are of, in the order of their first records.
    ///
    /// Records that are one customer count as one record with all their identifiers, which may show more to be one.
    private func customers(of records: [CustomerRecord], _ matches: IdentifierMatches) -> [Customer] {
        var sets = DisjointSets(count: records.count)
        matches.uniteRecords(in: &sets)
        while true {
            var members: [Int: [Int]] = [:]
            for number in records.indices { members[sets.leader(of: number), default: []].append(number) }
            let customers = members.sorted { $0.key < $1.key }.map { Customer($0.value, of: records, matches) }
            var isDone = true
            var first: [ProfileID: Int] = [:]
            for customer in customers {
                for profile in customer.profiles {
                    guard let other = first[profile] else {
                        first[profile] = customer.leader
                        continue
                    }
                    if sets.unite(other, customer.leader) { isDone = false }
                }
            }
            if matches.hasShared, uniteSharing(customers, records, matches, in: &sets) { isDone = false }
            if isDone { return customers }
        }
    }

    /// Unites the customers that have two identifiers in common; tells whether there were any.
    private func uniteSharing(
        _ customers: [Customer],
        _ records: [CustomerRecord],
        _ matches: IdentifierMatches,
        in sets: inout DisjointSets
    ) -> Bool {
        var holders: [[UInt8]: [Int]] = [:]
        var common: [SIMD2<Int>: Int] = [:]
        for customer in customers {
            let identifiers = customer.records.flatMap { records[$0].identifiers }
            for key in matches.keys(of: identifiers, and: customer.profiles) {
                for other in holders[key] ?? [] { common[SIMD2(other, customer.leader), default: 0] += 1 }
                holders[key, default: []].append(customer.leader)
            }
        }
        return common.filter { $0.value >= 2 }.keys.reduce(false) { found, pair in
            sets.unite(pair.x, pair.y) || found
        }
    }

    /// Decides which profile a customer is, and merges what has to be merged.
    private func settle(
        _ customer: Customer,
        _ locked: [ProfileID: LockedProfile],
        _ outcome: inout ResolutionOutcome,
        on connection: any Connection
    ) throws -> SettledCustomer {
        guard let earliest = customer.profiles.min(), let canonical = locked[earliest] else {
            outcome.created += 1
            return SettledCustomer(records: customer.records, family: [newIDs[customer.leader]], isNew: true)
        }
        outcome.updated += 1
        let family = canonical.family
        var others = customer.newcomers(to: earliest)
        let allowed = others.isEmpty ? 0 : try connection.mergesAllowed(into: family, guards, at: now)
        if others.count > allowed {
            let refused = others[allowed...]
            others = Array(others.prefix(allowed))
            outcome.refused += refused.map { .init(canonical: earliest, newcomer: $0.profile) }
            // The profile that a request names is merged before any other, so none was merged here.
            if let named = customer.named, refused.contains(where: { $0.profile == named }), let own = locked[named] {
                return SettledCustomer(records: customer.records, family: own.family.all.map(\.id), isNew: false)
            }
        }
        var merged: [ProfileID] = family.merged.map(\.id)
        var memoryVersion = canonical.memoryVersion
        for other in others {
            guard let newcomer = locked[other.profile] else { throw RepeatTransaction() }
            merged += newcomer.family.all.map(\.id)
            memoryVersion = max(memoryVersion, newcomer.memoryVersion)
            let merge = ProfileMerge(
                id: ids.next(at: now),
                canonical: earliest,
                merged: other.profile,
                identifier: other.match.identifier
            )
            try connection.record(merge, of: newcomer.family)
            outcome.merges.append(merge)
        }
        if !others.isEmpty {
            try connection.runLater(ProfileQueries.unite, earliest, MergedProfiles(merged), memoryVersion)
        }
        return SettledCustomer(records: customer.records, family: [earliest] + merged, isNew: false)
    }

    private func claim(
        _ customers: [SettledCustomer],
        _ records: [CustomerRecord],
        _ matches: IdentifierMatches,
        on connection: any Connection
    ) throws {
        try connection.insertLater(
            ProfileQueries.insert,
            customers.filter(\.isNew).flatMap(\.family).map { ($0, store, 1, MergedProfiles()) }
        )
        // A request that brings no identifier has none to claim.
        let identified = customers.filter { customer in customer.records.contains { !records[$0].identifiers.isEmpty } }
        let existing = identified.filter { !$0.isNew }.flatMap(\.family)
        var claims = try IdentifierClaims(of: existing, in: store, on: connection, at: now)
        for customer in identified {
            let family = Set(customer.family)
            let identifiers = customer.records.flatMap { records[$0].identifiers }
                .filter { !matches.isTaken($0, fromAll: family) }
            claims.give(identifiers, to: customer.family)
        }
        try claims.write(on: connection)
    }

    private func write(
        _ customers: [SettledCustomer],
        _ records: [CustomerRecord],
        on connection: any Connection
    ) throws {
        var changes: [TraitChange] = []
        for customer in customers {
            var latest: [TraitID: TraitAssignment] = [:]
            for assignment in customer.records.lazy.flatMap({ records[$0].assignments }) {
                latest[assignment.definition.id] = assignment
            }
            changes.append(TraitChange(family: customer.family, isNew: customer.isNew, assignments: latest))
        }
        try connection.apply(changes, at: now)
    }
}

extension Connection {
    /// Locks what stands for identifiers that no key keeps apart: shared values, and the types that are matched by similarity.
    func serialise(_ identifiers: [KeyedIdentifier], in store: StoreKey) throws(EngineError) {
        var keys: Set<[UInt8]> = []
        for identifier in identifiers where identifier.rule != nil {
            if let typeKey = identifier.fuzzyTypeKey(in: store) {
                keys.insert(typeKey)
            } else if !identifier.identifiesAlone {
                keys.insert(identifier.key)
            }
        }
        let ordered = keys.sorted { $0.lexicographicallyPrecedes($1) }
        // The claimant of nobody's row is no profile's, and not that of values that belong to one only.
        try insertLater(IdentifierQueries.serialise, ordered.map { ($0, [0], ProfileID.nobody) })
        // The row must not outlive the values it stands for. Whoever else inserts it waits for this transaction all the same.
        _ = try all(IdentifierQueries.forget, in: ordered, [0])
    }
}

/// Records that are one customer, and the profiles they lead to.
private struct Customer {
    /// A profile with the reason why it is one with the others.
    typealias Newcomer = (profile: ProfileID, match: IdentifierMatch)

    let records: [Int]
    let named: ProfileID?
    private let matches: [ProfileID: IdentifierMatch]

    /// The first record.
    var leader: Int { records[0] }

    /// The profiles, the one named among them.
    var profiles: Set<ProfileID> { Set(matches.keys).union([named].compactMap { $0 }) }

    init(_ members: [Int], of records: [CustomerRecord], _ matches: IdentifierMatches) {
        self.records = members
        named = members.lazy.compactMap { records[$0].profile }.first
        self.matches = matches.profiles(of: members.flatMap { records[$0].identifiers })
    }

    /// The profiles that are merged into the earliest: the one named first, then by the weight of their reasons.
    ///
    /// The one named is there for no identifier of its own; the reason is that of the earliest.
    func newcomers(to earliest: ProfileID) -> [Newcomer] {
        profiles.subtracting([earliest])
            .compactMap { profile in matches[profile == named ? earliest : profile].map { (profile, $0) } }
            .sorted { left, right in
                if (left.0 == named) != (right.0 == named) { return left.0 == named }
                return (left.1.rule, left.0) < (right.1.rule, right.0)
            }
    }
}

/// A customer with the profile that stands for them.
private struct SettledCustomer {
    let records: [Int]
    /// The canonical profile, then those merged into it.
    let family: [ProfileID]
    let isNew: Bool
}
