package import Logging
package import Metrics
package import RecollectDomain
package import RecollectEmbedding
package import RecollectEngine
import RecollectSQL
package import RecollectVocabulary
import Synchronization

/// A clock that tests set.
package final class ManualClock: WallClock {
    /// When tests begin: 2026-11-20T12:00:00Z.
    package static let start = Timestamp(microseconds: 1_795_176_000_000_000)

    private let time = Mutex(ManualClock.start)

    /// A clock that stands at the start.
    package init() {}

    package func now() -> Timestamp {
        time.withLock { $0 }
    }

    /// Moves the clock.
    ///
    /// - Parameter duration: how far.
    package func advance(by duration: Duration) {
        time.withLock { $0 = $0 + duration }
    }
}

/// Ids that count upwards, the same in every run.
package final class SequenceIDs: IDSource {
    private let count = Mutex<UInt128>(0)

    /// A source that begins at 1.
    package init() {}

    package func draw(_ count: Int, at time: Timestamp) -> [UInt128] {
        (0..<count).map { _ in RawID.make(at: time, tail: next()) }
    }

    package func secret(_ count: Int) -> [UInt8] {
        let number = next()
        return (0..<count).map { $0 < 16 ? UInt8(truncatingIfNeeded: number >> UInt128($0 * 8)) : 0 }
    }

    private func next() -> UInt128 {
        count.withLock { count in
            count += 1
            return count
        }
    }
}

/// The domain on a fresh database, with an account to act for.
package struct TestMemory: Sendable {
    /// The domain.
    package let memory: Memory
    /// An account, authenticated.
    package let scope: AccountScope
    /// Its auth token.
    package let token: String
    /// The domain's clock.
    package let clock: ManualClock
    /// The domain's ids.
    package let ids: SequenceIDs
    /// The database below, its statements counted.
    package let database: StatementCounter

    /// The domain of another server on the same database.
    ///
    /// - Parameters:
    ///   - embedder: what makes its vectors.
    ///   - datasets: the datasets that it has registered; nil when it reads none.
    ///   - replica: what answers its reads that may lag; nil when there is none.
    ///   - metrics: where it measures.
    /// - Returns: the domain.
    package func anotherServer(
        embedder: (any Embedder)? = nil,
        datasets: Datasets? = nil,
        replica: (any Database)? = nil,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance
    ) -> Memory {
        Self.memory(
            on: database,
            replica: replica,
            clock: clock,
            ids: ids,
            embedder: embedder,
            datasets: datasets,
            metrics: metrics
        )
    }

    fileprivate static func memory(
        on database: StatementCounter,
        replica: (any Database)? = nil,
        clock: ManualClock,
        ids: SequenceIDs,
        embedder: (any Embedder)?,
        limits: Memory.Limits = Memory.Limits(),
        datasets: Datasets? = nil,
        logger: Logger = .silent,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance
    ) -> Memory {
        Memory(
            database: database,
            replica: replica,
            secret: ServerSecret([UInt8](repeating: 7, count: ServerSecret.length)),
            clock: clock,
            ids: ids,
            embedder: embedder,
            limits: limits,
            datasets: datasets,
            logger: logger,
            metrics: metrics
        )
    }

    /// Another account, authenticated.
    ///
    /// - Returns: its scope.
    /// - Throws: when the database cannot be written.
    package func otherAccount() async throws -> AccountScope {
        try await Self.account(of: memory).scope
    }

    /// Creates a store.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - scope: on whose behalf.
    /// - Returns: its id.
    /// - Throws: `Rejection`.
    package func createStore(_ name: String, in scope: AccountScope) async throws -> StoreID {
        let operation = try await memory.stores.create(StoreName(name), description: nil, in: scope)
        let resource = try await memory.operations.fetch(operation, in: scope).resourceID
        return try StoreID(resource ?? "", field: "resource")
    }

    fileprivate static func account(of memory: Memory) async throws -> (scope: AccountScope, token: String) {
        let (account, token) = try await memory.accounts.create()
        guard let scope = try await memory.accounts.authenticate(user: account.text, password: token) else {
            throw Rejection(.unauthenticated, "a new account's token is right")
        }
        return (scope, token)
    }
}

