import RecollectEngine
import RecollectSQL
import RecollectTestSupport
import Synchronization
import Testing

/// What a distributed engine demands, proven without one: on PostgreSQL's catalogue and on the statements themselves.
@Suite struct `Families of tables` {
    /// The statements that reach several nodes, each with the reason why it may.
    private static let exceptions: [(statements: [Statement], reason: String)] = [
        (
            [
                ProfileQueries.pageAscending.statement, ProfileQueries.pageDescending.statement,
                ProfileQueries.firstOfStore.statement, ProfileQueries.ofStoreAfter.statement,
            ], "a store's profiles are listed: they lie everywhere"
        ),
        ([VectorQueueQueries.due.statement], "only tells where to look; items are claimed profile by profile"),
        (
            [TraitGroupQueries.anyValue.statement, TraitGroupQueries.holders.statement],
            "only tells whether and where values of a trait are, when a schema changes"
        ),
        (
            [FuzzyIdentifierQueries.addAll.statement],
            "a store's whole type becomes fuzzy, which an operator does once and costs what the store holds"
        ),
        (
            [IdempotencyQueries.expire.statement, OperationQueries.expire.statement],
            "what is old is forgotten, wherever it lies, now and then"
        ),
        (
            [
                ImportQueries.pageAscending.statement, ImportQueries.pageDescending.statement,
                ImportQueries.firstOfStore.statement,
            ], "a store's imports are listed: they are few"
        ),
        (
            [GaugeQueries.queuedVectors.statement, GaugeQueries.profilesAfter.statement],
            "counts for who watches, up to a limit and every few seconds"
        ),
        (DoctorQueries.statements, "the newest of all is asked for, by an operator"),
    ]

    @Test func `every statement reaches its rows by what they are spread by`() {
        let excepted = Set(Self.exceptions.flatMap(\.statements).map(\.text))
        for statement in features.flatMap(\.statements) where !excepted.contains(statement.text) {
            let fault = StatementScopes.fault(in: statement.text)
            #expect(fault == nil, "\(statement.text)")
        }
        for statement in Self.exceptions.flatMap(\.statements) {
            #expect(StatementScopes.fault(in: statement.text) != nil, "no exception: \(statement.text)")
        }
    }

    @Test(arguments: [
        "SELECT value FROM trait WHERE trait_id = $1",
        "SELECT value FROM trait WHERE profile_id > $1",
        "DELETE FROM trait WHERE profile_id IN (SELECT profile_id FROM trait WHERE trait_id = $1)",
        "SELECT 1 FROM store WHERE EXISTS (SELECT 1 FROM trait WHERE trait_id = $1)",
        "SELECT a FROM trait WHERE profile_id = $1 UNION ALL SELECT a FROM trait WHERE trait_id = $2",
        "SELECT 1 FROM profile JOIN trait ON trait.profile_id = profile.profile_id WHERE profile.store_id = $1",
        "SELECT 1 FROM profile JOIN identifier ON identifier.profile_id = profile.profile_id WHERE profile.profile_id = $1",
        "INSERT INTO trait (trait_id, value) VALUES ($1, $2)",
        "UPDATE trait SET value = $1 WHERE trait_id = $2",
    ])
    func `a statement that does not say where its rows are is found`(_ text: String) {
        #expect(StatementScopes.fault(in: text) != nil)
    }

    @Test(arguments: [
        "SELECT value FROM trait WHERE profile_id = $1 AND trait_id = $2",
        "SELECT value FROM trait WHERE trait_id = $1 AND profile_id IN ($2, $3)",
        "SELECT 1 FROM profile JOIN trait ON trait.profile_id = profile.profile_id WHERE profile.profile_id = $1",
        "INSERT INTO trait (profile_id, value) VALUES ($1, $2) ON CONFLICT (profile_id) DO UPDATE SET value = $2",
        "DELETE FROM trait WHERE profile_id = $1 AND trait_id IN (SELECT trait_id FROM trait WHERE profile_id = $1)",
        "SELECT 1 FROM store WHERE store_id = $1",
    ])
    func `a statement that says where its rows are passes`(_ text: String) {
        #expect(StatementScopes.fault(in: text) == nil)
    }

    @Test(arguments: EngineKind.catalogued)
    func `every table is declared, with its primary key`(on engine: EngineKind) async throws {
        try await withDatabase(on: engine) { database in
            let keys = try await database.read { connection in try connection.keys().filter(\.isPrimary) }
            let found = Dictionary(uniqueKeysWithValues: keys.map { ($0.table, $0.columns) })
            let declared = Dictionary(uniqueKeysWithValues: SchemaTable.all.map { ($0.name, $0.primaryKey) })
            #expect(found == declared)
        }
    }

    @Test(arguments: EngineKind.catalogued)
    func `every unique key holds what its table is spread by`(on engine: EngineKind) async throws {
        let columns = Dictionary(uniqueKeysWithValues: SchemaTable.all.map { ($0.name, $0.family.distributionColumn) })
        try await withDatabase(on: engine) { database in
            let keys = try await database.read { connection in try connection.keys() }
            #expect(keys.count > SchemaTable.all.count)
            for key in keys {
                guard let column = columns[key.table].flatMap(\.self) else { continue }
                #expect(key.columns.contains(column), "\(key)")
            }
        }
    }

