import RecollectEngine
import RecollectSQL
import RecollectTestSupport
import RecollectTransfer
import Testing

@Suite struct `Comparisons` {
    /// Changes that must show, each in one table.
    private static let changes = [
        ("observation", "UPDATE observation SET content = 'other' WHERE content = 'Zürich'"),
        ("store", "UPDATE store SET description = '' WHERE description IS NULL"),
        ("operation", "UPDATE operation SET failed_count = 0 WHERE failed_count IS NULL"),
        ("trait_definition", "UPDATE trait_definition SET rule_minimum = 0.5 WHERE rule_minimum BETWEEN 2 AND 9"),
        ("conversation_summary", "UPDATE conversation_summary SET content = 'a\u{301}' WHERE content = '\u{e1}'"),
        ("vector_queue", "UPDATE vector_queue SET attempts = attempts - 1 WHERE attempts = 0"),
        ("job", "DELETE FROM job WHERE kind = ''"),
    ]

    @Test(arguments: EngineKind.available, changes)
    func `one value that differs shows`(on engine: EngineKind, _ change: (table: String, text: String)) async throws {
        try await withDatabase(on: .sqlite) { source in
            try await fill(source)
            try await withDatabase(on: engine, migratedTo: 0) { target in
                _ = try await DatabaseCopy(from: source, to: target).run { _ in }
                let changed = try await target.write { connection in try connection.run(Statement(change.text), []) }
                #expect(changed > 0)
                let compared = try await DatabaseComparison.run(source, target) { _ in }
                #expect(compared.differing == [change.table])
            }
        }
    }
}

@Suite struct `Statements of a copy` {
    @Test(arguments: EngineKind.available)
    func `the tables declared are those that the migrations make`(on engine: EngineKind) async throws {
        try await withDatabase(on: engine) { database in
            let names = try await database.read { connection in try TableLayout.names(on: connection) }
            #expect(names == Set(SchemaTable.all.map(\.name)))
        }
    }

    @Test func `both engines describe the tables alike`() async throws {
        var described: [[TableLayout]] = []
        for engine in EngineKind.available {
            try await withDatabase(on: engine) { database in
                described.append(try await database.read { connection in try TableLayout.all(on: connection) })
            }
        }
        #expect(Set(described.map { "\($0)" }).count == 1)
    }

    /// Citus plans an insertion with its values only.
    @Test(arguments: EngineKind.available.filter { $0 != .citus })
    func `every statement prepares on every engine`(on engine: EngineKind) async throws {
        try await withDatabase(on: engine) { database in
            try await database.read { connection in
                for layout in try TableLayout.all(on: connection) {
                    let queries = TransferQueries(layout)
                    let pages = PageQueries(layout, rowsLimit: 100)
                    for statement in [queries.size.statement, queries.anyRow.statement, queries.lastKey, queries.clear]
                        + [pages.first, pages.next] + Array(queries.insertions.values)
                    {
                        _ = try connection.plan(of: statement)
                    }
                }
            }
        }
    }

    @Test func `a page is read in the order of an index`() async throws {
        try await withDatabase(on: .sqlite) { database in
            try await database.read { connection in
                for layout in try TableLayout.all(on: connection) {
                    let pages = PageQueries(layout, rowsLimit: 100)
                    for statement in [pages.first, pages.next, TransferQueries(layout).lastKey] {
                        let plan = try connection.plan(of: statement)
                        #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(statement.text)")
                    }
                    let plan = try connection.plan(of: pages.next)
                    #expect(plan.allSatisfy { $0.hasPrefix("SEARCH ") }, "\(pages.next.text)")
                }
            }
        }
    }
}
