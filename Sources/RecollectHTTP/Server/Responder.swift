import Crypto
import HTTPTypes
import Hummingbird
import Logging
import Metrics
import NIOCore
import RecollectDomain
import RecollectVocabulary

/// Whether the server can serve, and what to say about it.
package struct Health: Sendable {
    /// Whether it can.
    package let isReady: Bool
    /// What it runs on, in the order to be shown.
    package let details: [(name: String, value: String)]

    /// A state of health.
    ///
    /// - Parameters:
    ///   - isReady: whether the server can serve.
    ///   - details: what it runs on, in the order to be shown.
    package init(isReady: Bool, details: [(name: String, value: String)] = []) {
        self.isReady = isReady
        self.details = details
    }
}

/// The way of a request: each step either refuses it or knows more about it than the step before.
struct Responder: HTTPResponder {
    struct Context: InitializableFromSource {
        init(source: ApplicationRequestContextSource) {}
    }

    /// What is found out about a request on its way, for the log and the metrics.
    private struct Trace {
        var destination = RequestDestination.nowhere
        var account: AccountSID?
    }

    let router: Router
    let options: APIServer.Options
    let authenticate: Authentication.Authenticate
    let health: @Sendable () async -> Health
    let metricsPage: (@Sendable () async -> MetricsPage)?
    let rateLimit: (any RateLimit)?
    let drain: Drain
    let ids: any IDSource
    let pageTokenKey: SymmetricKey
    let logger: Logger
    let measurements: RequestMetrics

    @concurrent
    func respond(to request: Request, context: Context) async throws -> Response {
        let start = ContinuousClock.now
        measurements.inFlight.increment()
        defer { measurements.inFlight.decrement() }
        let requestID = RequestID.next(from: ids)
        var trace = Trace()
        let response: APIResponse
        do {
            response = try await answer(request, &trace)
        } catch let refusal as Refusal {
            response = ErrorResponse.of(refusal)
        } catch let rejection as Rejection {
            response = ErrorResponse.of(Refusal(rejection))
        } catch is CancellationError {
            response = ErrorResponse.of(Refusal(Rejection(.unavailable, nil, "the server is shutting down")))
        } catch {
            logger.error(
                "request failed",
                metadata: [
                    "request": "\(requestID)", "method": "\(request.method.rawValue)",
                    "route": "\(trace.destination.template)", "error": "\(error)",
                ]
            )
            response = ErrorResponse.internalError
        }
        let finished = finished(response, request, requestID)
        let duration = ContinuousClock.now - start
        measurements.record(trace.destination, status: response.status.code, duration)
        tell(finished, request, requestID, trace, duration)
        return finished
    }

    /// Writes the line of a request in the log of accesses: no path, no query and no body, as those are customers' data.
    private func tell(
        _ response: Response,
        _ request: Request,
        _ requestID: String,
        _ trace: Trace,
        _ duration: Duration
    ) {
        logger.log(
            level: trace.destination.isPolled ? .debug : .info,
            "request",
            metadata: [
                "request": "\(requestID)",
                "account": "\(trace.account?.text ?? "none")",
                "method": "\(request.method.rawValue)",
                "route": "\(trace.destination.template)",
                "status": .stringConvertible(response.status.code),
                "duration_ms": .stringConvertible((duration / .microseconds(1)).rounded() / 1000),
                "bytes": .stringConvertible(response.body.contentLength ?? 0),
            ]
        )
    }

    private func answer(_ request: Request, _ trace: inout Trace) async throws -> APIResponse {
        let target = try RequestTarget(request.head.path ?? "")
        if let path = OpenPath(rawValue: target.path), path != .metrics || metricsPage != nil {
            trace.destination = .open(path)
            return try await openAnswer(request.method, path)
        }
        guard let match = target.path.hasPrefix("/") ? router.match(target.segments) : nil else {
            throw Rejection(.notFound, nil, "there is nothing at this path")
        }
        guard let route = match.route(request.method) else {
            trace.destination = .path(template: match.template)
            throw methodNotAllowed(request.method, allowed: match.allowed)
        }
        trace.destination = .route(template: match.template, number: route.number)
        switch route.handling {
        case .signed(let handler):
            return try await receive(request, target, match.parameters, handler)
        case .authenticated(let handler):
            let scope = try await Authentication.scope(of: request.headers, authenticate)
            trace.account = scope.account
            return try await answer(request, target, match, scope, handler)
        }
    }

