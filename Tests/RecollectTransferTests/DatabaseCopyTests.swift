import RecollectEngine
import RecollectSQL
import RecollectTestSupport
import RecollectTransfer
import Testing

/// A direction of a copy.
struct Direction: Sendable, CustomTestStringConvertible {
    let source: EngineKind
    let target: EngineKind

    static let available = EngineKind.available.flatMap { source in
        EngineKind.available.map { Direction(source: source, target: $0) }
    }

    var testDescription: String { "\(source) to \(target)" }
}

/// Runs a test with a filled database and an empty one that has never been migrated.
private func withDatabases(
    _ direction: Direction,
    rows: Int = 12,
    _ body: (_ source: any Database, _ target: any Database) async throws -> Void
) async throws {
    try await withDatabase(on: direction.source) { source in
        try await fill(source, rows: rows)
        try await withDatabase(on: direction.target, migratedTo: 0) { target in try await body(source, target) }
    }
}

@discardableResult
private func copy(
    _ source: any Database,
    to target: any Database,
    rowsOfPage: Int = 5
) async throws -> [TableComparison] {
    try await DatabaseCopy(from: source, to: target, rowsOfPage: rowsOfPage).run { _ in }
}

@Suite struct `Copies` {
    @Test(arguments: Direction.available)
    func `everything arrives as it was`(_ direction: Direction) async throws {
        try await withDatabases(direction) { source, target in
            let compared = try await copy(source, to: target)
            for table in compared {
                #expect(table.isEqual, "\(table.table)")
                #expect(table.source.rows == 12, "\(table.table)")
            }
            #expect(compared.map(\.table) == SchemaTable.all.map(\.name).filter { $0 != Schema.versionTable })
            #expect(try await Schema.migrate(target) == Schema.version)
            #expect(try await DatabaseComparison.run(source, target) { _ in } == compared)
        }
    }

    @Test(arguments: Direction.available)
    func `a copy that stopped anywhere goes on`(_ direction: Direction) async throws {
        try await withDatabases(direction) { source, target in
            // Each run stops at another place, in a table or between two, and all of them before the end.
            for writes in 0...8 {
                let moment = FailingDatabase.Moment.allCases[writes % 2]
                let failing = FailingDatabase(target, writes: writes, moment)
                await #expect(throws: (any Error).self) { try await copy(source, to: failing, rowsOfPage: 7) }
            }
            let compared = try await copy(source, to: target, rowsOfPage: 7)
            #expect(compared.differing == [])
        }
    }

    @Test(arguments: Direction.available)
    func `a source that changed between two runs is copied as it is`(_ direction: Direction) async throws {
        try await withDatabases(direction) { source, target in
            let failing = FailingDatabase(target, writes: 30, .beforeCommit)
            await #expect(throws: TransferError.self) { try await copy(source, to: failing) }
            try await source.write { connection in
                try connection.run(Statement("UPDATE store SET version = version - 1 WHERE version > 0"), [])
                try connection.run(Statement("DELETE FROM trait_group WHERE version > 0"), [])
            }
            let compared = try await copy(source, to: target)
            #expect(compared.differing == [])
        }
    }

    @Test(arguments: EngineKind.available)
    func `nobody serves half of a copy`(on engine: EngineKind) async throws {
        try await withDatabases(Direction(source: .sqlite, target: engine)) { source, target in
            let failing = FailingDatabase(target, writes: 12, .beforeCommit)
            await #expect(throws: TransferError.self) { try await copy(source, to: failing) }
            await #expect(throws: CopyUnfinished.self) { try await Schema.migrate(target) }
            await #expect(throws: TransferError.sourceIsUnfinished) { try await copy(target, to: source) }
        }
    }

