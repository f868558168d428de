import RecollectVocabulary
import Synchronization
import Testing

/// A clock that stands where it is set.
private final class SetClock: WallClock {
    let microseconds: Atomic<Int64>

    init(_ microseconds: Int64) {
        self.microseconds = Atomic(microseconds)
    }

    func now() -> Timestamp { Timestamp(microseconds: microseconds.load(ordering: .relaxed)) }
    func advance(by microseconds: Int64) {
        self.microseconds.add(microseconds, ordering: .relaxed)
    }
}

@Suite struct `A following clock` {
    private let steady = SetClock(1000)
    private let own = SetClock(50_000_000)
    private let followed = SetClock(90_000_000)

    private var clock: FollowingClock {
        let steady = steady
        return FollowingClock(own: own, steady: { steady.now().microseconds })
    }

    @Test func `goes by its own machine until it has a reading`() {
        let clock = clock
        #expect(clock.now() == own.now())
        steady.advance(by: 7)
        #expect(clock.now().microseconds == 50_000_007)
    }

    @Test func `is right to half a round trip after a reading, and tells how wrong it was`() async throws {
        let clock = clock
        let ahead = try await clock.follow {
            pass(100)
            let reading = followed.now()
            pass(300)
            return reading
        }
        #expect(abs(clock.now().microseconds - followed.now().microseconds) <= 400)
        #expect(ahead < .seconds(-39) && ahead > .seconds(-41))
    }

    @Test func `does not jump while the clocks agree as well as can be known`() async throws {
        let clock = clock
        try await clock.follow { followed.now() }
        for _ in 0..<10 {
            let before = clock.now()
            let ahead = try await clock.follow {
                pass(200)
                return followed.now()
            }
            #expect(ahead == .zero)
            #expect(clock.now().microseconds - before.microseconds == 200)
        }
    }

    @Test func `does not care how its own machine's clock is set`() async throws {
        let clock = clock
        try await clock.follow { followed.now() }
        own.advance(by: 3_600_000_000)
        #expect(clock.now() == followed.now())
        try await clock.follow { followed.now() }
        #expect(clock.now() == followed.now())
    }

    @Test func `follows when the other clock is set`() async throws {
        let clock = clock
        try await clock.follow { followed.now() }
        followed.advance(by: -5_000_000)
        let ahead = try await clock.follow { followed.now() }
        #expect(clock.now() == followed.now())
        #expect(ahead == .seconds(5))
    }

    @Test func `keeps what it has when a reading fails`() async throws {
        struct Unreachable: Error {}
        let clock = clock
        await #expect(throws: Unreachable.self) { try await clock.follow { throw Unreachable() } }
        #expect(clock.now() == own.now())
    }

    private func pass(_ microseconds: Int64) {
        steady.advance(by: microseconds)
        followed.advance(by: microseconds)
    }
}
