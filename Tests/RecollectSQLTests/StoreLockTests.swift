import RecollectEngine
import RecollectSQL
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Locks of stores` {
    private static let versions = Query(
        "SELECT version FROM trait_group WHERE store_id = $1 ORDER BY folded_name",
        taking: StoreID.self,
        row: { columns throws(EngineError) -> Int in try columns.next() }
    )

    private static let change = Command(
        "UPDATE trait_group SET version = version + 1 WHERE store_id = $1",
        taking: StoreID.self
    )

    /// Beside a profile the store's own copy of it is locked, where it has one on every node.
    @Test(arguments: EngineKind.available)
    func `a schema stays as it is for whoever keeps it from changing, through a profile or not`(
        on engine: EngineKind
    ) async throws {
        try await withDatabase(on: engine) { database in
            let ids = SequenceIDs()
            let account = AccountSID(from: ids)
            let store: StoreID = ids.next(at: ManualClock.start)
            let profiles: [ProfileID] = ids.next(4, at: ManualClock.start)
            _ = try await database.write { connection in
                try connection.run(
                    StoreQueries.insert,
                    store,
                    account,
                    "shop",
                    "shop",
                    nil,
                    .active,
                    .english,
                    1,
                    ""
                )
                return try connection.run(
                    TraitGroupQueries.insert,
                    store,
                    "contact",
                    "Contact",
                    nil,
                    1,
                    ManualClock.start
                )
            }
            try await withThrowingTaskGroup { group in
                group.addTask {
                    for _ in 0..<40 {
                        _ = try await database.write { connection in
                            let found = try connection.first(StoreQueries.resolveLocked, store, account)
                            #expect(found != nil)
                            return try connection.run(Self.change, store)
                        }
                    }
                }
                for profile in profiles {
                    group.addTask {
                        for turn in 0..<20 {
                            let (before, after) = try await database.write { connection in
                                if turn.isMultiple(of: 2) {
                                    _ = try connection.first(ProfileQueries.resolveShared, account, store, profile)
                                } else {
                                    _ = try connection.first(StoreQueries.resolveShared, store, account)
                                }
                                let before = try connection.all(Self.versions, store)
                                for _ in 0..<5 { _ = try connection.all(Self.versions, store) }
                                return (before, try connection.all(Self.versions, store))
                            }
                            #expect(before == after && before.count == 1)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
