import ArgumentParser
import Metrics
import RecollectDomain
import RecollectHTTP
import RecollectMetrics
import RecollectVocabulary

/// Who may read `GET /metrics`, which asks for no credentials.
enum MetricsAccess: String, CaseIterable {
    /// Nobody.
    case off
    /// Those on this machine: it is served while the server listens on loopback and no proxy passes strangers on.
    case loopback
    /// Whoever can reach the server.
    case on

    /// Whether it is served.
    func isServed(onLoopback isLoopback: Bool, behindProxy isBehindProxy: Bool) -> Bool {
        switch self {
        case .off: false
        case .loopback: isLoopback && !isBehindProxy
        case .on: true
        }
    }
}

/// What the server measures, and the page that shows it.
struct ServerMetrics: Sendable {
    /// Where everything is measured.
    let registry: MetricsRegistry
    private let process: ProcessMetrics

    /// - Parameter startedAt: when the process started.
    init(startedAt: Timestamp) {
        registry = MetricsRegistry(MetricCatalogue.all)
        process = ProcessMetrics(registry, startedAt: startedAt)
    }

    /// The page now.
    ///
    /// - Parameter installation: whose database is measured.
    /// - Returns: the page.
    func page(of installation: Installation) async -> MetricsPage {
        _ = await installation.memory.gauges.current()
        process.update()
        return MetricsPage(contentType: Exposition.contentType, text: registry.exposition())
    }

    /// Says what runs.
    ///
    /// - Parameter engine: the database's engine.
    func tellBuild(engine: String) {
        let labels = [("version", Version.current), ("engine", engine)]
        Meter(label: "recollect_build_info", dimensions: labels, factory: registry).set(1)
    }
}
