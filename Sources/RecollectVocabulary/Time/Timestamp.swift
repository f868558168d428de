/// A moment in UTC, counted in microseconds since 1970.
///
/// Years 0000 to 9999, as RFC 3339 can write them.
package struct Timestamp: Sendable, Hashable, Comparable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    package let microseconds: Int64

    /// A moment.
    ///
    /// - Parameter microseconds: microseconds since 1970-01-01T00:00:00Z.
    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    /// The moment some time later.
    ///
    /// - Parameters:
    ///   - moment: the moment.
    ///   - duration: how much later; finer parts than a microsecond are dropped.
    /// - Returns: the later moment.
    package static func + (moment: Timestamp, duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return Timestamp(microseconds: moment.microseconds + seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }

    /// The moment some time earlier.
    ///
    /// - Parameters:
    ///   - moment: the moment.
    ///   - duration: how much earlier.
    /// - Returns: the earlier moment.
    package static func - (moment: Timestamp, duration: Duration) -> Timestamp {
        moment + (.zero - duration)
    }

    /// The time of a change, never before or at the time of the change it follows, even if the clock was set back.
    ///
    /// - Parameter previous: when the last change was.
    /// - Returns: this moment, or the first one after `previous`.
    package func following(_ previous: Timestamp) -> Timestamp {
        max(self, Timestamp(microseconds: previous.microseconds + 1))
    }
}

/// Where the time comes from.
///
/// Passed in, so that tests set it.
package protocol WallClock: Sendable {
    /// The time now.
    func now() -> Timestamp
}