    /// Answers a request of an account, once its body is read.
    private func answer(
        _ request: Request,
        _ target: RequestTarget,
        _ match: Router.Match,
        _ account: AccountScope,
        _ handler: Route.Handler
    ) async throws -> APIResponse {
        try rateLimit?.admit(account.account)
        let reads = try ReadPreference.laggingReads(request.headers)
        let scope = reads.map(account.allowing) ?? account
        let compressed = try await RequestBodyReader.read(request, limit: options.bodyBytesLimit)
        let body = try Compression.decompress(compressed, request.headers, limit: options.bodyBytesLimit)
        let claim = try Idempotency.claim(
            method: request.method,
            target: target,
            headers: request.headers,
            body: body
        )
        let apiRequest = APIRequest(
            scope: claim.map(scope.claiming) ?? scope,
            method: request.method,
            path: target.path,
            query: target.query,
            headers: request.headers,
            body: body,
            publicBaseURL: try PublicURL.base(
                configured: options.publicURL,
                host: request.head.authority,
                forwardedProto: request.headers[.forwardedProto],
                fallback: "\(options.host):\(options.port)"
            ),
            rawQuery: target.rawQuery,
            template: match.template,
            redirectsMergedReads: options.redirectsMergedReads,
            parameters: match.parameters,
            pageTokenKey: pageTokenKey
        )
        do {
            return ReadPreference.tell(reads, in: try await handler(apiRequest))
        } catch let moved as ProfileMoved {
            return apiRequest.moved(to: moved.canonical, .permanentRedirect)
        }
    }

    /// Lets a route take the body as it comes; what is left of one that is refused ends with the connection.
    private func receive(
        _ request: Request,
        _ target: RequestTarget,
        _ parameters: [String: String],
        _ handler: Route.UploadHandler
    ) async throws -> APIResponse {
        let upload = UploadRequest(
            query: target.query,
            length: request.headers[.contentLength].flatMap { Int($0) },
            body: request.body,
            parameters: parameters
        )
        do {
            return try await handler(upload)
        } catch let rejection as Rejection {
            throw Refusal(rejection, [.connection: "close"])
        }
    }

    /// What is answered without authentication.
    private func openAnswer(_ method: HTTPRequest.Method, _ path: OpenPath) async throws -> APIResponse {
        guard method == .get || method == .head else { throw methodNotAllowed(method, allowed: "GET, HEAD") }
        switch path {
        case .health:
            return healthAnswer(await health())
        case .contract:
            let headers: HTTPFields = [.contentType: "application/yaml"]
            return APIResponse(status: .ok, headers: headers, body: options.openAPIDocument)
        case .metrics:
            let page = await metricsPage?()
            let headers: HTTPFields = [.contentType: page?.contentType ?? "", .cacheControl: "no-store"]
            return APIResponse(status: .ok, headers: headers, body: page?.body ?? [])
        }
    }

    private func healthAnswer(_ found: Health) -> APIResponse {
        let health = drain.isUnderWay ? Health(isReady: false, details: found.details) : found
        let status = health.isReady ? "ready" : drain.isUnderWay ? "draining" : "unavailable"
        return APIResponse.json(health.isReady ? .ok : .serviceUnavailable) { writer in
            writer.object { writer in
                writer.field("status", status)
                for detail in health.details { writer.field(detail.name, detail.value) }
            }
        }
    }

    private func methodNotAllowed(_ method: HTTPRequest.Method, allowed: String) -> Refusal {
        Refusal(
            Rejection(.methodNotAllowed, nil, "\(method.rawValue) is not allowed here; allowed are \(allowed)"),
            [.allow: allowed]
        )
    }

    /// The response as Hummingbird sends it; to HEAD with the length of the body that GET would get, and without it.
    private func finished(_ response: APIResponse, _ request: Request, _ requestID: String) -> Response {
        var answer = Compression.compress(response, request.headers[.acceptEncoding])
            .header(.twilioRequestID, requestID)
        if drain.isUnderWay { answer.headers[.connection] = "close" }
        let body = ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
        let complete = Response(status: answer.status, headers: answer.headers, body: body)
        return request.method == .head ? complete.createHeadResponse() : complete
    }
}
