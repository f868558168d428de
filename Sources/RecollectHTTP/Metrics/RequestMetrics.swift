import HTTPTypes
import Metrics
import RecollectVocabulary
import Synchronization

/// What is measured of requests.
///
/// Labels are the templates of routes, their methods, and statuses that this server sends: nothing of what a caller wrote.
struct RequestMetrics: Sendable {
    /// The requests under way.
    let inFlight: Meter
    private let rateLimited: Counter
    private let routes: [RouteSeries]
    private let open: [String: RouteSeries]
    private let unmatched: RouteSeries

    /// - Parameters:
    ///   - routes: the routes, in the order of their numbers.
    ///   - metrics: where they are measured.
    init(_ routes: [Route], _ metrics: any MetricsFactory) {
        inFlight = Meter(label: "recollect_http_requests_in_flight", factory: metrics)
        rateLimited = Counter(label: "recollect_http_requests_rate_limited_total", factory: metrics)
        self.routes = routes.map { RouteSeries($0.method.rawValue, $0.template, metrics) }
        open = Dictionary(
            uniqueKeysWithValues: OpenPath.allCases.map { ($0.rawValue, RouteSeries("GET", $0.rawValue, metrics)) }
        )
        unmatched = RouteSeries("other", "unmatched", metrics)
    }

    /// Notes a request that was answered.
    func record(_ destination: RequestDestination, status: Int, _ duration: Duration) {
        if status == 429 { rateLimited.increment() }
        switch destination {
        case .route(_, let number): routes[number].record(status: status, duration)
        case .open(let path): open[path.rawValue]?.record(status: status, duration)
        case .path, .nowhere: unmatched.record(status: status, duration)
        }
    }
}

/// The paths that are answered without authentication.
enum OpenPath: String, CaseIterable {
    case health = "/health"
    case contract = "/openapi.yaml"
    case metrics = "/metrics"
}

/// Where a request goes, as far as it is known.
enum RequestDestination {
    /// Nowhere that this server knows.
    case nowhere
    /// A path without authentication.
    case open(OpenPath)
    /// A path that has no such method.
    case path(template: String)
    /// A route, with its number.
    case route(template: String, number: Int)

    /// The path as the contract writes it, for the log: a path's ids would make every line another route.
    var template: String {
        switch self {
        case .nowhere: "unmatched"
        case .open(let path): path.rawValue
        case .path(let template), .route(let template, _): template
        }
    }

    /// Whether it is asked for by machines, again and again.
    var isPolled: Bool {
        if case .open = self { true } else { false }
    }
}

/// The series of one route, made when it is first called: most routes never are, and each has some twenty lines.
private final class RouteSeries: Sendable {
    private struct State {
        var duration: Timer?
        /// A handful, so that looking through them is quicker than any dictionary.
        var statuses: [(status: Int, count: Counter)] = []
    }

    private let labels: [(String, String)]
    private let metrics: any MetricsFactory
    private let state = Mutex(State())

    init(_ method: String, _ template: String, _ metrics: any MetricsFactory) {
        labels = [("method", method), ("route", template)]
        self.metrics = metrics
    }

    func record(status: Int, _ duration: Duration) {
        let (timer, count) = state.withLock { state in
            let timer =
                state.duration
                ?? Timer(label: "recollect_http_request_duration_seconds", dimensions: labels, factory: metrics)
            state.duration = timer
            if let known = state.statuses.first(where: { $0.status == status }) { return (timer, known.count) }
            let dimensions = labels + [("status", "\(status)")]
            let count = Counter(label: "recollect_http_requests_total", dimensions: dimensions, factory: metrics)
            state.statuses.append((status, count))
            return (timer, count)
        }
        timer.record(duration: duration)
        count.increment()
    }
}
