import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Metrics
import NIOCore
import RecollectTestSupport
import RecollectVocabulary
import Synchronization

@testable import RecollectDomain
@testable import RecollectHTTP

/// A clock that stands still until it is moved.
final class StandingClock: WallClock {
    private let moment = Mutex(Timestamp(microseconds: 1_800_000_000_000_000))

    func now() -> Timestamp { moment.withLock { $0 } }
    func advance(by duration: Duration) { moment.withLock { $0 = $0 + duration } }
}

/// A server with a few made-up routes, one account, and a password that makes authentication itself fail.
struct ExampleServer {
    struct Trouble: Error { let secret = "the password of the database" }

    static let sid = "AC" + String(repeating: "0", count: 32)
    static let other = "AC" + String(repeating: "1", count: 32)

    let clock = StandingClock()
    var options = APIServer.Options(
        pageTokenKey: [UInt8](repeating: 1, count: 32),
        openAPIDocument: Array("openapi: 3.0.3\n".utf8)
    )
    var isReady = true
    var logger = Logger.silent
    var metrics: (any MetricsFactory)?
    var metricsPage: (@Sendable () async -> MetricsPage)?

    init() {
        options.port = 0
    }

    var application: some ApplicationProtocol {
        let isReady = isReady
        return APIServer(
            routes: routes,
            options: options,
            clock: clock,
            ids: RandomIDSource(),
            logger: logger,
            authenticate: { user, password in
                if password == "broken" { throw Trouble() }
                guard password == "secret", let account = try? AccountSID(user) else { return nil }
                return AccountScope(account: account)
            },
            health: { Health(isReady: isReady, details: [("engine", "none")]) },
            metrics: metrics ?? NOOPMetricsHandler.instance,
            metricsPage: metricsPage
        ).application()
    }

    private var routes: [Route] {
        let thing = "/v1/Things/{thingId}"
        return [
            Route(.get, "/v1/Things") { request in
                let page = try request.list(maximum: 100, filters: ["source"])
                let query = try page.query { (text, _) throws(Rejection) in text }
                let slice = query.slice(
                    Array(["a", "b", "c"].drop { $0 <= query.cursor ?? "" }.prefix(query.rowsWanted))
                )
                return page.page("things", slice, cursor: \.self) { writer, row in writer.string(row) }
            },
            Route(.post, "/v1/Things") { request in
                let body = try request.object(.controlPlanePayload)
                try body.allowOnly("name", "pad")
                let name = try body["name"].required().string(1...8)
                return APIResponse.json(.accepted) { writer in
                    writer.object { writer in
                        writer.field("name", name)
                        writer.field("claim", ifPresent: request.scope.claim?.requestDigest.hexadecimal)
                    }
                }.header(.operationID, "op").header(.location, request.publicBaseURL + "/v1/Operations/op")
                    .header(.retryAfter, "1")
            },
            Route(.get, thing) { request in
                APIResponse.json { writer in
                    writer.object { writer in
                        writer.field("id", request.parameter("thingId"))
                        writer.field("account", request.scope.account.text)
                        for (name, value) in request.query.sorted(by: { $0.key < $1.key }) { writer.field(name, value) }
                    }
                }.header(.eTag, EntityTag.text(3))
            },
            Route(.patch, thing) { request in
                try request.expectedVersion().require(3)
                return .accepted("changed")
            },
            Route(.delete, thing) { request in
                let id = try request.parameter("thingId", StoreID.init(_:field:))
                return .accepted(id.description)
            },
            Route(.post, "/v1/Things/Lookup") { request in .json(JSONValue.string("\(request.body.count)")) },
            Route(.get, "/v1/Large/{size}") { request in
                .json(String(repeating: "x", count: Int(request.parameter("size")) ?? 0))
            },
            Route(.get, "/v1/Broken") { _ in throw Trouble() },
            Route(.get, "/v1/Busy") { _ in throw Rejection(.unavailable, nil, "try again") },
            Route(.get, "/v1/Wordy") { _ in throw Rejection(.conflict, String(repeating: "é", count: 5000), "x") },
        ]
    }

    /// Credentials of an account.
    static func authorization(_ sid: String = sid, _ password: String = "secret") -> HTTPFields {
        [.authorization: "Basic " + Base64.standard.encode(Array("\(sid):\(password)".utf8))]
    }
}

/// A response, taken apart.
struct Answer {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// A member of the body's object.
    subscript(_ name: String) -> JSONValue? {
        guard case .object(let object)? = try? JSONReader.read(bytes) else { return nil }
        return object[name]
    }

    /// The error's code; nil when the body is not that of an error of this status.
    var code: Int? {
        guard case .number(let code)? = self["code"], case .number(let status)? = self["status"],
            case .string(let message)? = self["message"], case .string(let info)? = self["more_info"],
            status.integer == Int64(self.status), (1...1024).contains(message.unicodeScalars.count),
            info == "https://www.twilio.com/docs/errors/\(code.lexeme)"
        else { return nil }
        return code.integer.map(Int.init)
    }

    var message: String? {
        guard case .string(let message)? = self["message"] else { return nil }
        return message
    }
}

extension TestClientProtocol {
    /// Sends a request of the example's account.
    func send(
        _ method: HTTPRequest.Method,
        _ uri: String,
        _ headers: HTTPFields = [:],
        body: String? = nil,
        bytes: [UInt8]? = nil,
        authorization: HTTPFields = ExampleServer.authorization()
    ) async throws -> Answer {
        var all = authorization
        for field in headers { all.append(field) }
        let bytes = bytes ?? body.map { Array($0.utf8) }
        let response = try await executeRequest(
            uri: uri,
            method: method,
            headers: all,
            body: bytes.map { ByteBuffer(bytes: $0) }
        )
        return Answer(
            status: response.status.code,
            headers: response.headers,
            bytes: Array(response.body.readableBytesView)
        )
    }
}
