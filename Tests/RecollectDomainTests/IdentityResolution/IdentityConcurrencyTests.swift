import Foundation
import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

/// Many callers at once, on overlapping identities.
@Suite struct `Identities under many callers` {
    private static let callers = 64

    /// How long they call, on each engine: 10 seconds, unless the environment says otherwise.
    private static let duration = Duration.seconds(
        ProcessInfo.processInfo.environment["RECOLLECT_TEST_CONCURRENCY_SECONDS"].flatMap { Int($0) } ?? 10
    )

    @Test(arguments: EngineKind.available)
    func `no identifier is on two profiles, no alias dangles or loops, no observation is lost, nobody is let down`(
        on engine: EngineKind
    ) async throws {
        try await withIdentities(on: engine) { store in
            // Values that may be shared are kept apart by other means than those that may not.
            try await store.configure(config("chat", isUnique: false))
            let crowd = IdentityCrowd(store)
            let end = ContinuousClock.now + Self.duration
            await withTaskGroup { group in
                for caller in 0..<Self.callers { group.addTask { await crowd.call(as: caller, until: end) } }
            }
            print("calls on \(engine.rawValue): \(crowd.calls.sorted { $0.key < $1.key })")
            #expect(crowd.faults == [])
            let audit = try await IdentityAudit(of: store.test)
            #expect(audit.faults(unique: ["email", "phone", "whatsapp"]) == [])
            var found: [String] = []
            for profile in try await profiles(of: store) { found += try await observations(of: profile, in: store) }
            #expect(found.sorted() == crowd.observed.sorted())
        }
    }

    private func profiles(of store: IdentityStore) async throws -> [ProfileID] {
        try await everyRow { cursor in
            let page = PageQuery<ProfileID>(order: .ascending, cursor: cursor, isBackward: false, limit: 1000)
            return try await store.memory.profiles.list(page, in: store.id, store.scope)
        } cursor: {
            $0
        }
    }

    private func observations(of profile: ProfileID, in store: IdentityStore) async throws -> [String] {
        let observations = store.observations(of: profile)
        return try await everyRow { cursor in
            try await observations.page(PageQuery(order: .ascending, cursor: cursor, isBackward: false, limit: 50))
        } cursor: {
            $0.id
        }.map(\.text)
    }
}

/// The rows of all the pages of a list.
func everyRow<Row, Cursor>(
    _ page: (Cursor?) async throws -> PageSlice<Row>,
    cursor: (Row) -> Cursor
) async throws -> [Row] {
    var rows: [Row] = []
    while true {
        let slice = try await page(rows.last.map(cursor))
        rows += slice.rows
        guard slice.hasNext else { return rows }
    }
}
