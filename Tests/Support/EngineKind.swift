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
    case citus

    /// The variable that says `transaction` where the PostgreSQL server is a pooler in transaction mode.
    private static let poolerVariable = "RECOLLECT_TEST_POSTGRES_POOLER"
    /// The variable that names the server behind the pooler.
    private static let unpooledVariable = "RECOLLECT_TEST_POSTGRES_UNPOOLED_URL"

    /// The engines that can be reached here: SQLite, and PostgreSQL and Citus where the environment names one.
    package static var available: [EngineKind] {
        allCases.filter { $0.variable == nil || $0.url != nil }
    }

    /// The variable that names a server on which tests may create schemas; for Citus, the coordinator.
    private var variable: String? {
        switch self {
        case .sqlite: nil
        case .postgres: "RECOLLECT_TEST_POSTGRES_URL"
        case .citus: "RECOLLECT_TEST_CITUS_URL"
        }
    }

    /// The URL of the engine's server that the environment names.
    var url: String? {
        variable.flatMap { ProcessInfo.processInfo.environment[$0] }
    }

    /// That URL without a pooler in between.
    var unpooledURL: String? {
        self == .postgres ? Self.unpooledPostgresURL : url
    }

    /// The URL of the PostgreSQL server that the environment names.
    package static var postgresURL: String? { EngineKind.postgres.url }

    /// What stands between the tests and a server.
    fileprivate var pooler: PostgresPooler {
        self == .postgres ? Self.pooler : .none
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
///   - isDistributed: whether its tables are spread over the nodes of an engine that has several.
///   - body: the test.
/// - Throws: what `body` throws, or `EngineError` when there is no database.
package func withDatabase(
    on engine: EngineKind,
    migratedTo version: Int = Schema.version,
    isDistributed: Bool = true,
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
        await Seats.ofPostgres.take()
        defer { Seats.ofPostgres.giveUp() }
        try await withServer(of: engine) { owner, url in
            // A schema of its own is a database of its own, made in a fraction of the time.
            _ = try await owner.write { connection in try connection.run(Statement("CREATE SCHEMA \(name)"), []) }
            let outcome = await Outcome {
                try await using(
                    PostgresDatabase(url: url(name), connections: 4, pooler: engine.pooler),
                    migratedTo: version,
                    body
                )
            }
            _ = try await owner.write { connection in try connection.run(Statement("DROP SCHEMA \(name) CASCADE"), []) }
            try outcome.get()
        }
    case .citus:
        await Seats.ofCitus.take()
        defer { Seats.ofCitus.giveUp() }
        try await withServer(of: engine) { owner, url in
            let isUsual = isDistributed && version == Schema.version
            let free = isUsual ? CitusSchemas.takeFree() : nil
            if free == nil { try await CitusSchemas.make(name, owner) }
            let outcome = await Outcome {
                let own = try await PostgresDatabase(url: url(free ?? name), connections: 4)
                try await using(own, migratedTo: version) { database in
                    if isDistributed, free == nil { try await CitusSchemas.distribute(database) }
                    try await body(database)
                }
            }
            if isUsual {
                try await CitusSchemas.giveBack(free ?? name, owner)
            } else {
                try await CitusSchemas.drop(name, owner)
            }
            try outcome.get()
        }
    }
}

private typealias Outcome = Result<Void, any Error>

extension Outcome {
    fileprivate init(_ body: () async throws -> Void) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}

/// Runs a body with a connection to a server, and with what makes the URL of a schema on it.
private func withServer(
    of engine: EngineKind,
    _ body: (_ owner: PostgresDatabase, _ url: (String) -> String) async throws -> Void
) async throws {
    guard let url = engine.url else { throw EngineError(.unavailable, "no server of \(engine) is named") }
    let owner = try await PostgresDatabase(url: url, connections: 1, pooler: engine.pooler)
    let separator = url.contains("?") ? "&" : "?"
    let outcome = await Outcome {
        try await body(owner) { schema in "\(url)\(separator)options=-csearch_path%3D\(schema)" }
    }
    await owner.close()
    try outcome.get()
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
final class Seats: Sendable {
    /// Each test opens five connections; more tests at once than this would only keep each other waiting.
    static let ofPostgres = Seats(32)
    /// A test makes several connections on each node.
    static let ofCitus = Seats(8)

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
