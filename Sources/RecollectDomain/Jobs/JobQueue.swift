import Synchronization

/// Wakes the job runner of this process when a transaction has queued a job, so that nobody waits for the next poll.
package final class JobQueue: Sendable {
    private struct State {
        var isWoken = false
        var sleeper: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// A queue whose runner is awake.
    package init() {}

    /// Wakes the runner, or keeps it from falling asleep.
    func wake() {
        let sleeper = state.withLock { state in
            state.isWoken = state.sleeper == nil
            defer { state.sleeper = nil }
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Sleeps until woken; returns at once if woken since the last sleep.
    func sleep() async {
        await withCheckedContinuation { continuation in
            let isWoken = state.withLock { state in
                defer { state.isWoken = false }
                if !state.isWoken { state.sleeper = continuation }
                return state.isWoken
            }
            if isWoken { continuation.resume() }
        }
    }
}
