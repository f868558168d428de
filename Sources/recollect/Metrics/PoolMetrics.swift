import Metrics
import RecollectPostgres
import Synchronization

/// What a pool of connections to PostgreSQL does; SQLite has none, and shows none.
final class PoolMetrics: Sendable {
    private struct Series {
        let open: Meter
        let inUse: Meter
        let limit: Meter
        let waiting: Meter
        let refused: Counter
        let reconnects: Counter
        let failedConnects: Counter
        let roundTrips: Counter
        var seen: PostgresFigures?
    }

    private let pool: String
    private let metrics: any MetricsFactory
    private let series = Mutex<Series?>(nil)

    /// - Parameters:
    ///   - pool: which pool it is.
    ///   - metrics: where it is measured.
    init(_ pool: String, _ metrics: any MetricsFactory) {
        self.pool = pool
        self.metrics = metrics
    }

    /// Shows what the pool does now.
    func update(_ figures: PostgresFigures) {
        series.withLock { present in
            var series = present ?? make()
            series.open.set(figures.open)
            series.inUse.set(figures.inUse)
            series.limit.set(figures.limit)
            series.waiting.set(figures.waiting)
            // A counter is told what was added.
            series.refused.increment(by: figures.refused - (series.seen?.refused ?? 0))
            series.reconnects.increment(by: figures.reconnects - (series.seen?.reconnects ?? 0))
            series.failedConnects.increment(by: figures.failedConnects - (series.seen?.failedConnects ?? 0))
            series.roundTrips.increment(by: figures.roundTrips - (series.seen?.roundTrips ?? 0))
            series.seen = figures
            present = series
        }
    }

    private func make() -> Series {
        func meter(_ name: String, _ labels: [(String, String)] = []) -> Meter {
            Meter(label: "recollect_database_\(name)", dimensions: [("pool", pool)] + labels, factory: metrics)
        }
        func counter(_ name: String) -> Counter {
            Counter(label: "recollect_database_\(name)_total", dimensions: [("pool", pool)], factory: metrics)
        }
        return Series(
            open: meter("connections", [("state", "open")]),
            inUse: meter("connections", [("state", "in_use")]),
            limit: meter("connections_limit"),
            waiting: meter("connections_awaited"),
            refused: counter("refused"),
            reconnects: counter("reconnects"),
            failedConnects: counter("failed_connects"),
            roundTrips: counter("round_trips")
        )
    }
}
