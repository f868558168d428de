import RecollectVocabulary

// The rules of identity resolution as plainly as they can be said, to compare the real thing with: no keys, no locks, no SQL.
// Every profile that was ever created keeps what was written to it; profiles that are one are a list of them, the earliest
// first, and whatever is asked of them is worked out anew.

/// What a step of the test gives to a profile: one value a trait, nil to remove it.
typealias Contact = [String: String?]

/// The identities of one store.
struct IdentityModel {
    struct Value: Equatable {
        let type: String
        let value: String
        let addedAt: Timestamp
        /// The place among what the step under way has added; nil for what was there before.
        var newcomer: Int?
    }

    /// An identifier, however it is spelled.
    struct Key: Hashable {
        let type: String
        let value: String
    }

    struct Origin {
        var traits: [String: (value: String?, time: Timestamp)] = [:]
        var identifiers: [Value] = []
    }

    struct Merge: Equatable {
        let canonical: ProfileID
        let merged: ProfileID
    }

    let settings: IdentitySettings
    private(set) var origins: [ProfileID: Origin] = [:]
    /// The profiles that stand for themselves, each with those merged into it in the order of the merges.
    private(set) var families: [ProfileID: [ProfileID]] = [:]
    private(set) var merges: [Merge] = []

    init(settings: IdentitySettings) {
        self.settings = settings
    }

    // What is read.

    func canonical(of profile: ProfileID) -> ProfileID? {
        families.first { $0.key == profile || $0.value.contains(profile) }?.key
    }

    func traits(of profile: ProfileID) -> [String: String] {
        var latest: [String: (value: String?, time: Timestamp)] = [:]
        for member in members(of: profile).sorted() {
            for (trait, write) in origins[member]?.traits ?? [:] {
                if let present = latest[trait], present.time >= write.time { continue }
                latest[trait] = write
            }
        }
        return latest.compactMapValues(\.value)
    }

    func identifiers(of profile: ProfileID) -> [String: [String]] {
        Dictionary(grouping: values(of: profile), by: \.type).mapValues { values in
            values.reduce(into: []) { if !$0.contains($1.value) { $0.append($1.value) } }
        }
    }

    // What is done.

    /// The profiles that records of one customer lead to.
    func matches(_ contacts: [Contact]) -> Set<ProfileID> {
        families.keys.reduce(into: []) { matched, profile in
            let common = keys(of: contacts).filter { key in values(of: profile).contains { self.key($0) == key } }
            if common.count >= 2 || common.contains(where: { isUnique($0.type) }) { matched.insert(profile) }
        }
    }

    /// What identifies the customer of some records, by the types that match.
    func keys(of contacts: [Contact]) -> Set<Key> {
        Set(contacts.flatMap(identifiers(in:)).map { Key(type: $0.type, value: bare($0.value)) }.filter(isRuled))
    }

    /// What identifies a profile, by the types that match.
    func keys(of profile: ProfileID) -> Set<Key> {
        Set(values(of: profile).map(key).filter(isRuled))
    }

    /// Applies records that are one customer, of whom a new profile would be `newID`.
    ///
    /// Returns the profile they are.
    mutating func apply(
        _ contacts: [Contact],
        to named: ProfileID? = nil,
        newID: ProfileID,
        at now: Timestamp
    ) -> ProfileID {
        var found = matches(contacts)
        if let named { found.insert(named) }
        let target = found.min() ?? newID
        if found.isEmpty {
            origins[newID] = Origin()
            families[newID] = []
        }
        for other in found.subtracting([target]).sorted() { merge(other, into: target) }
        for contact in contacts { give(identifiers(in: contact), to: target, at: now) }
        write(contacts, to: target, at: now)
        settle(target)
        return target
    }

    /// Adds an identifier to a profile, without writing a trait.
    mutating func identify(_ profile: ProfileID, by identifier: (type: String, value: String), at now: Timestamp) {
        var found = matches([[identifier.type: identifier.value]])
        found.insert(profile)
        guard let target = found.min() else { return }
        for other in found.subtracting([target]).sorted() { merge(other, into: target) }
        give([identifier], to: target, at: now)
        settle(target)
    }

    mutating func replace(_ type: String, _ old: String, by new: String, of profile: ProfileID, at now: Timestamp)
        -> Bool
    {
        let held = values(of: profile)
        guard held.contains(where: { $0.type == type && $0.value == old }) else { return false }
        guard old != new else { return true }
        if isUnique(type) {
            let others = families.keys.filter { $0 != profile }
            let isTaken = others.contains { values(of: $0).contains { isSame($0, type, new) } }
            guard !isTaken else { return false }
        }
        take(type, old, from: profile)
        give([(type, new)], to: profile, at: now)
        settle(profile)
        return true
    }

