import Foundation
import RecollectDomain
import RecollectEngine
import RecollectTestSupport
import RecollectVocabulary
import Synchronization
import Testing

/// Many clients at once on a few identities, and then a look at what the database holds.
@Suite struct `Identities under concurrency` {
    private static let clients = 64

    /// How long the clients work, in seconds: a few, unless the environment says more.
    private static let seconds =
        ProcessInfo.processInfo.environment["RECOLLECT_TEST_CONCURRENCY_SECONDS"].flatMap { Double($0) } ?? 8

    @Test(arguments: EngineKind.available)
    func `no identifier is on two profiles, no alias dangles, no observation is lost`(
        on engine: EngineKind
    ) async throws {
        try await withMemory(on: engine) { test in
            let store = try await test.store()
            let record = IdentityRecord()
            let end = ContinuousClock.now + .seconds(Self.seconds)
            await withTaskGroup { group in
                for number in 0..<Self.clients {
                    group.addTask {
                        var client = IdentityClient(number: number, store: store, test: test)
                        while ContinuousClock.now < end {
                            await client.call(record)
                            record.calls.withLock { $0 += 1 }
                        }
                    }
                }
            }
            let check = IdentityCheck(test: test, store: store)
            try await check.identifiersBelongToOne()
            try await check.keysAndValuesAgree()
            try await check.aliasesLeadToOneThatStands()
            try await check.observationsAreThere(record)
            #expect(record.calls.withLock { $0 } > Self.clients)
            #expect(try await test.rowCount(of: "profile_merge") > 0)
        }
    }
}

/// What the clients have been told.
private final class IdentityRecord: Sendable {
    /// The profiles that were created or updated.
    let profiles = Mutex<Set<ProfileID>>([])
    /// The observations that were acknowledged.
    let posted = Mutex<Set<String>>([])
    let calls = Mutex(0)
}

/// One of the clients: it does what comes into its mind, and follows a profile that has moved.
private struct IdentityClient {
    private static let emails = (0..<12).map { "user\($0)@example.com" }
    private static let phones = (0..<12).map { "+131755501\($0 + 10)" }

    let number: Int
    let store: StoreID
    let test: TestMemory
    private var random: SplitMix64
    private var count = 0

    init(number: Int, store: StoreID, test: TestMemory) {
        self.number = number
        self.store = store
        self.test = test
        random = SplitMix64(state: UInt64(number))
    }

    mutating func call(_ record: IdentityRecord) async {
        count += 1
        test.clock.advance(by: .milliseconds(1))
        let profile = record.profiles.withLock { $0.randomElement(using: &random) }
        do {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<3:
                let id = try await test.memory.profiles.create(contact(), in: store, test.scope)
                record.profiles.withLock { _ = $0.insert(id) }
            case 3:
                _ = try await test.memory.profiles.bulk([contact(), contact(), contact()], in: store, test.scope)
            case 4..<6:
                let inputs = contact()
                try await following(profile) { try await test.memory.profiles.patch($0, with: inputs, test.scope) }
            case 6:
                let value = Self.phones.randomElement(using: &random) ?? ""
                let type = try IdentifierType("phone")
                try await following(profile) { place in
                    try await test.memory.identifiers.create(value, ofType: type, for: place, test.scope)
                }
            case 7..<9:
                let text = "client \(number) fact \(count)"
                let draft = ObservationDraft(
                    content: MemoryContent(stored: text),
                    source: MemorySource(stored: "test"),
                    occurredAt: test.clock.now(),
                    conversationIDs: []
                )
                guard profile != nil else { return }
                try await following(profile) { place in
                    try await test.memory.observations.create([draft], in: place, test.scope)
                }
                record.posted.withLock { _ = $0.insert(text) }
            default:
                try await following(profile) { try await undoOne(of: $0) }
            }
        } catch {
            Issue.record("\(error)")
        }
    }

    private func undoOne(of place: ProfilePlace) async throws {
        let page = PageQuery<MergeID>(order: .descending, cursor: nil, isBackward: false, limit: 10)
        let merges = try await test.memory.merges.list(page, of: place, test.scope)
        guard let merge = merges.value.rows.first(where: { $0.undoneAt == nil }) else { return }
        let canonical = ProfilePlace(store: store, profile: merges.profile)
        do {
            _ = try await test.memory.merges.undo(merge.id, of: canonical, test.scope)
        } catch let rejection as Rejection where [.conflict, .notFound].contains(rejection.reason) {
            // Another client was first.
            return
        }
    }

    /// Writes to a profile, or to the one it was merged into meanwhile.
    private func following(_ profile: ProfileID?, _ write: (ProfilePlace) async throws -> Void) async throws {
        guard var target = profile else { return }
        while true {
            do {
                return try await write(ProfilePlace(store: store, profile: target))
            } catch let moved as ProfileMoved {
                target = moved.canonical
            }
        }
    }

    private mutating func contact() -> [TraitInput] {
        var traits: [String: String?] = ["firstName": "client \(number)"]
        traits["email"] = Self.emails.randomElement(using: &random)
        if Bool.random(using: &random) { traits["phone"] = Self.phones.randomElement(using: &random) }
        return .contact(traits)
    }
}

