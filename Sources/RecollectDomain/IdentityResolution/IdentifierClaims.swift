import RecollectEngine
import RecollectSQL
import RecollectVocabulary

// How an identifier becomes a profile's. Its key is a digest of store, type and normal form, and the primary key of its table:
// of two transactions that bring the same new identifier, one inserts it, and the other finds out and looks again. No isolation
// level is needed for it. What a locked profile has is read after it was locked, so it is what stands; a key is a profile's in
// the table of keys exactly as long as one of its values has it. Two spellings of one identifier share a key, and a new spelling
// goes to whoever of the merged profiles has the key, so that a merge undone leaves it with one.

/// Changes of the identifiers of some profiles, gathered so that they are written together.
struct IdentifierClaims {
    private let store: StoreKey
    private let now: Timestamp
    private var held: [ProfileID: [HeldIdentifier]]
    private var removed: [HeldIdentifier] = []
    private var released: Set<KeyHolder> = []
    private var claimed: [(key: [UInt8], claimant: [UInt8], profile: ProfileID)] = []
    private var added: [HeldIdentifier] = []
    private var fuzzy: [(typeKey: [UInt8], length: Int, value: String, profile: ProfileID)] = []

    /// Reads what locked profiles have.
    init(
        of profiles: [ProfileID],
        in store: StoreKey,
        on connection: any Connection,
        at now: Timestamp
    ) throws(EngineError) {
        self.store = store
        self.now = now
        held = Dictionary(grouping: try connection.all(IdentifierQueries.heldBy, in: profiles), by: \.profile)
    }

    /// What profiles that are one have of a type or of all, oldest first.
    func values(_ profiles: [ProfileID], ofType type: String? = nil) -> [HeldIdentifier] {
        profiles.flatMap { held[$0] ?? [] }
            .filter { type == nil || $0.idType == type }
            .sorted { ($0.addedAt, $0.value) < ($1.addedAt, $1.value) }
    }

    /// Gives identifiers to the first of some profiles that are one, within the limits of their types.
    ///
    /// At a type's limit one value makes way for one: the oldest, or the newcomer itself.
    mutating func give(_ identifiers: [KeyedIdentifier], to profiles: [ProfileID]) {
        guard let owner = profiles.first else { return }
        var current = values(profiles)
        let before = current.keyHolders
        var newcomers: [(held: HeldIdentifier, source: KeyedIdentifier)] = []
        for candidate in identifiers {
            let (type, value) = (candidate.identifier.type.text, candidate.identifier.value)
            guard !current.contains(where: { $0.idType == type && $0.value == value }) else { continue }
            let ofType = current.filter { $0.idType == type }
            if Set(ofType.map(\.value)).count >= candidate.config.limit {
                guard candidate.config.limitPolicy == .fifo, let oldest = ofType.first else { continue }
                let isVictim = { (held: HeldIdentifier) in held.idType == type && held.value == oldest.value }
                removed += current.filter { held in
                    isVictim(held) && !newcomers.contains { $0.held.isSame(as: held) }
                }
                newcomers.removeAll { isVictim($0.held) }
                current.removeAll(where: isVictim)
            }
            let newcomer = HeldIdentifier(
                profile: current.first { $0.key == candidate.key }?.profile ?? owner,
                idType: type,
                value: value,
                key: candidate.key,
                addedAt: now
            )
            current.append(newcomer)
            newcomers.append((newcomer, candidate))
        }
        released.formUnion(before.subtracting(current.keyHolders))
        note(newcomers, before: before)
        for profile in profiles { held[profile] = current.filter { $0.profile == profile } }
    }

    /// Takes values of a type from profiles that are one, whoever of them has them.
    mutating func take(_ texts: Set<String>, ofType type: String, from profiles: [ProfileID]) {
        let values = values(profiles, ofType: type).filter { texts.contains($0.value) }
        removed += values
        let rest = self.values(profiles).filter { value in !values.contains { $0.isSame(as: value) } }
        released.formUnion(values.keyHolders.subtracting(rest.keyHolders))
        for profile in profiles { held[profile] = rest.filter { $0.profile == profile } }
    }

    /// Writes the changes.
    ///
    /// Keys are claimed in their order, so that two transactions never wait for each other crosswise.
    func write(on connection: any Connection) throws {
        for value in removed {
            try connection.runLater(IdentifierQueries.remove, value.profile, value.idType, value.value)
            let typeKey = KeyedIdentifier.typeKey(of: value.idType, in: store.id)
            let length = value.value.unicodeScalars.count
            try connection.runLater(FuzzyIdentifierQueries.remove, typeKey, length, value.value, value.profile)
        }
        for holder in released.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            try connection.runLater(IdentifierQueries.release, holder.key, holder.profile)
        }
        let claims = claimed.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        let inserted = try connection.insert(IdentifierQueries.claim, claims.map { ($0.key, $0.claimant, $0.profile) })
        // Another transaction has claimed one since it was looked for.
        guard inserted == claims.count else { throw RepeatTransaction() }
        try connection.insertLater(
            IdentifierQueries.add,
            added.map { ($0.profile, $0.idType, $0.value, $0.key, $0.addedAt) }
        )
        try connection.insertLater(
            FuzzyIdentifierQueries.add,
            fuzzy.map { ($0.typeKey, $0.length, $0.value, $0.profile) }
        )
    }

    /// Notes what has to be written for new values.
    private mutating func note(
        _ newcomers: [(held: HeldIdentifier, source: KeyedIdentifier)],
        before: Set<KeyHolder>
    ) {
        var holders = before
        for (newcomer, source) in newcomers {
            added.append(newcomer)
            if holders.insert(KeyHolder(newcomer)).inserted {
                claimed.append((source.key, source.claimant(newcomer.profile), newcomer.profile))
            }
            if let typeKey = source.fuzzyTypeKey(in: store) {
                fuzzy.append((typeKey, newcomer.value.unicodeScalars.count, newcomer.value, newcomer.profile))
            }
        }
    }
}

/// A profile that has a key.
private struct KeyHolder: Hashable {
    let key: [UInt8]
    let profile: ProfileID

    init(_ held: HeldIdentifier) {
        key = held.key
        profile = held.profile
    }
}

extension [HeldIdentifier] {
    fileprivate var keyHolders: Set<KeyHolder> { Set(map(KeyHolder.init)) }
}

extension HeldIdentifier {
    fileprivate func isSame(as other: HeldIdentifier) -> Bool {
        profile == other.profile && idType == other.idType && value == other.value
    }
}
