import Synchronization

// The servers of one database must agree on the time: a lease that one of them takes ends by the clocks of all others. Their own
// clocks may be wrong by any amount and may be set at any moment, so each follows the database's: a reading of that clock,
// plus what has passed since by a clock that nobody sets.
//
// A reading is asked for at one moment and answered at a later one, and was made between the two. So what is to be added to
// the steady clock lies between the reading less the later and the reading less the earlier moment. What is added is moved
// into that range and no further (after K. Marzullo and S. Owicki, 1983): while the clocks agree as well as can be known,
// nothing is moved and time does not jump. A reading costs what it takes to ask; the time itself, one addition.

/// A clock that follows another machine's.
package final class FollowingClock: WallClock {
    /// Microseconds since some moment, by a clock that is never set.
    package typealias Steady = @Sendable () -> Int64

    private let steady: Steady
    private let ahead: Atomic<Int64>

    /// A clock that goes by this machine's until it has its first reading.
    ///
    /// - Parameters:
    ///   - own: this machine's clock.
    ///   - steady: a clock that is never set.
    package init(own: any WallClock = SystemClock(), steady: @escaping Steady = SteadyClock.microseconds) {
        self.steady = steady
        ahead = Atomic(own.now().microseconds - steady())
    }

    package func now() -> Timestamp {
        Timestamp(microseconds: steady() + ahead.load(ordering: .relaxed))
    }

    /// Takes a reading of the clock that is followed.
    ///
    /// One at a time: of two at once, either may be the one that counts.
    ///
    /// - Parameter ask: reads the clock.
    /// - Returns: how far this clock was ahead of the other; 0 as far as can be known.
    /// - Throws: what `ask` throws.
    @discardableResult
    package func follow(_ ask: () async throws -> Timestamp) async throws -> Duration {
        let asked = steady()
        let reading = try await ask().microseconds
        let answered = steady()
        let before = ahead.load(ordering: .relaxed)
        let after = min(max(before, reading - answered), reading - asked)
        ahead.store(after, ordering: .relaxed)
        return .microseconds(before - after)
    }
}
