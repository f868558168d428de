import Foundation

/// The clock of the running server.
package struct SystemClock: WallClock {
    /// The system's clock.
    package init() {}

    package func now() -> Timestamp {
        Timestamp(microseconds: Int64((Date().timeIntervalSince1970 * 1_000_000).rounded(.down)))
    }
}

/// The clock of the running machine that nobody can set.
package enum SteadyClock {
    private static let start = ContinuousClock().now

    /// How long ago the clock was first asked.
    ///
    /// - Returns: microseconds.
    package static func microseconds() -> Int64 {
        let (seconds, attoseconds) = start.duration(to: ContinuousClock().now).components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
