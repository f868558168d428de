import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary

/// One sequence of random steps in a store of its own, with the model beside it.
struct IdentitySequence {
    /// What was done, to be read when it went wrong.
    private(set) var steps: [String] = []
    private let test: TestMemory
    private let store: StoreID
    private var model: IdentityModel
    private var random: SplitMix64
    /// Every profile there ever was.
    private var known: [ProfileID] = []

    init(seed: Int, on test: TestMemory) async throws {
        self.test = test
        random = SplitMix64(state: UInt64(seed))
        store = try await test.store("sequence-\(seed)")
        let settings = try Self.settings[seed % Self.settings.count]()
        if seed % Self.settings.count > 0 {
            _ = try await test.memory.identityResolution.replace(
                with: settings,
                expecting: nil,
                of: store,
                in: test.scope
            )
        }
        model = IdentityModel(settings: settings)
    }

    /// Runs the sequence; tells what differs from the model, if anything does.
    mutating func run() async throws -> String? {
        for _ in 0..<Int.random(in: 3...9, using: &random) {
            // Clocks are set back now and then.
            let pause = Int.random(in: 1...3_000_000, using: &random)
            test.clock.advance(by: .microseconds(Int.random(in: 0..<10, using: &random) == 0 ? -pause : pause))
            if let trouble = try await step() { return trouble }
        }
        return try await difference()
    }

