import RecollectEngine
import RecollectSQL
import RecollectTestSupport
import RecollectVocabulary
import Testing

/// Every statement there is, feature by feature.
let features: [(name: String, statements: [Statement])] = [
    ("accounts", AccountQueries.statements),
    ("stores", StoreQueries.statements),
    ("trait groups", TraitGroupQueries.statements),
    ("data mappings", DataMappingQueries.statements),
    ("syncs of data mappings", DataMappingSyncQueries.statements),
    ("suggestions", DataMappingSuggestionQueries.statements),
    ("identity resolution", IdentityResolutionQueries.statements),
    ("fuzzy identifiers", FuzzyIdentifierQueries.statements),
    ("merges", MergeQueries.statements),
    ("imports", ImportQueries.statements),
    ("import chunks", ImportChunkQueries.statements),
    ("identifiers", IdentifierQueries.statements),
    ("profiles", ProfileQueries.statements),
    ("profile erasure", ProfileErasureQueries.statements),
    ("traits", TraitQueries.statements),
    ("observations", ObservationQueries.statements),
    ("summaries", SummaryQueries.statements),
    ("operations", OperationQueries.statements),
    ("idempotency", IdempotencyQueries.statements),
    ("jobs", JobQueries.statements),
    ("servers", ServerQueries.statements),
    ("request budgets", RequestBudgetQueries.statements),
    ("deletions", MemoryDeletionQueries.statements),
    ("vectors", VectorQueries.statements),
    ("vector queue", VectorQueueQueries.statements),
    ("gauges", GaugeQueries.statements),
    ("doctor", DoctorQueries.statements),
]

@Suite struct `Statements` {
    /// Citus plans a statement with its arguments only: see below.
    @Test(arguments: EngineKind.available.filter { $0 != .citus })
    func `every statement prepares on every engine`(on engine: EngineKind) async throws {
        try await withDatabase(on: engine) { database in
            for statement in features.flatMap(\.statements) {
                _ = try await database.read { connection in try connection.plan(of: statement) }
            }
        }
    }

    /// Each is run for nothing, on rows that are not there: no other way makes all nodes look at it.
    @Test(.enabled(if: EngineKind.available.contains(.citus)))
    func `every statement is one that Citus can spread`() async throws {
        struct Withdrawal: Error {}
        // Of statements that lock lists, only the one for a single key is ever run there.
        let unused = [ChunkSize.eight, .sixtyFour].compactMap { ProfileQueries.lock.statements[$0]?.text }
        try await withDatabase(on: .citus) { database in
            for statement in features.flatMap(\.statements) where !unused.contains(statement.text) {
                let arguments = statement.argumentTypes.enumerated().map { number, type in
                    type.sqlType.sample(number + 1)
                }
                await #expect(throws: Withdrawal.self, "\(statement.text)") {
                    try await database.write { connection in
                        _ = try connection.rows(statement, arguments) { _ throws(EngineError) in 0 }
                        throw Withdrawal()
                    }
                }
            }
        }
    }

    /// Accounts are few and listed whole, by an operator; servers are few.
    @Test func `no statement scans a table that grows`() async throws {
        try await withDatabase(on: .sqlite) { database in
            for (name, statements) in features where name != "accounts" && name != "servers" {
                for statement in statements {
                    let plan = try await database.read { connection in try connection.plan(of: statement) }
                    // Counting and listing within an index is a SEARCH; a SCAN reads the whole table. A scan of a
                    // sub-select's own rows, or of a constant row, is no table.
                    let scans = plan.filter {
                        $0.hasPrefix("SCAN ") && !$0.contains("CONSTANT ROW") && !$0.hasPrefix("SCAN bounded")
                    }
                    #expect(scans.isEmpty, "\(name): \(statement.text)")
                }
            }
        }
    }

    @Test func `no statement uses words that the engines understand differently`() {
        let banned = [
            "::", "LIKE", "LOWER(", "UPPER(", "NOW(", "CURRENT_", "ANY(", "OR IGNORE", "json", "MAX(", "MIN(",
        ]
        for statement in features.flatMap(\.statements) {
            for word in banned {
                #expect(!statement.text.contains(word), "\(word) in \(statement.text)")
            }
        }
    }

    @Test func `statements on a profile's memories take its key`() {
        for statement in ObservationQueries.statements + SummaryQueries.statements {
            #expect(statement.argumentTypes.first == ProfileKey.self, "\(statement.text)")
        }
    }
}

extension SQLType {
    /// A value of the type that no other number has.
    fileprivate func sample(_ number: Int) -> SQLValue {
        switch self {
        case .integer: .integer(Int64(number))
        case .real: .real(Double(number))
        case .text: .text("\(number)")
        case .bytes: .bytes([UInt8](repeating: 0, count: 14) + [UInt8(number / 256), UInt8(number % 256)])
        }
    }
}

@Suite struct `Migrations` {
    /// A store as the first version wrote it.
    private static let store = Statement(
        """
        INSERT INTO store (store_id, account_sid, display_name, folded_name, status, version)
        VALUES ($1, 'AC1', 'shop', 'shop', 'ACTIVE', 1)
        """,
        [StoreID.self]
    )

    private static let names = Query(
        "SELECT display_name FROM store",
        row: { columns throws(EngineError) -> String in try columns.next() }
    )

    @Test(arguments: EngineKind.available)
    func `a migrated database is left as it is`(on engine: EngineKind) async throws {
        try await withDatabase(on: engine) { database in
            let found = try await Schema.migrate(database)
            #expect(found == Schema.version)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a database of any earlier version is brought up to date with what it holds`(
        on engine: EngineKind
    ) async throws {
        for earlier in 1..<Schema.version {
            try await withDatabase(on: engine, migratedTo: earlier) { database in
                _ = try await database.write { connection in
                    try connection.run(Self.store, [.bytes([UInt8](repeating: 7, count: 16))])
                }
                #expect(try await Schema.migrate(database) == earlier)
                #expect(try await Schema.migrate(database) == Schema.version)
                let names = try await database.read { connection in try connection.all(Self.names) }
                #expect(names == ["shop"])
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `a database that a newer program changed beyond understanding is refused`(on engine: EngineKind) async throws {
        try await withDatabase(on: engine) { database in
            _ = try await database.write { connection in
                try connection.run(Statement("UPDATE schema_version SET version = 99, oldest_compatible = 99"), [])
            }
            let error = await #expect(throws: SchemaTooNew.self) { try await Schema.migrate(database) }
            #expect(error?.found == 99)
        }
    }
}