    mutating func remove(_ type: String, all: Bool, of profile: ProfileID) -> Bool {
        let held = values(of: profile).filter { $0.type == type }
        guard !held.isEmpty else { return false }
        let one = config(type)?.limitPolicy == .lifo ? held.last : held.first
        for value in all ? held : [one].compactMap({ $0 }) { take(type, value.value, from: profile) }
        return true
    }

    mutating func undo(_ merge: Merge) {
        guard let canonical = canonical(of: merge.canonical), let place = merges.firstIndex(of: merge) else { return }
        merges.remove(at: place)
        var leaving: Set<ProfileID> = [merge.merged]
        for _ in merges { leaving.formUnion(merges.filter { leaving.contains($0.canonical) }.map(\.merged)) }
        let family = families[canonical] ?? []
        families[canonical] = family.filter { !leaving.contains($0) }
        families[merge.merged] = family.filter { leaving.contains($0) && $0 != merge.merged }
    }

    mutating func delete(_ profile: ProfileID) {
        for member in members(of: profile) {
            origins[member] = nil
            merges.removeAll { $0.canonical == member }
        }
        families[profile] = nil
    }

    // The rules in small.

    private mutating func merge(_ other: ProfileID, into canonical: ProfileID) {
        families[canonical, default: []] += [other] + (families[other] ?? [])
        families[other] = nil
        merges.append(Merge(canonical: canonical, merged: other))
    }

    private mutating func give(_ identifiers: [(type: String, value: String)], to profile: ProfileID, at now: Timestamp)
    {
        for (type, value) in identifiers {
            let held = values(of: profile)
            guard let config = config(type), !held.contains(where: { $0.type == type && $0.value == value }) else {
                continue
            }
            let ofType = held.filter { $0.type == type }
            if Set(ofType.map(\.value)).count >= config.limit {
                guard config.limitPolicy == .fifo, let oldest = ofType.first else { continue }
                take(type, oldest.value, from: profile)
            }
            let owner = members(of: profile).first { member in
                origins[member]?.identifiers.contains { isSame($0, type, value) } ?? false
            }
            let newcomer = held.compactMap(\.newcomer).max().map { $0 + 1 } ?? 0
            origins[owner ?? profile]?.identifiers.append(
                Value(type: type, value: value, addedAt: now, newcomer: newcomer)
            )
        }
    }

    private mutating func take(_ type: String, _ value: String, from profile: ProfileID) {
        for member in members(of: profile) {
            origins[member]?.identifiers.removeAll { $0.type == type && $0.value == value }
        }
    }

    /// Ends a step: what was added is ordered by its time from now on.
    private mutating func settle(_ profile: ProfileID) {
        for member in members(of: profile) {
            for place in origins[member]?.identifiers.indices ?? 0..<0 {
                origins[member]?.identifiers[place].newcomer = nil
            }
        }
    }

    private mutating func write(_ contacts: [Contact], to profile: ProfileID, at now: Timestamp) {
        let family = members(of: profile)
        let last = family.compactMap { origins[$0]?.traits.values.map(\.time).max() }.max()
        let time = family.count > 1 ? max(now, (last ?? now) + .microseconds(1)) : now
        for contact in contacts {
            for (trait, value) in contact {
                if value == nil, family.count == 1 {
                    origins[profile]?.traits[trait] = nil
                } else {
                    origins[profile]?.traits[trait] = (value, time)
                }
            }
        }
    }

    private func members(of profile: ProfileID) -> [ProfileID] { [profile] + (families[profile] ?? []) }

    /// The values of profiles that are one, oldest first; those of the step under way last, in their order.
    private func values(of profile: ProfileID) -> [Value] {
        members(of: profile).flatMap { origins[$0]?.identifiers ?? [] }.sorted { left, right in
            (left.newcomer ?? -1, left.addedAt, left.value) < (right.newcomer ?? -1, right.addedAt, right.value)
        }
    }

    func identifiers(in contact: Contact) -> [(type: String, value: String)] {
        contact.compactMap { trait, value in
            guard let value, config(trait) != nil else { return nil }
            return (trait, value)
        }
    }

    private func config(_ type: String) -> IdentifierConfig? { settings.configs.first { $0.idType.text == type } }

    /// Whether a value belongs to one profile only, which only the types that match can tell.
    func isUnique(_ type: String) -> Bool {
        config(type)?.enforceUnique == true && settings.matchingRules.contains { $0.text == type }
    }

    private func isSame(_ held: Value, _ type: String, _ value: String) -> Bool {
        held.type == type && bare(held.value) == bare(value)
    }

    private func key(_ value: Value) -> Key { Key(type: value.type, value: bare(value.value)) }

    private func isRuled(_ key: Key) -> Bool { settings.matchingRules.contains { $0.text == key.type } }

    func bare(_ value: String) -> String {
        value.hasPrefix("whatsapp:") ? String(value.dropFirst("whatsapp:".count)) : value
    }
}