    private mutating func step() async throws -> String? {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<38: try await create()
        case 38..<48: try await bulk()
        case 48..<66: try await patch()
        case 66..<75: try await addIdentifier()
        case 75..<81: try await replaceIdentifier()
        case 81..<87: try await removeIdentifier()
        case 87..<96: try await undo()
        default: try await delete()
        }
    }

    // The steps.

    private mutating func create() async throws -> String? {
        let contact = contact(identified: true)
        steps.append("create \(contact)")
        let id = try await test.memory.profiles.create(.contact(contact), in: store, test.scope)
        let expected = model.apply([contact], newID: id, at: test.clock.now())
        if !known.contains(id) { known.append(id) }
        return id == expected ? nil : "created \(id) in place of \(expected)"
    }

    private mutating func bulk() async throws -> String? {
        let contacts = (0..<Int.random(in: 2...4, using: &random)).map { _ in contact(identified: true) }
        steps.append("bulk \(contacts)")
        _ = try await test.memory.profiles.bulk(contacts.map { .contact($0) }, in: store, test.scope)
        let page = PageQuery<ProfileID>(order: .ascending, cursor: nil, isBackward: false, limit: 100)
        let created = try await test.memory.profiles.list(page, in: store, test.scope).rows.filter {
            !known.contains($0)
        }
        known += created
        var unused = created
        let before = model
        for customer in customers(of: contacts) {
            let isNew = before.matches(customer).isEmpty
            guard !isNew || !unused.isEmpty else { return "a profile is missing" }
            _ = model.apply(customer, newID: isNew ? unused.removeFirst() : .nobody, at: test.clock.now())
        }
        return unused.isEmpty ? nil : "\(unused) should not be there"
    }

    private mutating func patch() async throws -> String? {
        guard let profile = known.randomElement(using: &random) else { return nil }
        let contact = contact(identified: false)
        steps.append("patch \(profile) \(contact)")
        let place = ProfilePlace(store: store, profile: profile)
        let (memory, scope) = (test.memory, test.scope)
        return await attempt(on: profile) {
            try await memory.profiles.patch(place, with: .contact(contact), scope)
        } expecting: { model, now in
            _ = model.apply([contact], to: profile, newID: .nobody, at: now)
            return true
        }
    }

    private mutating func addIdentifier() async throws -> String? {
        guard let profile = known.randomElement(using: &random) else { return nil }
        let (type, value) = identifier()
        steps.append("identify \(profile) by \(value)")
        let place = ProfilePlace(store: store, profile: profile)
        let (memory, scope) = (test.memory, test.scope)
        let idType = try IdentifierType(type)
        return await attempt(on: profile) {
            try await memory.identifiers.create(value, ofType: idType, for: place, scope)
        } expecting: { model, now in
            model.identify(profile, by: (type, value), at: now)
            return true
        }
    }

    private mutating func replaceIdentifier() async throws -> String? {
        guard let profile = known.randomElement(using: &random) else { return nil }
        let (type, new) = identifier()
        let old = Self.values[type]?.randomElement(using: &random) ?? new
        steps.append("replace \(old) of \(profile) by \(new)")
        let place = ProfilePlace(store: store, profile: profile)
        let (memory, scope) = (test.memory, test.scope)
        let idType = try IdentifierType(type)
        return await attempt(on: profile) {
            try await memory.identifiers.replace(old, by: new, ofType: idType, for: place, scope)
        } expecting: { model, now in
            model.replace(type, old, by: new, of: profile, at: now)
        }
    }

    private mutating func removeIdentifier() async throws -> String? {
        guard let profile = known.randomElement(using: &random) else { return nil }
        let (type, _) = identifier()
        let all = Bool.random(using: &random)
        steps.append("remove \(all ? "all" : "a") \(type) of \(profile)")
        let place = ProfilePlace(store: store, profile: profile)
        let (memory, scope) = (test.memory, test.scope)
        let idType = try IdentifierType(type)
        return await attempt(on: profile) {
            try await memory.identifiers.delete(idType, all: all, of: place, scope)
        } expecting: { model, _ in
            model.remove(type, all: all, of: profile)
        }
    }

    private mutating func undo() async throws -> String? {
        guard let profile = model.families.keys.sorted().randomElement(using: &random) else { return nil }
        let place = ProfilePlace(store: store, profile: profile)
        let page = PageQuery<MergeID>(order: .ascending, cursor: nil, isBackward: false, limit: 100)
        let merges = try await test.memory.merges.list(page, of: place, test.scope).value.rows
        guard let merge = merges.filter({ $0.undoneAt == nil }).randomElement(using: &random) else { return nil }
        steps.append("undo the merge of \(merge.merged) into \(merge.canonical)")
        let restored = try await test.memory.merges.undo(merge.id, of: place, test.scope)
        model.undo(IdentityModel.Merge(canonical: merge.canonical, merged: merge.merged))
        return restored == merge.merged ? nil : "undoing gave back \(restored)"
    }

    private mutating func delete() async throws -> String? {
        guard let profile = known.randomElement(using: &random) else { return nil }
        steps.append("delete \(profile)")
        let place = ProfilePlace(store: store, profile: profile)
        let (memory, scope) = (test.memory, test.scope)
        return await attempt(on: profile) {
            try await memory.profiles.delete(place, scope)
        } expecting: { model, _ in
            model.delete(profile)
            return true
        }
    }

    /// Runs a write on both sides: one on a profile that was merged or deleted must be refused, and change nothing.
    private mutating func attempt(
        on profile: ProfileID,
        _ write: () async throws -> Void,
        expecting change: (inout IdentityModel, Timestamp) -> Bool
    ) async -> String? {
        var refusal: (any Error)?
        do { try await write() } catch { refusal = error }
        guard let canonical = model.canonical(of: profile) else {
            return (refusal as? Rejection)?.reason == .notFound
                ? nil : "a deleted profile was written: \(refusal as Any)"
        }
        guard canonical == profile else {
            return refusal as? ProfileMoved == ProfileMoved(to: canonical)
                ? nil : "not sent on to \(canonical): \(refusal as Any)"
        }
        let isAccepted = change(&model, test.clock.now())
        return isAccepted == (refusal == nil) ? nil : "accepted is \(isAccepted), but \(refusal as Any)"
    }

    /// The records of a bulk that are one customer, in the order of their first.
    private func customers(of contacts: [Contact]) -> [[Contact]] {
        var groups = contacts.map { [$0] }
        var isDone = false
        while !isDone {
            isDone = true
            search: for later in groups.indices {
                for earlier in groups.indices.prefix(later) where areOne(groups[earlier], groups[later], in: contacts) {
                    // In the order of the records, whose later ones win.
                    let united = groups[earlier] + groups[later]
                    groups[earlier] = contacts.filter { contact in united.contains { $0 == contact } }
                    groups.remove(at: later)
                    isDone = false
                    break search
                }
            }
        }
        return groups
    }

    /// Whether two groups of records lead to one profile, or have in common what shows them to be one.
    private func areOne(_ left: [Contact], _ right: [Contact], in bulk: [Contact]) -> Bool {
        let (found, other) = (model.matches(left), model.matches(right))
        if !found.isDisjoint(with: other) { return true }
        if model.keys(of: left).intersection(model.keys(of: right)).contains(where: { model.isUnique($0.type) }) {
            return true
        }
        let named = model.keys(of: bulk)
        let leftKeys = found.reduce(into: model.keys(of: left)) { $0.formUnion(model.keys(of: $1)) }
        let rightKeys = other.reduce(into: model.keys(of: right)) { $0.formUnion(model.keys(of: $1)) }
        return leftKeys.intersection(rightKeys).intersection(named).count >= 2
    }

    // What is compared.

    private func difference() async throws -> String? {
        for profile in known {
            let place = ProfilePlace(store: store, profile: profile)
            guard let canonical = model.canonical(of: profile) else {
                let found = try? await test.memory.profiles.fetch(place, test.scope)
                if found != nil { return "\(profile) should be gone" }
                continue
            }
            let found = try await test.memory.profiles.fetch(place, test.scope)
            guard found.profile == canonical else { return "\(profile) is \(found.profile), not \(canonical)" }
            let traits = found.value.groups.flatMap(\.traits).map {
                ($0.definition.name.text, $0.value.identifierTexts)
            }
            let values = Dictionary(traits, uniquingKeysWith: { first, _ in first }).compactMapValues(\.first)
            let expected = model.traits(of: canonical)
            guard values == expected else { return "\(profile) has the traits \(values), not \(expected)" }
            let sets = try await test.memory.identifiers.list(place, test.scope).value
            let identifiers = Dictionary(sets.map { ($0.type, $0.values) }, uniquingKeysWith: { first, _ in first })
            let wanted = model.identifiers(of: canonical)
            guard identifiers == wanted else { return "\(profile) has the identifiers \(identifiers), not \(wanted)" }
        }
        for (type, values) in Self.values {
            for value in values {
                let idType = try IdentifierType(type)
                let found = try await test.memory.identifiers.lookup(value, ofType: idType, in: store, test.scope)
                let expected = model.families.keys.filter { profile in
                    model.identifiers(of: profile)[type]?.contains { model.bare($0) == model.bare(value) } ?? false
                }
                guard found.profiles == expected.sorted() else {
                    return "\(value) leads to \(found.profiles), not \(expected)"
                }
            }
        }
        return nil
    }

    // What is drawn.

    private static let values = [
        "email": ["a@example.com", "b@example.com", "c@example.com"],
        "phone": ["+13175550101", "+13175550102", "+13175550103"],
        "whatsapp": ["+13175550111", "whatsapp:+13175550111", "+13175550112", "whatsapp:+13175550112"],
        "chat": ["one", "two", "three"],
    ]

    /// The default settings; with limits; with values that may be shared; with types that never match.
    private static let settings: [@Sendable () throws -> IdentitySettings] = [
        { DefaultSchema.settings },
        {
            try changing { config in
                ["email": (2, .fifo, true), "phone": (1, .lifo, true), "whatsapp": (1, .fifo, true)][config.idType.text]
            }
        },
        {
            try changing { config in
                ["chat": (2, .fifo, false), "whatsapp": (2, .lifo, false), "email": (1, .fifo, false)][
                    config.idType.text
                ]
            }
        },
        {
            try IdentitySettings(
                configs: DefaultSchema.settings.configs,
                matchingRules: [IdentifierType("phone"), IdentifierType("email")]
            )
        },
    ]

    private static func changing(
        _ change: (IdentifierConfig) -> (limit: Int, policy: IdentifierConfig.LimitPolicy, isUnique: Bool)?
    ) throws -> IdentitySettings {
        let current = DefaultSchema.settings
        let configs = try current.configs.map { config in
            guard let (limit, policy, isUnique) = change(config) else { return config }
            return try IdentifierConfig(
                idType: config.idType,
                limit: limit,
                limitPolicy: policy,
                enforceUnique: isUnique,
                normalization: config.normalization,
                field: config.idType.text
            )
        }
        return try IdentitySettings(configs: configs, matchingRules: current.matchingRules)
    }

    private mutating func identifier() -> (type: String, value: String) {
        let type = Self.values.keys.sorted().randomElement(using: &random) ?? "email"
        return (type, Self.values[type]?.randomElement(using: &random) ?? "")
    }

    private mutating func contact(identified: Bool) -> Contact {
        var contact: Contact = [:]
        for _ in 0..<Int.random(in: identified ? 1...3 : 0...2, using: &random) {
            let (type, value) = identifier()
            contact[type] = value
        }
        for trait in ["firstName", "lastName"] where Bool.random(using: &random) {
            contact[trait] = .some(["Ann", "Ben", "Cy", nil].randomElement(using: &random) ?? nil)
        }
        return contact
    }
}

/// A small generator of random numbers with a seed (Steele, Lea and Flood 2014).
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
