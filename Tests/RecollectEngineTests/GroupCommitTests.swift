import Foundation
import RecollectEngine
import RecollectSQLite
import Testing

/// Writes of many callers that come together, on SQLite.
@Suite struct `Writes that come together` {
    @Test func `share commits`() async throws {
        try await withNumbers { numbers, file in
            let before = try WriteAheadLog(of: file).commits
            try await together(200) { number in try await numbers.add(number) }
            #expect(try await numbers.all() == Array(0..<200))
            #expect(try WriteAheadLog(of: file).commits - before < 100)
        }
    }

    @Test func `do not fail with one that fails`() async throws {
        try await withNumbers { numbers, _ in
            try await together(200) { number in
                guard number.isMultiple(of: 3) else { return try await numbers.add(number) }
                // What it had changed before it failed goes with it.
                await #expect(throws: Refused.self) { try await numbers.add(number, and: 1000 + number, refused: true) }
            }
            #expect(try await numbers.all() == (0..<200).filter { !$0.isMultiple(of: 3) })
        }
    }

    @Test func `see what those before them wrote`() async throws {
        try await withNumbers { numbers, _ in
            // Each takes the next number: a lost look at a neighbour's would take one twice.
            try await together(200) { _ in try await numbers.addNext() }
            #expect(try await numbers.all() == Array(0..<200))
        }
    }

    @Test func `one key for all is taken by one of them`() async throws {
        try await withNumbers { numbers, _ in
            let taken = try await withThrowingTaskGroup { group in
                for _ in 0..<100 {
                    group.addTask {
                        do {
                            try await numbers.add(7)
                            return 1
                        } catch let error as EngineError where error.kind == .unique {
                            return 0
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(taken == 1)
        }
    }

    @Test func `are repeated when they ask for it, and their neighbours are not`() async throws {
        try await withNumbers { numbers, _ in
            try await together(100) { number in
                if number.isMultiple(of: 10) {
                    try await numbers.addAfterRepeating(number)
                } else {
                    try await numbers.add(number)
                }
            }
            #expect(try await numbers.all() == Array(0..<100))
        }
    }

    @Test func `a write after a failed group is applied`() async throws {
        try await withNumbers { numbers, _ in
            try await together(50) { number in
                await #expect(throws: Refused.self) { try await numbers.add(number, and: 100 + number, refused: true) }
            }
            try await numbers.add(1)
            #expect(try await numbers.all() == [1])
        }
    }

    private func together(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            for number in 0..<count { group.addTask { try await body(number) } }
            try await group.waitForAll()
        }
    }

    private func withNumbers(_ body: (Numbers, URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "recollect-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "numbers.sqlite")
        let numbers = Numbers(database: try SQLiteDatabase(path: file.path))
        try await numbers.create()
        try await body(numbers, file)
        await numbers.database.close()
    }
}

private struct Refused: Error {}

/// A table of numbers, each of which may be there once.
private struct Numbers: Sendable {
    private static let insert = Command("INSERT INTO number (value) VALUES ($1)", taking: Int.self)
    private static let next = Command("INSERT INTO number (value) SELECT COUNT(*) FROM number")
    private static let values = Query(
        "SELECT value FROM number ORDER BY value",
        row: { columns throws(EngineError) -> Int in try columns.next() }
    )

    let database: SQLiteDatabase

    func create() async throws {
        try await database.write { connection in
            _ = try connection.run(Statement("CREATE TABLE number (value {integer} NOT NULL PRIMARY KEY) {table}"), [])
        }
    }

    func add(_ number: Int, and other: Int? = nil, refused: Bool = false) async throws {
        try await database.write { connection in
            try connection.run(Self.insert, number)
            if let other { try connection.run(Self.insert, other) }
            if refused { throw Refused() }
        }
    }

    func addNext() async throws {
        try await database.write { connection in _ = try connection.run(Self.next) }
    }

    /// Adds a number in the second run of the transaction.
    func addAfterRepeating(_ number: Int) async throws {
        let runs = Runs()
        try await database.write { connection in
            try connection.run(Self.insert, number)
            if runs.next() == 1 { throw RepeatTransaction() }
        }
    }

    func all() async throws -> [Int] {
        try await database.read { connection in try connection.all(Self.values) }
    }
}

/// How often a transaction has run.
private final class Runs: @unchecked Sendable {
    // Sendable: the runs of one transaction follow each other.
    private var count = 0

    func next() -> Int {
        count += 1
        return count
    }
}

/// SQLite's write-ahead log, as its file format describes it (sqlite.org/fileformat2.html, chapter 4).
private struct WriteAheadLog {
    private static let headerSize = 32
    private static let frameHeaderSize = 24

    /// How many of its frames end a transaction.
    let commits: Int

    init(of database: URL) throws {
        let log = [UInt8](try Data(contentsOf: URL(filePath: database.path + "-wal")))
        func number(at place: Int) -> Int { log[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
        let frameSize = Self.frameHeaderSize + number(at: 8)
        // A frame that ends a transaction says how large the database is after it.
        commits = stride(from: Self.headerSize, to: log.count - frameSize + 1, by: frameSize)
            .count { number(at: $0 + 4) > 0 }
    }
}
