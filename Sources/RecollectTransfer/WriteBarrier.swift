import Dispatch
import RecollectEngine
import RecollectSQL
import Synchronization

// A copy must be of one moment, however long it takes and however often it is begun again. A snapshot does not outlive its
// connection, so the source is kept from changing instead: one transaction holds a lock on all tables, which lets others read
// (this process too, on its other connections) and refuses their writes. It asks for a sign of life every few seconds, so that
// the database does not take it for abandoned and a lost lock is noticed at once.

/// Keeps everyone from writing to a database while something is done with it.
enum WriteBarrier {
    /// How long the holder of the lock rests before it asks again whether its connection stands.
    private static let pingInterval = DispatchTimeInterval.seconds(5)
    /// How long to wait before it is asked again whether the lock is held.
    private static let pollInterval = Duration.milliseconds(2)

    /// Locks tables, does something, and unlocks them.
    ///
    /// - Parameters:
    ///   - database: the database, which needs a connection for the lock and others for `body`.
    ///   - tables: its tables.
    ///   - body: what is done; cancelled when the lock is lost.
    /// - Returns: what `body` returns.
    /// - Throws: `EngineError` of kind `.contention` when a writer does not let go; `TransferError.lockLost`; what `body` throws.
    static func around<Result: Sendable>(
        _ database: any Database,
        _ tables: [TableLayout],
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let barrier = Barrier()
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await database.write { connection in try hold(barrier, tables, on: connection) }
                return nil
            }
            group.addTask {
                defer { barrier.lift() }
                while !barrier.isHeld { try await Task.sleep(for: pollInterval) }
                return try await body()
            }
            var result: Result?
            while let ended = try await group.next() {
                if let ended { result = ended }
            }
            guard let result else { throw TransferError.lockLost }
            return result
        }
    }

    private static func hold(_ barrier: Barrier, _ tables: [TableLayout], on connection: any Connection) throws {
        // Held before: the transaction is being repeated, and there was a moment without a lock.
        guard !barrier.isHeld else { throw TransferError.lockLost }
        for table in tables {
            _ = try connection.rows(TransferQueries.lock(table), []) { _ throws(EngineError) in }
        }
        barrier.raise()
        while !barrier.waitUntilLifted(for: pingInterval) {
            _ = try connection.rows(TransferQueries.ping, []) { _ throws(EngineError) in }
        }
    }
}

/// What the holder of the lock and the user of it tell each other.
private final class Barrier: Sendable {
    private let held = Atomic(false)
    private let lifted = DispatchSemaphore(value: 0)

    var isHeld: Bool { held.load(ordering: .acquiring) }

    func raise() { held.store(true, ordering: .releasing) }

    func lift() { lifted.signal() }

    /// Blocks a database thread; never one of Swift's.
    func waitUntilLifted(for interval: DispatchTimeInterval) -> Bool {
        lifted.wait(timeout: .now() + interval) == .success
    }
}
