import ArgumentParser
import Metrics
import RecollectDomain
import RecollectHTTP
import RecollectMetrics
import RecollectPostgres
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
    private let primary: PoolMetrics
    private let replica: PoolMetrics

    /// - Parameter startedAt: when the process started.
    init(startedAt: Timestamp) {
        registry = MetricsRegistry(MetricCatalogue.all)
        process = ProcessMetrics(registry, startedAt: startedAt)
        primary = PoolMetrics("primary", registry)
        replica = PoolMetrics("replica", registry)
    }

    /// The page now.
    ///
    /// - Parameter installation: whose database is measured.
    /// - Returns: the page.
    func page(of installation: Installation) async -> MetricsPage {
        _ = await installation.memory.gauges.current()
        process.update()
        if let database = installation.database as? PostgresDatabase { primary.update(database.figures) }
        if let database = installation.replica { replica.update(database.figures) }
        if installation.isShared {
            Meter(label: "recollect_servers", factory: registry).set(installation.memory.servers.count)
        }
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
