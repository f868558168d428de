import RecollectVocabulary

/// Whether the clock goes, and goes steadily.
enum ClockCheck {
    private static let name = "clock"
    /// Before this program was written no clock is right: 2026-01-01T00:00:00Z.
    private static let earliest = Timestamp(microseconds: 1_767_225_600_000_000)
    private static let pause = Duration.milliseconds(50)

    /// What to say of a clock that is watched for a moment.
    static func steadiness(_ clock: any WallClock) async -> Finding {
        let stopwatch = ContinuousClock()
        let (wallStart, start) = (clock.now(), stopwatch.now)
        try? await stopwatch.sleep(for: pause)
        let (wallEnd, end) = (clock.now(), stopwatch.now)
        let wall = Duration.microseconds(wallEnd.microseconds - wallStart.microseconds)
        return finding(wall: wall, steady: end - start, now: wallEnd)
    }

    /// What to say of a clock that says `now` and went so far while one that nobody sets went `steady`.
    static func finding(wall: Duration, steady: Duration, now: Timestamp) -> Finding {
        let remedy = "set the clock by NTP"
        guard now >= earliest else { return .bad(name, "it says \(now.rfc3339)", remedy: remedy) }
        let difference = wall > steady ? wall - steady : steady - wall
        guard difference < .milliseconds(25) else {
            let (went, passed) = (Int(wall / .milliseconds(1)), Int(steady / .milliseconds(1)))
            let text = "it went \(went) ms in \(passed) ms: something sets it"
            return .warning(name, text, remedy: "let one service only set the clock, by slewing")
        }
        return .good(name, "\(now.rfc3339), steady")
    }
}
