import Foundation
import RecollectEngine

/// Threads that each own one connection and take work from one queue.
///
/// `@unchecked Sendable`: the mutable state is touched only while `condition` is locked, and a session only by its thread.
final class PostgresPool: @unchecked Sendable {
    /// The most work that may wait.
    ///
    /// More means that the database cannot keep up: better to say so than to let it wait longer.
    private static let waitingLimit = 4096

    private typealias Work = @Sendable (PostgresSession) -> Void

    private let condition = NSCondition()
    private var waiting: [Work] = []
    private var taken = 0
    private var isClosing = false
    private var threads: Int

    init(connections: Int, session: @escaping @Sendable () -> PostgresSession) {
        threads = connections
        for number in 1...connections {
            let thread = Thread { [self] in serve(session()) }
            thread.name = "postgres \(number)"
            thread.start()
        }
    }

    /// Runs work on a connection's thread.
    func run<Result: Sendable>(
        _ work: @escaping @Sendable (PostgresSession) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let accepted = submit { session in
                continuation.resume(with: Swift.Result { try work(session) })
            }
            if !accepted {
                continuation.resume(throwing: EngineError(.unavailable, "the pool is closed or its queue is full"))
            }
        }
    }

    /// Lets the work in the queue finish, then ends the threads with their connections.
    func close() async {
        condition.withLock {
            isClosing = true
            condition.broadcast()
        }
        while condition.withLock({ threads > 0 }) {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    private func submit(_ work: @escaping Work) -> Bool {
        condition.withLock {
            guard !isClosing, waiting.count - taken < Self.waitingLimit else { return false }
            waiting.append(work)
            condition.signal()
            return true
        }
    }

    private func serve(_ session: PostgresSession) {
        while let work = next() {
            work(session)
        }
        session.disconnect()
        condition.withLock { threads -= 1 }
    }

    /// The work that waits longest; nil when the pool is closed and nothing waits.
    private func next() -> Work? {
        condition.withLock {
            while waiting.isEmpty {
                if isClosing { return nil }
                condition.wait()
            }
            let work = waiting[taken]
            taken += 1
            // The front is cut off once in a while, so that taking from it costs constant time.
            if taken == waiting.count || taken >= 64 {
                waiting.removeFirst(taken)
                taken = 0
            }
            return work
        }
    }
}
