import Crypto
import HTTPTypes
import Hummingbird
import Logging
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
        let logger: Logger

        init(source: ApplicationRequestContextSource) {
            logger = source.logger
        }
    }

    let router: Router
    let options: APIServer.Options
    let authenticate: Authentication.Authenticate
    let health: @Sendable () async -> Health
    let rateLimit: (any RateLimit)?
    let drain: Drain
    let ids: any IDSource
    let pageTokenKey: SymmetricKey

    @concurrent
    func respond(to request: Request, context: Context) async throws -> Response {
        let requestID = RequestID.next(from: ids)
        var logger = context.logger
        logger[metadataKey: "request"] = "\(requestID)"
        var response: APIResponse
        do {
            response = try await answer(request)
        } catch let refusal as Refusal {
            response = ErrorResponse.of(refusal)
        } catch let rejection as Rejection {
            response = ErrorResponse.of(Refusal(rejection))
        } catch is CancellationError {
            response = ErrorResponse.of(Refusal(Rejection(.unavailable, nil, "the server is shutting down")))
        } catch {
            logger.error("request failed", metadata: ["route": "\(route(of: request))", "error": "\(error)"])
            response = ErrorResponse.internalError
        }
        logger.debug(
            "request",
            metadata: ["route": "\(route(of: request))", "status": "\(response.status.code)"]
        )
        return finished(response, request, requestID)
    }

    private func answer(_ request: Request) async throws -> APIResponse {
        let target = try RequestTarget(request.head.path ?? "")
        if let open = try await openAnswer(request.method, target.path) { return open }
        guard let match = target.path.hasPrefix("/") ? router.match(target.segments) : nil else {
            throw Rejection(.notFound, nil, "there is nothing at this path")
        }
        guard let route = match.route(request.method) else {
            throw methodNotAllowed(request.method, allowed: match.allowed)
        }
        switch route.handling {
        case .signed(let handler):
            return try await receive(request, target, match.parameters, handler)
        case .authenticated(let handler):
            return try await answer(request, target, match, handler)
        }
    }

    /// Answers a request of an account, once its body is read.
    private func answer(
        _ request: Request,
        _ target: RequestTarget,
        _ match: Router.Match,
        _ handler: Route.Handler
    ) async throws -> APIResponse {
        let account = try await Authentication.scope(of: request.headers, authenticate)
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
    private func openAnswer(_ method: HTTPRequest.Method, _ path: String) async throws -> APIResponse? {
        guard path == "/health" || path == "/openapi.yaml" else { return nil }
        guard method == .get || method == .head else { throw methodNotAllowed(method, allowed: "GET, HEAD") }
        guard path == "/health" else {
            return APIResponse(
                status: .ok,
                headers: [.contentType: "application/yaml"],
                body: options.openAPIDocument
            )
        }
        var health = await health()
        if drain.isUnderWay { health = Health(isReady: false, details: health.details) }
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

    /// Method and path template for the log: a path's ids would make every line another route.
    private func route(of request: Request) -> String {
        let match = (try? RequestTarget(request.head.path ?? "")).flatMap { router.match($0.segments) }
        return "\(request.method.rawValue) \(match?.template ?? "unknown path")"
    }
}