/// What the tables must hold whatever was done at once.
private struct IdentityCheck {
    let test: TestMemory
    let store: StoreID

    func identifiersBelongToOne() async throws {
        let owners = Query(
            """
            SELECT profile_identifier.identifier_key, COALESCE(profile.canonical_id, profile.profile_id)
            FROM profile_identifier JOIN profile ON profile.profile_id = profile_identifier.profile_id
            """,
            row: { columns throws(EngineError) -> (key: [UInt8], profile: ProfileID) in
                (try columns.next(), try columns.next())
            }
        )
        let rows = try await test.database.read { connection in try connection.all(owners) }
        for (key, held) in Dictionary(grouping: rows, by: \.key) {
            #expect(Set(held.map(\.profile)).count == 1, "\(key) is on several profiles")
        }
        #expect(!rows.isEmpty)
    }

    func keysAndValuesAgree() async throws {
        let held =
            "SELECT DISTINCT identifier_key, profile_id FROM profile_identifier ORDER BY identifier_key, profile_id"
        let claimed = "SELECT identifier_key, profile_id FROM identifier ORDER BY identifier_key, profile_id"
        let read = { (text: String) in
            let query = Query(
                text,
                row: { columns throws(EngineError) -> [[UInt8]] in [try columns.next(), try columns.next()] }
            )
            return try await test.database.read { connection in try connection.all(query) }
        }
        #expect(try await read(held) == read(claimed))
    }

    func aliasesLeadToOneThatStands() async throws {
        let profiles = Query(
            "SELECT profile_id, canonical_id, merged_ids FROM profile",
            row: { columns throws(EngineError) -> (id: ProfileID, canonical: ProfileID?, merged: [UInt8]) in
                (try columns.next(), try columns.next(), try columns.next())
            }
        )
        let rows = try await test.database.read { connection in try connection.all(profiles) }
        var merged: [ProfileID: ProfileID] = [:]
        for row in rows {
            for start in stride(from: 0, to: row.merged.count, by: ProfileID.byteCount) {
                let member = ProfileID(bytes: row.merged[start..<start + ProfileID.byteCount])
                #expect(merged.updateValue(row.id, forKey: member) == nil, "\(member) is merged into two")
            }
        }
        let aliases = rows.compactMap { row in row.canonical.map { (row.id, $0) } }
        #expect(Dictionary(uniqueKeysWithValues: aliases) == merged)
        let standing = Set(rows.filter { $0.canonical == nil }.map(\.id))
        #expect(merged.values.allSatisfy(standing.contains))
    }

    func observationsAreThere(_ record: IdentityRecord) async throws {
        var found: [String] = []
        for profile in record.profiles.withLock({ $0 }) {
            var cursor: ObservationID?
            var isAtEnd = false
            while !isAtEnd {
                let page = PageQuery(order: .ascending, cursor: cursor, isBackward: false, limit: 1000)
                let place = ProfilePlace(store: store, profile: profile)
                let listed = try await test.memory.observations.list(page, ObservationFilter(), in: place, test.scope)
                // A merged profile shows its canonical one's observations, which are counted there.
                guard listed.profile == profile else { break }
                found += listed.value.rows.map(\.draft.content.text)
                cursor = listed.value.rows.last?.id
                isAtEnd = !listed.value.hasNext
            }
        }
        #expect(found.count == Set(found).count)
        #expect(record.posted.withLock { $0.isSubset(of: found) })
    }
}
