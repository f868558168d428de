import Synchronization

/// Wakes those in this process who work off a queue of the database, as jobs or vectors to make, when a transaction has added to
/// it, so that nothing waits for the next poll.
package final class JobQueue: Sendable {
    private struct State {
        var wakings = 0
        var sleepers: [CheckedContinuation<Int, Never>] = []
    }

    private let state = Mutex(State())

    /// A queue that was never woken.
    package init() {}

    /// Wakes everyone who sleeps, and keeps those awake from falling asleep without looking again.
    func wake() {
        let (sleepers, wakings) = state.withLock { state in
            state.wakings += 1
            defer { state.sleepers = [] }
            return (state.sleepers, state.wakings)
        }
        for sleeper in sleepers { sleeper.resume(returning: wakings) }
    }

    /// Sleeps until woken; returns at once if woken since.
    ///
    /// - Parameter seen: what this returned the last time; 0 at first.
    /// - Returns: the number of wakings so far.
    func sleep(after seen: Int) async -> Int {
        await withCheckedContinuation { continuation in
            let wakings = state.withLock { state in
                if state.wakings == seen { state.sleepers.append(continuation) }
                return state.wakings
            }
            if wakings != seen { continuation.resume(returning: wakings) }
        }
    }
}
