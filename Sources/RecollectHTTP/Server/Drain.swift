import ServiceLifecycle
import Synchronization

// How a server stops without a failed request: at first it only says so. `/health` answers 503, so that whoever spreads requests
// over the servers sends no more here, and each answer closes its connection, so that callers who keep theirs open come back
// elsewhere; whoever comes here all the same is served. After a while nobody comes, and the server may close.

/// The time between being told to stop and refusing connections; run it as the last service, which is stopped first.
package final class Drain: Service {
    private let duration: Duration
    private let hasBegun = Atomic(false)

    /// A drain.
    ///
    /// - Parameter duration: how long the server goes on to serve once it was told to stop.
    package init(_ duration: Duration = .zero) {
        self.duration = duration
    }

    /// Whether the server was told to stop.
    var isUnderWay: Bool { hasBegun.load(ordering: .relaxed) }

    /// Waits until the server is told to stop, then as long as it drains.
    package func run() async throws {
        do {
            try await gracefulShutdown()
        } catch {
            // Cancelled: the server ends at once.
            return
        }
        begin()
        try? await Task.sleep(for: duration)
    }

    /// Says from now on that the server stops.
    func begin() {
        hasBegun.store(true, ordering: .relaxed)
    }
}