    @Test(arguments: EngineKind.catalogued)
    func `no foreign key goes from one table into another`(on engine: EngineKind) async throws {
        try await withDatabase(on: engine) { database in
            let count = Query(
                """
                SELECT COUNT(*) FROM pg_constraint JOIN pg_class ON pg_class.oid = pg_constraint.conrelid
                JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace
                WHERE pg_constraint.contype = 'f' AND pg_namespace.nspname = current_schema()
                """,
                row: { columns throws(EngineError) -> Int in try columns.next() }
            )
            let found = try await database.read { connection in try connection.first(count) }
            #expect(found == 0)
        }
    }

    @Test(arguments: EngineKind.available.filter { $0 != .citus })
    func `what is no Citus is not distributed`(on engine: EngineKind) async throws {
        try await withDatabase(on: engine) { database in
            let error = await #expect(throws: DistributionRefused.self) {
                try await Distribution().run(on: database) { _, _ in }
            }
            #expect(error?.description.contains("CREATE EXTENSION citus") == true)
        }
    }
}

/// What `recollect database distribute` does, where there is a Citus to do it on.
@Suite(.enabled(if: EngineKind.available.contains(.citus))) struct `Distribution of a database` {
    /// What ends a run in the middle.
    private struct Interruption: Error {}

    private let account = Statement("INSERT INTO account (account_sid, sealed_token, created_at) VALUES ('AC1', '', 1)")
    private let profile = Statement(
        "INSERT INTO profile (profile_id, store_id, memory_version, merged_ids) VALUES ('1', '2', 3, '')"
    )

    @Test func `a database is distributed with what it holds, and a second run changes nothing`() async throws {
        try await withDatabase(on: .citus, isDistributed: false) { database in
            try await fill(database)
            #expect(try await outcomes(of: Distribution(shards: 4), on: database) == [.distributed])
            #expect(try await outcomes(of: Distribution(), on: database) == [.unchanged])
            try await expectRows(on: database)
        }
    }

    @Test func `an interrupted run is made up for by the next`() async throws {
        for table in ["account", "job", "profile", "trait", "identifier"] {
            try await withDatabase(on: .citus, isDistributed: false) { database in
                try await fill(database)
                await #expect(throws: Interruption.self) {
                    try await Distribution(shards: 4).run(on: database) { done, _ in
                        if done.name == table { throw Interruption() }
                    }
                }
                #expect(try await outcomes(of: Distribution(shards: 4), on: database) == [.unchanged, .distributed])
                try await expectRows(on: database)
            }
        }
    }

    @Test func `a migration of a distributed database distributes its tables`() async throws {
        for earlier in 1..<Schema.version {
            try await withDatabase(on: .citus, migratedTo: earlier) { database in
                try await Schema.migrate(database)
                #expect(try await outcomes(of: Distribution(), on: database) == [.unchanged])
            }
        }
    }

    @Test func `a table that is spread otherwise is told and left`() async throws {
        try await withDatabase(on: .citus, isDistributed: false) { database in
            _ = try await database.write { connection in
                try connection.run(Statement("SELECT create_reference_table('trait')"), [])
            }
            let error = await #expect(throws: DistributionRefused.self) {
                try await Distribution(shards: 4).run(on: database) { _, _ in }
            }
            #expect(error?.description.contains("trait") == true)
        }
    }

    private func fill(_ database: any Database) async throws {
        try await database.write { [account, profile] connection in
            try connection.run(account, [])
            try connection.run(profile, [])
        }
    }

    private func outcomes(
        of distribution: Distribution,
        on database: any Database
    ) async throws -> Set<Distribution.Outcome> {
        let told = Mutex<Set<Distribution.Outcome>>([])
        try await distribution.run(on: database) { _, outcome in told.withLock { _ = $0.insert(outcome) } }
        return told.withLock { $0 }
    }

    private func expectRows(on database: any Database) async throws {
        for table in ["account", "profile"] {
            let count = Query(
                "SELECT COUNT(*) FROM \(table)",
                row: { columns throws(EngineError) -> Int in try columns.next() }
            )
            let found = try await database.read { connection in try connection.first(count) }
            #expect(found == 1)
        }
    }
}

/// A primary key or unique index.
private struct UniqueKey: CustomStringConvertible {
    let table: String
    let isPrimary: Bool
    let columns: [String]

    var description: String { "\(table) (\(columns.joined(separator: ", ")))" }
}

extension EngineKind {
    /// The engines whose catalogue is PostgreSQL's.
    fileprivate static var catalogued: [EngineKind] { available.filter { $0 == .postgres } }
}

extension Connection {
    fileprivate func keys() throws(EngineError) -> [UniqueKey] {
        let query = Query(
            """
            SELECT CAST(tables.relname AS TEXT), CASE WHEN pg_index.indisprimary THEN 1 ELSE 0 END,
                STRING_AGG(pg_attribute.attname, ' ' ORDER BY pg_attribute.attnum)
            FROM pg_index
            JOIN pg_class AS tables ON tables.oid = pg_index.indrelid
            JOIN pg_namespace ON pg_namespace.oid = tables.relnamespace
            JOIN pg_attribute ON pg_attribute.attrelid = pg_index.indexrelid
            WHERE pg_index.indisunique AND pg_namespace.nspname = current_schema()
            GROUP BY tables.relname, pg_index.indexrelid, pg_index.indisprimary
            """,
            row: { columns throws(EngineError) -> UniqueKey in
                let table: String = try columns.next()
                let isPrimary: Bool = try columns.next()
                let names: String = try columns.next()
                return UniqueKey(
                    table: table,
                    isPrimary: isPrimary,
                    columns: names.split(separator: " ").map(String.init)
                )
            }
        )
        return try all(query)
    }
}
