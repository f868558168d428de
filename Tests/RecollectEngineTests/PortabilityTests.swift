import RecollectEngine
import RecollectTestSupport
import Testing

/// What must come out the same on every engine, although the engines differ underneath.
@Suite struct `Portable SQL` {
    @Test(arguments: EngineKind.available)
    func `arguments are bound by their number, whatever their order in the text`(on engine: EngineKind) async throws {
        let query = Query(
            "SELECT $2, $1, $2",
            taking: Int.self,
            Int.self,
            row: { columns throws(EngineError) -> [Int] in
                [try columns.next(), try columns.next(), try columns.next()]
            }
        )
        try await withDatabase(on: engine) { database in
            let row = try await database.read { connection in try connection.first(query, 10, 20) }
            #expect(row == [20, 10, 20])
        }
    }

    @Test(arguments: EngineKind.available)
    func `values come back as they were`(on engine: EngineKind) async throws {
        let query = Query(
            """
            SELECT CAST($1 AS {integer}), CAST($2 AS DOUBLE PRECISION), CAST($3 AS TEXT), CAST($4 AS {bytes}),
                CAST($5 AS TEXT)
            """,
            taking: Int64.self,
            Double.self,
            String.self,
            [UInt8].self,
            String?.self,
            row: { columns throws(EngineError) -> (Int64, Double, String, [UInt8], String?) in
                (try columns.next(), try columns.next(), try columns.next(), try columns.next(), try columns.next())
            }
        )
        try await withDatabase(on: engine) { database in
            for text in ["", "Ä \u{1F600} \u{5D0} '; DROP TABLE x", String(repeating: "x", count: 1_000_000)] {
                let bytes = Array(text.utf8) + [0, 255]
                let row = try await database.read { connection in
                    try connection.first(query, .min, -0.1, text, bytes, nil)
                }
                let (integer, real, string, blob, null) = try #require(row)
                #expect(integer == .min && real == -0.1 && string == text && blob == bytes && null == nil)
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `text is ordered by its bytes`(on engine: EngineKind) async throws {
        try await withTable(on: engine) { database in
            let words = ["b", "B", "ä", "a", "Z", "é", ""]
            let ordered = try await database.write { connection in
                try connection.insert(Table.insert, words.enumerated().map { ($0, $1) })
                return try connection.all(Table.texts)
            }
            #expect(ordered == words.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        }
    }

    @Test(arguments: EngineKind.available, [0, 1, 7, 8, 9, 64, 73, 200])
    func `any number of rows is inserted and found by list`(on engine: EngineKind, count: Int) async throws {
        try await withTable(on: engine) { database in
            let found = try await database.write { connection in
                let inserted = try connection.insert(Table.insert, (0..<count).map { ($0, "row \($0)") })
                #expect(inserted == count)
                return try connection.all(Table.byNumbers, in: Array(0..<count))
            }
            #expect(Set(found) == Set((0..<count).map { "row \($0)" }))
            #expect(found.count == count)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a key that is taken is told by kind`(on engine: EngineKind) async throws {
        try await withTable(on: engine) { database in
            let error = await #expect(throws: EngineError.self) {
                try await database.write { connection in
                    try connection.insert(Table.insert, [(1, "a")])
                    return try connection.insert(Table.insert, [(1, "b")])
                }
            }
            #expect(error?.kind == .unique)
        }
    }
}

@Suite struct `Transactions of an engine` {
    private struct Refused: Error {}

    @Test(arguments: EngineKind.available)
    func `what throws changes nothing`(on engine: EngineKind) async throws {
        try await withTable(on: engine) { database in
            await #expect(throws: Refused.self) {
                try await database.write { connection in
                    try connection.insert(Table.insert, [(1, "a")])
                    throw Refused()
                }
            }
            let texts = try await database.read { connection in try connection.all(Table.texts) }
            #expect(texts.isEmpty)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a transaction that asks for it is repeated, up to a limit`(on engine: EngineKind) async throws {
        try await withTable(on: engine) { database in
            let error = await #expect(throws: EngineError.self) {
                try await database.write { _ in throw RepeatTransaction() }
            }
            #expect(error?.kind == .contention)
        }
    }

    @Test(arguments: EngineKind.available)
    func `32 increments at once are 32 increments`(on engine: EngineKind) async throws {
        try await withTable(on: engine) { database in
            _ = try await database.write { connection in try connection.insert(Table.insert, [(0, "counter")]) }
            try await withThrowingTaskGroup { group in
                for _ in 0..<32 {
                    group.addTask {
                        _ = try await database.write { connection in try connection.run(Table.increment) }
                    }
                }
                try await group.waitForAll()
            }
            let sum = try await database.read { connection in try connection.first(Table.sum) }
            #expect(sum == 32)
        }
    }

    @Test(arguments: EngineKind.available)
    func `statements of a snapshot agree with each other`(on engine: EngineKind) async throws {
        try await withTable(on: engine) { database in
            try await withThrowingTaskGroup { group in
                group.addTask {
                    for number in 0..<50 {
                        _ = try await database.write { connection in
                            try connection.insert(Table.insert, [(number, "x")])
                        }
                    }
                }
                group.addTask {
                    for _ in 0..<50 {
                        let (first, second) = try await database.read(.snapshot) { connection in
                            (try connection.all(Table.texts).count, try connection.all(Table.texts).count)
                        }
                        #expect(first == second)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `SQLite writes are on disk before they are acknowledged`() async throws {
        let synchronous = Query(
            "PRAGMA synchronous",
            row: { columns throws(EngineError) -> Int in try columns.next() }
        )
        try await withDatabase(on: .sqlite) { database in
            let level = try await database.write { connection in try connection.first(synchronous) }
            #expect(level == 2)
        }
    }

    @Test(arguments: EngineKind.available.filter { $0 == .postgres })
    func `a connection that is cut is made again`(on engine: EngineKind) async throws {
        let cutOthers = Query(
            """
            SELECT CAST(COUNT(pg_terminate_backend(pid)) AS BIGINT) FROM pg_stat_activity
            WHERE pid = pg_backend_pid()
            """,
            row: { columns throws(EngineError) -> Int in try columns.next() }
        )
        try await withTable(on: engine) { database in
            await #expect(throws: (any Error).self) {
                try await database.write { connection in try connection.first(cutOthers) }
            }
            let written = try await database.write { connection in try connection.insert(Table.insert, [(1, "a")]) }
            #expect(written == 1)
        }
    }

    @Test(arguments: EngineKind.available.filter { $0 == .postgres })
    func `two that wait for each other both pass`(on engine: EngineKind) async throws {
        let touch = Command("UPDATE sample SET visits = visits + 1 WHERE number = $1", taking: Int.self)
        try await withTable(on: engine) { database in
            _ = try await database.write { connection in try connection.insert(Table.insert, [(1, "a"), (2, "b")]) }
            try await withThrowingTaskGroup { group in
                // Each such pair costs PostgreSQL a second to find, and who waits ten for a connection is refused.
                for round in 0..<10 {
                    let order = round.isMultiple(of: 2) ? [1, 2] : [2, 1]
                    group.addTask {
                        _ = try await database.write { connection in
                            for number in order { try connection.run(touch, number) }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let sum = try await database.read { connection in try connection.first(Table.sum) }
            #expect(sum == 20)
        }
    }
}

/// A table to try things on.
private enum Table {
    static let create = Statement(
        """
        CREATE TABLE sample (
            number {integer} NOT NULL PRIMARY KEY, word {text} NOT NULL, visits {integer} NOT NULL DEFAULT 0
        ) {table}
        """
    )
    static let insert = Insertion(
        "INSERT INTO sample (number, word) VALUES {rows}",
        columns: Int.self,
        String.self
    )
    static let texts = Query(
        "SELECT word FROM sample ORDER BY word",
        row: { columns throws(EngineError) -> String in try columns.next() }
    )
    static let byNumbers = ListQuery(
        "SELECT word FROM sample WHERE number IN ({list})",
        listing: Int.self,
        row: { columns throws(EngineError) -> String in try columns.next() }
    )
    static let increment = Command("UPDATE sample SET visits = visits + 1")
    static let sum = Query(
        "SELECT CAST(SUM(visits) AS BIGINT) FROM sample",
        row: { columns throws(EngineError) -> Int in try columns.next() }
    )
}

private func withTable(on engine: EngineKind, _ body: (any Database) async throws -> Void) async throws {
    try await withDatabase(on: engine) { database in
        _ = try await database.write { connection in try connection.run(Table.create, []) }
        try await body(database)
    }
}
