import Foundation
package import RecollectEngine
package import RecollectPostgres
import RecollectSQL
import RecollectSQLite
import RecollectVocabulary
import Synchronization
import Testing

/// A database engine that tests run on.
package enum EngineKind: String, Sendable, CaseIterable, CustomTestStringConvertible {
    case sqlite
    case postgres

    /// The variable that names a PostgreSQL server on which tests may create schemas.
    private static let postgresVariable = "RECOLLECT_TEST_POSTGRES_URL"

    /// The variable that says `transaction` where that server is a pooler in transaction mode.
    private static let poolerVariable = "RECOLLECT_TEST_POSTGRES_POOLER"
    /// The variable that names the server behind the pooler.
    private static let unpooledVariable = "RECOLLECT_TEST_POSTGRES_UNPOOLED_URL"

    /// The engines that can be reached here: SQLite, and PostgreSQL where the environment names one.
    package static var available: [EngineKind] {
        allCases.filter { $0 == .sqlite || postgresURL != nil }
    }

    /// The URL of the PostgreSQL server that the environment names.
    package static var postgresURL: String? {
        ProcessInfo.processInfo.environment[postgresVariable]
    }

    /// What stands between the tests and that server.
    package static var pooler: PostgresPooler {
        ProcessInfo.processInfo.environment[poolerVariable].flatMap(PostgresPooler.init(rawValue:)) ?? .none
    }

    /// The URL of that server without a pooler in between.
    package static var unpooledPostgresURL: String? {
        ProcessInfo.processInfo.environment[unpooledVariable] ?? postgresURL
    }

    /// The engine's name in test results.
    package var testDescription: String { rawValue }
}

/// Runs a test on an empty database that is migrated, its own, and gone afterwards.
///
/// - Parameters:
///   - engine: the engine.
///   - version: the version of its schema.
///   - body: the test.
/// - Throws: what `body` throws, or `EngineError` when there is no database.
package func withDatabase(
    on engine: EngineKind,
    migratedTo version: Int = Schema.version,
    _ body: (any Database) async throws -> Void
) async throws {
    let name = "test_\(RandomIDSource().secret(8).hexadecimal)"
    switch engine {
    case .sqlite:
        let folder = FileManager.default.temporaryDirectory.appending(path: name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await using(SQLiteDatabase(path: folder.appending(path: "memory.sqlite").path), migratedTo: version, body)
    case .postgres:
        guard let url = EngineKind.postgresURL else { throw EngineError(.unavailable, "no PostgreSQL server is named") }
        await Seats.ofPostgres.take()
        defer { Seats.ofPostgres.giveUp() }
        // A schema of its own is a database of its own, made in a fraction of the time.
        let owner = try await PostgresDatabase(url: url, connections: 1, pooler: EngineKind.pooler)
        _ = try await owner.write { connection in try connection.run(Statement("CREATE SCHEMA \(name)"), []) }
        let separator = url.contains("?") ? "&" : "?"
        let outcome: Result<Void, any Error>
        do {
            let own = "\(url)\(separator)options=-csearch_path%3D\(name)"
            let database = try await PostgresDatabase(url: own, connections: 4, pooler: EngineKind.pooler)
            outcome = .success(try await using(database, migratedTo: version, body))
        } catch {
            outcome = .failure(error)
        }
        _ = try await owner.write { connection in try connection.run(Statement("DROP SCHEMA \(name) CASCADE"), []) }
        await owner.close()
        try outcome.get()
    }
}

private func using(
    _ database: any Database,
    migratedTo version: Int,
    _ body: (any Database) async throws -> Void
) async throws {
    do {
        try await Schema.migrate(database, to: version)
        try await body(database)
    } catch {
        await database.close()
        throw error
    }
    await database.close()
}

/// Seats on the PostgreSQL server, whose connections are counted: all tests start at once, and those without a seat wait.
private final class Seats: Sendable {
    /// Each test opens five connections; more tests at once than this would only keep each other waiting.
    static let ofPostgres = Seats(32)

    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(_ count: Int) {
        state = Mutex(State(free: count))
    }

    func take() async {
        await withCheckedContinuation { continuation in
            let isSeated = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isSeated { continuation.resume() }
        }
    }

    func giveUp() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}
