import RecollectDomain
import RecollectEngine
import RecollectTestSupport
import RecollectVocabulary
import Synchronization

// Many callers who bring the same few customers at once. A customer is a number, which all of their identifiers carry; the
// customers spoken of move on as calls are made, so that there are always new ones, and now and then a caller takes two for one:
// two of one household, so that profiles are made of some customers and not of all there ever were.

/// Callers of one store.
final class IdentityCrowd: Sendable {
    private struct State {
        var known: [(profile: ProfileID, customer: Int)] = []
        var calls: [String: Int] = [:]
        var faults: [String] = []
        var observed: [String] = []
    }

    private static let customersAtOnce = 16
    private static let callsPerCustomer = 40
    private static let customersPerHousehold = 4

    private let store: IdentityStore
    private let state = Mutex(State())

    init(_ store: IdentityStore) {
        self.store = store
    }

    /// How often each kind of call was made.
    var calls: [String: Int] { state.withLock { $0.calls } }
    /// What no caller should have been answered.
    var faults: [String] { state.withLock { $0.faults } }
    /// What was accepted to be remembered.
    var observed: [String] { state.withLock { $0.observed } }

    /// Makes calls until a time has come.
    func call(as caller: Int, until end: ContinuousClock.Instant) async {
        var random = SplitMix64(state: UInt64(caller))
        var number = 0
        while ContinuousClock.now < end {
            store.test.clock.advance(by: .milliseconds(1))
            number += 1
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<30: await create(&random)
            case 30..<45: await patch(&random)
            case 45..<53: await bulk(&random)
            case 53..<63: await identify(&random)
            case 63..<67: await change(&random)
            case 67..<90: await observe("caller \(caller), observation \(number)", &random)
            default: await undo(&random)
            }
        }
    }

    // The calls.

    private func create(_ random: inout SplitMix64) async {
        let customer = customer(&random)
        let contact = contact(of: customer, &random)
        await attempt("create") { [self] in
            note(try await store.memory.profiles.create(.contact(contact), in: store.id, store.scope), customer)
        }
    }

    private func bulk(_ random: inout SplitMix64) async {
        let contacts = (0..<Int.random(in: 2...5, using: &random)).map { _ in contact(of: customer(&random), &random) }
        await attempt("bulk") { [self] in
            _ = try await store.memory.profiles.bulk(contacts.map { .contact($0) }, in: store.id, store.scope)
        }
    }

    private func patch(_ random: inout SplitMix64) async {
        guard let known = someone(&random) else { return }
        let contact = contact(of: known.customer, &random)
        await follow("patch", known.profile) { store, place in
            try await store.memory.profiles.patch(place, with: .contact(contact), store.scope)
        }
    }

    private func identify(_ random: inout SplitMix64) async {
        guard let known = someone(&random) else { return }
        let (type, value) = identifier(of: housemate(of: known.customer, &random), &random)
        await follow("add identifier", known.profile) { store, place in
            try await store.memory.identifiers.create(value, ofType: IdentifierType(type), for: place, store.scope)
        }
    }

    private func change(_ random: inout SplitMix64) async {
        guard let known = someone(&random) else { return }
        let (type, value) = identifier(of: housemate(of: known.customer, &random), &random)
        if Bool.random(using: &random) {
            await follow("remove identifier", known.profile, expecting: [.notFound]) { store, place in
                try await store.memory.identifiers.delete(IdentifierType(type), all: false, of: place, store.scope)
            }
        } else {
            await follow("replace identifier", known.profile, expecting: [.notFound, .conflict]) { store, place in
                let idType = try IdentifierType(type)
                let set = try await store.memory.identifiers.fetch(idType, of: place, store.scope).value
                try await store.memory.identifiers.replace(
                    set.values.first ?? "",
                    by: value,
                    ofType: idType,
                    for: place,
                    store.scope
                )
            }
        }
    }

    private func observe(_ content: String, _ random: inout SplitMix64) async {
        guard let known = someone(&random) else { return }
        let isDone = await follow("observe", known.profile) { store, place in
            let draft = ObservationDraft(
                content: try MemoryContent(content, field: "content"),
                source: .api,
                occurredAt: store.test.clock.now(),
                conversationIDs: []
            )
            try await store.memory.observations.create([draft], in: place, store.scope)
        }
        if isDone { state.withLock { $0.observed.append(content) } }
    }

    private func undo(_ random: inout SplitMix64) async {
        guard let known = someone(&random) else { return }
        let choice = Int.random(in: 0..<1000, using: &random)
        // Another caller may have undone the same merge, or one that it came with.
        await follow("undo", known.profile, expecting: [.notFound, .conflict]) { [self] store, place in
            let page = PageQuery<MergeID>(order: .descending, cursor: nil, isBackward: false, limit: 20)
            let merges = try await store.memory.merges.list(page, of: place, store.scope).value.rows
            let standing = merges.filter { $0.undoneAt == nil }
            guard !standing.isEmpty else { return }
            let merge = standing[choice % standing.count]
            note(try await store.memory.merges.undo(merge.id, of: place, store.scope), known.customer)
        }
    }

    // What a caller does about an answer.

    private func note(_ profile: ProfileID, _ customer: Int) {
        state.withLock { $0.known.append((profile, customer)) }
    }

    /// One of the profiles that were noted last.
    private func someone(_ random: inout SplitMix64) -> (profile: ProfileID, customer: Int)? {
        state.withLock { $0.known.suffix(Self.customersAtOnce * 4).randomElement(using: &random) }
    }

    /// Makes a call about a profile, and goes where it has moved.
    @discardableResult
    private func follow(
        _ name: String,
        _ profile: ProfileID,
        expecting expected: Set<Rejection.Reason> = [],
        _ call: (IdentityStore, ProfilePlace) async throws -> Void
    ) async -> Bool {
        var profile = profile
        return await attempt(name, expecting: expected) { [store] in
            while true {
                do {
                    return try await call(store, store.place(profile))
                } catch let moved as ProfileMoved {
                    profile = moved.canonical
                }
            }
        }
    }

    @discardableResult
    private func attempt(
        _ name: String,
        expecting expected: Set<Rejection.Reason> = [],
        _ call: () async throws -> Void
    ) async -> Bool {
        var fault: String?
        var isDone = false
        do {
            try await call()
            isDone = true
        } catch let rejection as Rejection where expected.contains(rejection.reason) {
        } catch {
            fault = "\(name): \(error)"
        }
        state.withLock { state in
            state.calls[isDone ? name : "\(name), refused", default: 0] += 1
            if let fault { state.faults.append(fault) }
        }
        return isDone
    }

    // What is drawn.

    private func customer(_ random: inout SplitMix64) -> Int {
        let calls = state.withLock { $0.calls.values.reduce(0, +) }
        return calls / Self.callsPerCustomer + Int.random(in: 0..<Self.customersAtOnce, using: &random)
    }

    private func housemate(of customer: Int, _ random: inout SplitMix64) -> Int {
        let size = Self.customersPerHousehold
        return Int.random(in: 0..<8, using: &random) == 0
            ? customer / size * size + Int.random(in: 0..<size, using: &random) : customer
    }

    private func contact(of customer: Int, _ random: inout SplitMix64) -> Contact {
        var contact: Contact = ["firstName": "\(customer)"]
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let (type, value) = identifier(of: housemate(of: customer, &random), &random)
            contact[type] = value
        }
        return contact
    }

    private func identifier(of customer: Int, _ random: inout SplitMix64) -> (type: String, value: String) {
        let number = String(3_175_550_000 + customer)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return ("email", "\(customer)@example.com")
        case 1: return ("phone", number)
        case 2: return ("whatsapp", Bool.random(using: &random) ? "+1\(number)" : "whatsapp:+1\(number)")
        default: return ("chat", "chat \(customer)")
        }
    }
}