/// Runs a test on the domain, on a fresh database.
///
/// - Parameters:
///   - engine: the engine.
///   - embedder: what makes vectors.
///   - limits: the limits that can be configured.
///   - logger: where trouble is told.
///   - metrics: where what happens is measured.
///   - body: the test.
/// - Throws: what `body` throws.
package func withMemory(
    on engine: EngineKind,
    embedder: (any Embedder)? = nil,
    limits: Memory.Limits = Memory.Limits(),
    logger: Logger = .silent,
    metrics: any MetricsFactory = NOOPMetricsHandler.instance,
    _ body: (TestMemory) async throws -> Void
) async throws {
    try await withDatabase(on: engine) { engine in
        let database = StatementCounter(engine)
        let clock = ManualClock()
        let ids = SequenceIDs()
        let memory = TestMemory.memory(
            on: database,
            clock: clock,
            ids: ids,
            embedder: embedder,
            limits: limits,
            logger: logger,
            metrics: metrics
        )
        let (scope, token) = try await TestMemory.account(of: memory)
        try await body(
            TestMemory(memory: memory, scope: scope, token: token, clock: clock, ids: ids, database: database)
        )
    }
}

// What most tests of profiles and their memories begin with.
extension TestMemory {
    /// Creates a store.
    ///
    /// - Parameter name: its name.
    /// - Returns: its id.
    /// - Throws: `Rejection`.
    package func store(_ name: String = "store") async throws -> StoreID {
        let operation = try await memory.stores.create(StoreName(name), description: nil, in: scope)
        let resource = try await memory.operations.fetch(operation, in: scope).resourceID ?? ""
        return try StoreID(resource, field: "store")
    }

    /// Creates a profile with traits of the group `Contact`.
    ///
    /// - Parameters:
    ///   - contact: the traits.
    ///   - store: the store.
    /// - Returns: where it is.
    /// - Throws: `Rejection`.
    package func profile(_ contact: [String: String], in store: StoreID) async throws -> ProfilePlace {
        let id = try await memory.profiles.create(.contact(contact), in: store, scope)
        return ProfilePlace(store: store, profile: id)
    }
}

extension [TraitInput] {
    /// Traits of the group `Contact`.
    ///
    /// - Parameter traits: the values; nil removes.
    /// - Returns: the inputs, as a request makes them.
    package static func contact(_ traits: [String: String?]) -> [TraitInput] {
        traits.map { name, value in
            TraitInput(
                group: "Contact",
                name: name,
                value: value.map(TraitValue.string),
                field: "traits.Contact.\(name)"
            )
        }
    }
}

// Values of traits, below the domain: for rules about values that need no profile with a history.
extension TestMemory {
    /// Gives a profile a value of a trait.
    ///
    /// - Parameters:
    ///   - trait: the trait.
    ///   - profile: the profile, which need not exist.
    /// - Throws: `EngineError`.
    package func insertValue(of trait: TraitID, for profile: ProfileID) async throws {
        let insert = Command(
            "INSERT INTO trait (profile_id, trait_id, value, updated_at) VALUES ($1, $2, $3, $4)",
            taking: ProfileID.self,
            TraitID.self,
            String.self,
            Timestamp.self
        )
        let now = clock.now()
        _ = try await database.write { connection in try connection.run(insert, profile, trait, "\"x\"", now) }
    }

    /// How many values a trait has, hidden ones included.
    ///
    /// - Parameter trait: the trait.
    /// - Returns: how many rows.
    /// - Throws: `EngineError`.
    package func valueCount(of trait: TraitID) async throws -> Int {
        let count = Query(
            "SELECT COUNT(*) FROM trait WHERE trait_id = $1",
            taking: TraitID.self,
            row: { columns throws(EngineError) -> Int in try columns.next() }
        )
        return try await database.read { connection in try connection.first(count, trait) } ?? 0
    }

    /// How many rows a table has.
    ///
    /// - Parameter table: its name.
    /// - Returns: how many.
    /// - Throws: `EngineError`.
    package func rowCount(of table: String) async throws -> Int {
        let count = Query(
            "SELECT COUNT(*) FROM \(table)",
            row: { columns throws(EngineError) -> Int in try columns.next() }
        )
        return try await database.read { connection in try connection.first(count) } ?? 0
    }
}
