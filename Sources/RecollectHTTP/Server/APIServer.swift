import Crypto
import HTTPTypes
package import Hummingbird
import HummingbirdCore
package import Logging
package import Metrics
import NIOCore
package import RecollectVocabulary

/// The HTTP server: routes in front of the domain.
package struct APIServer: Sendable {
    /// What can be set from outside, and the limits of the server as a whole.
    package struct Options: Sendable {
        /// The address to listen on.
        package var host = "127.0.0.1"
        /// The port to listen on; 0 lets the system choose.
        package var port = 8080
        /// Scheme, host and port that callers use, if the server cannot see them.
        package var publicURL: String?
        /// Whether a read of a merged profile is answered with 301 rather than with the canonical profile's data.
        ///
        /// Off, as the official client reads a 301 as an empty profile.
        package var redirectsMergedReads = false
        /// The largest body, compressed or not.
        ///
        /// Source: behaviour.md.
        package var bodyBytesLimit = 8 * 1024 * 1024
        /// The largest header of a request, its target included.
        ///
        /// Source: ours; page tokens and filters need 6 kB.
        package var headerBytesLimit = 32 * 1024
        /// How many requests a second an account may send; nil for any number.
        package var requestsPerSecond: Double?
        /// How many connections are open at once; more wait to be accepted.
        ///
        /// Source: ours.
        package var connectionsLimit = 4096
        /// How many connections wait to be accepted.
        ///
        /// Source: behaviour.md asks for 1024 at least.
        package var backlog = 2048
        /// How long a connection may be silent.
        ///
        /// Source: ours; longer than the minute after which clients drop theirs.
        package var idleTimeLimit = Duration.seconds(75)
        /// The key that seals page tokens: 32 bytes, the same on every server of an installation.
        package var pageTokenKey: [UInt8]
        /// What `GET /openapi.yaml` answers.
        package var openAPIDocument: [UInt8]

        /// Options with their defaults.
        ///
        /// - Parameters:
        ///   - pageTokenKey: the key that seals page tokens.
        ///   - openAPIDocument: what `GET /openapi.yaml` answers.
        package init(pageTokenKey: [UInt8], openAPIDocument: [UInt8] = []) {
            self.pageTokenKey = pageTokenKey
            self.openAPIDocument = openAPIDocument
        }

        /// The largest body of a request: the file of an import is taken as it comes, and may be larger.
        func bodyBytesLimit(of request: HTTPRequest) -> Int {
            let isUpload = request.path?.hasPrefix(UploadSignature.pathPrefix) ?? false
            return isUpload ? ImportLimits.fileSize.upperBound : bodyBytesLimit
        }
    }

    /// The rate limit that servers share; run it as a service beside the server.
    ///
    /// Nil where nothing is limited or shared.
    package let sharedRateLimit: SharedRateLimit?

    private let responder: Responder
    private let options: Options
    private let logger: Logger

    /// A server.
    ///
    /// - Parameters:
    ///   - routes: what it answers.
    ///   - options: what can be set from outside.
    ///   - clock: the time, for the rate limit.
    ///   - ids: where the ids of requests come from.
    ///   - logger: where it logs.
    ///   - drain: tells when the server is about to stop.
    ///   - budget: what shares rate limits with other servers; nil where there are none.
    ///   - authenticate: finds whose credentials these are.
    ///   - health: whether the server can serve.
    ///   - metrics: where requests are measured.
    ///   - metricsPage: what `GET /metrics` answers; nil when nothing does.
    package init(
        routes: [Route],
        options: Options,
        clock: any WallClock,
        ids: any IDSource,
        logger: Logger,
        drain: Drain = Drain(),
        budget: SharedBudget? = nil,
        authenticate: @escaping Authentication.Authenticate,
        health: @escaping @Sendable () async -> Health,
        metrics: any MetricsFactory = MetricsSystem.factory,
        metricsPage: (@Sendable () async -> MetricsPage)? = nil
    ) {
        self.options = options
        self.logger = logger
        let rate = options.requestsPerSecond
        let shared = budget.flatMap { budget in
            rate.map { SharedRateLimit(rate: $0, budget: budget, clock: clock, logger: logger) }
        }
        sharedRateLimit = shared
        responder = Responder(
            router: Router(routes),
            options: options,
            authenticate: authenticate,
            health: health,
            metricsPage: metricsPage,
            rateLimit: shared ?? rate.map { OwnRateLimit(rate: $0, clock: clock) },
            drain: drain,
            ids: ids,
            pageTokenKey: SymmetricKey(data: options.pageTokenKey),
            logger: logger,
            measurements: RequestMetrics(routes, metrics)
        )
    }

    /// The server as a service that runs until it is told to shut down, and then finishes the requests under way.
    ///
    /// - Parameter onRunning: called with the port once the server listens.
    /// - Returns: the service.
    package func application(
        onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        let (options, ids) = (options, responder.ids)
        let http1 = HTTPServerBuilder.http1(
            configuration: .init(
                additionalChannelHandlers: [ConnectionGuard(bodyBytesLimit: options.bodyBytesLimit(of:), ids: ids)],
                idleTimeout: TimeAmount(options.idleTimeLimit),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: options.headerBytesLimit,
                    maxHeaderListSize: options.headerBytesLimit,
                    maxHeaderFieldCount: 100
                )
            )
        )
        return Application(
            responder: responder,
            server: http1,
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: options.port),
                backlog: options.backlog,
                availableConnectionsDelegate: MaximumAvailableConnections(options.connectionsLimit)
            ),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? options.port) },
            logger: logger
        )
    }
}

/// The id that a response and the log's lines about it share: `RQ` and 32 hexadecimal digits.
enum RequestID {
    static func next(from ids: any IDSource) -> String {
        "RQ" + ids.secret(16).hexadecimal
    }
}
