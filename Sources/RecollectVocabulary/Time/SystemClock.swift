import Foundation

/// The clock of the running server.
package struct SystemClock: WallClock {
    /// The system's clock.
    package init() {}

    package func now() -> Timestamp {
        Timestamp(microseconds: Int64((Date().timeIntervalSince1970 * 1_000_000).rounded(.down)))
    }
}
