import GRDB
import RecollectEngine
import Synchronization

// Writes that wait while a commit is flushed to disk share the next one. SQLite has one writer, and a commit costs a flush, a
// hundred times what a small write costs itself: one after the other, writes wait for a flush each. Nobody waits for company: a
// write that finds the writer idle is a group of its own, and groups grow by themselves when there is much to do.
//
// Each write of a group has a savepoint, so that one that fails takes back its own changes and nobody else's. It sees what those
// before it in the group have written, as it would have if they had been committed before it. Nobody is answered before the
// commit; if that fails, all of the group have failed.

/// The writes that wait for SQLite's one writer.
final class GroupCommit: Sendable {
    /// The most writes in a group: what a crash of the disk would make fail at once.
    private static let groupLimit = 128
    /// How many rows a group changes before it is committed: small writes should not wait for many large ones.
    private static let changesLimit = 1000

    /// A write that somebody waits for.
    private struct Write: Sendable {
        /// Makes the changes and keeps the result.
        let body: @Sendable (GRDB.Database) throws -> Void
        /// Answers with the result, or with what went wrong.
        let end: @Sendable ((any Error)?) -> Void
    }

    private struct State {
        var waiting: [Write] = []
        var isWriting = false
    }

    private let pool: DatabasePool
    private let state = Mutex(State())

    /// Group commits on a database.
    init(_ pool: DatabasePool) {
        self.pool = pool
    }

    /// Runs a write and waits until it is on disk.
    ///
    /// - Throws: what `body` throws, or SQLite's error when the commit failed.
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (GRDB.Database) throws -> Result
    ) async throws -> Result {
        let kept = Kept<Result>()
        return try await withCheckedThrowingContinuation { continuation in
            add(
                Write(
                    body: { database in kept.value = try body(database) },
                    end: { error in
                        continuation.resume(
                            with: Swift.Result {
                                if let error { throw error }
                                guard let value = kept.value else {
                                    throw EngineError(.unavailable, "the write did not run")
                                }
                                return value
                            }
                        )
                    }
                )
            )
        }
    }

    private func add(_ write: Write) {
        let isFirst = state.withLock { state in
            state.waiting.append(write)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        guard isFirst else { return }
        pool.asyncWriteWithoutTransaction { [self] database in
            while let group = nextGroup() { commit(group, on: database) }
        }
    }

    /// What waits, and nil with the writer given back when nothing does.
    private func nextGroup() -> ArraySlice<Write>? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isWriting = false
                return nil
            }
            let group = state.waiting.prefix(Self.groupLimit)
            state.waiting.removeFirst(group.count)
            return group
        }
    }

    /// Commits writes in transactions of as many as fit, and answers each.
    private func commit(_ group: ArraySlice<Write>, on database: GRDB.Database) {
        var left = group
        while let first = left.first {
            if left.count == 1 {
                first.end(failure { try transaction(on: database) { try first.body(database) } })
                return
            }
            left = commitSome(of: left, on: database)
        }
    }

    /// Commits the first writes in one transaction and returns the others.
    private func commitSome(of writes: ArraySlice<Write>, on database: GRDB.Database) -> ArraySlice<Write> {
        var outcomes: [(write: Write, error: (any Error)?)] = []
        let groupFailure = failure {
            try transaction(on: database) {
                let before = database.totalChangesCount
                for write in writes where database.totalChangesCount - before < Self.changesLimit {
                    let error = failure { try savepoint(on: database) { try write.body(database) } }
                    outcomes.append((write, error))
                    // A full disk, say, ends the transaction from within, and with it what the others had changed.
                    guard database.isInsideTransaction else { throw TransactionEnded() }
                }
            }
        }
        if outcomes.isEmpty, let groupFailure {
            for write in writes { write.end(groupFailure) }
            return []
        }
        for (write, error) in outcomes {
            // Those that did nothing wrong where the transaction ended may pass when they are run again.
            let shared =
                groupFailure is TransactionEnded
                ? EngineError(.contention, "a neighbour ended the group") : groupFailure
            write.end(error ?? shared)
        }
        return writes.dropFirst(outcomes.count)
    }

    private func transaction(on database: GRDB.Database, _ body: () throws -> Void) throws {
        try database.inTransaction(.immediate) {
            try body()
            return .commit
        }
    }

    private func savepoint(on database: GRDB.Database, _ body: () throws -> Void) throws {
        try database.inSavepoint {
            try body()
            return .commit
        }
    }

    private func failure(_ body: () throws -> Void) -> (any Error)? {
        do {
            try body()
            return nil
        } catch {
            return error
        }
    }
}

/// SQLite has rolled back a transaction by itself.
private struct TransactionEnded: Error {}

/// A result on its way out of the writer's thread.
private final class Kept<Value: Sendable>: Sendable {
    private let kept = Mutex<Value?>(nil)

    var value: Value? {
        get { kept.withLock(\.self) }
        set { kept.withLock { $0 = newValue } }
    }
}