    @Test(arguments: EngineKind.available)
    func `what is written meanwhile waits until the copy is whole`(on engine: EngineKind) async throws {
        try await withDatabases(Direction(source: engine, target: .sqlite)) { source, target in
            let rename = Statement("UPDATE store SET display_name = 'written meanwhile'")
            try await withThrowingTaskGroup { group in
                let (began, signal) = AsyncStream.makeStream(of: Void.self)
                group.addTask {
                    for await _ in began { break }
                    _ = try await source.write { connection in try connection.run(rename, []) }
                }
                let compared = try await DatabaseCopy(from: source, to: target, rowsOfPage: 1)
                    .run { _ in signal.yield() }
                #expect(compared.differing == [])
                try await group.waitForAll()
            }
            let compared = try await DatabaseComparison.run(source, target) { _ in }
            #expect(compared.differing == ["store"])
        }
    }

    @Test func `progress ends where everything is done`() async throws {
        try await withDatabases(Direction(source: .sqlite, target: .sqlite)) { source, target in
            let (steps, signal) = AsyncStream.makeStream(of: TransferProgress.self)
            _ = try await DatabaseCopy(from: source, to: target).run { signal.yield($0) }
            signal.finish()
            var last: [TransferProgress.Stage: TransferProgress] = [:]
            for await step in steps { last[step.stage] = step }
            let rows = 12 * (SchemaTable.all.count - 1)
            #expect(last[.copying].map { [$0.done, $0.whole] } == [rows, rows])
            #expect(last[.verifying].map { [$0.done, $0.whole] } == [2 * rows, 2 * rows])
        }
    }
}

@Suite struct `Targets and sources` {
    @Test(arguments: EngineKind.available)
    func `a target that holds something is refused and left alone`(on engine: EngineKind) async throws {
        try await withDatabases(Direction(source: .sqlite, target: engine)) { source, target in
            try await copy(source, to: target)
            let expected = TransferError.targetHoldsRows(table: "account")
            await #expect(throws: expected) { try await copy(source, to: target) }
            #expect(try await Schema.migrate(target) == Schema.version)
        }
        try await withDatabases(Direction(source: .sqlite, target: engine)) { source, target in
            _ = try await target.write { connection in
                try connection.run(Statement("CREATE TABLE invoice (number {integer})"), [])
            }
            await #expect(throws: TransferError.targetHasTable("invoice")) { try await copy(source, to: target) }
        }
    }

    @Test(arguments: EngineKind.available)
    func `an unfinished copy of another database is refused`(on engine: EngineKind) async throws {
        try await withDatabases(Direction(source: .sqlite, target: engine)) { source, target in
            let failing = FailingDatabase(target, writes: 12, .beforeCommit)
            await #expect(throws: TransferError.self) { try await copy(source, to: failing) }
            _ = try await source.write { connection in
                try connection.run(Statement("UPDATE account SET created_at = 77"), [])
            }
            await #expect(throws: TransferError.targetIsOfAnotherSource) { try await copy(source, to: target) }
        }
    }

    @Test(arguments: EngineKind.available)
    func `a source of another version is refused`(on engine: EngineKind) async throws {
        try await withDatabase(on: engine, migratedTo: Schema.version - 1) { source in
            try await withDatabase(on: .sqlite, migratedTo: 0) { target in
                await #expect(throws: TransferError.sourceOfVersion(Schema.version - 1)) {
                    try await copy(source, to: target)
                }
                await #expect(throws: TransferError.noSource) { try await copy(target, to: source) }
            }
        }
    }

    @Test func `a text that PostgreSQL cannot store is named`() async throws {
        guard EngineKind.available.contains(.postgres) else { return }
        try await withDatabases(Direction(source: .sqlite, target: .postgres)) { source, target in
            _ = try await source.write { connection in
                try connection.run(
                    Statement("UPDATE observation SET content = $1 WHERE content = 'NULL'", [String.self]),
                    [.text("a\u{0}b")]
                )
            }
            let expected = TransferError.zeroCharacter(table: "observation", column: "content")
            await #expect(throws: expected) { try await copy(source, to: target) }
        }
    }
}
