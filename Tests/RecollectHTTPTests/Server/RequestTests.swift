import HTTPTypes
import Hummingbird
import HummingbirdTesting
import RecollectVocabulary
import Testing

@testable import RecollectHTTP

@Suite struct `The way of a request` {
    private let server = ExampleServer()

    @Test func `a route gets path, query and account, decoded`() async throws {
        try await server.application.test(.router) { client in
            let answer = try await client.send(.get, "/v1/Things/a%2Fb%20c?x=1+2&x=3&unknown")
            #expect(answer.status == 200)
            #expect(answer.text == #"{"id":"a/b c","account":"\#(ExampleServer.sid)","unknown":"","x":"1 2"}"#)
            #expect(answer.headers[.contentType] == "application/json")
            #expect(answer.headers[.eTag] == "\"3\"")
        }
    }

    @Test func `every response has a request id of its own`() async throws {
        try await server.application.test(.router) { client in
            var ids: Set<String> = []
            for path in ["/health", "/openapi.yaml", "/nowhere", "/v1/Things", "/v1/Broken", "/%"] {
                let id = try #require(try await client.send(.get, path).headers[.twilioRequestID])
                #expect(id.wholeMatch(of: /RQ[0-9a-f]{32}/) != nil)
                ids.insert(id)
            }
            #expect(ids.count == 6)
        }
    }

    @Test(arguments: [
        "/", "/v1", "/v1/", "/v1/Things/", "/v1//Things", "/V1/Things", "/v1/Things/a/b", "/v1/Nothing", "*", "",
        "http://host/v1/Things", "/healthy", "/../health",
    ])
    func `an unknown path is 404 before anything else`(_ path: String) async throws {
        try await server.application.test(.router) { client in
            let answer = try await client.send(.post, path, [.contentType: "text/csv"], body: "x", authorization: [:])
            #expect(answer.status == 404)
            #expect(answer.code == 20404)
        }
    }

    @Test(arguments: ["PUT", "OPTIONS", "TRACE", "CONNECT", "QUERY", "MADEUP", "PROPFIND"])
    func `a known path with another method is 405 and says which`(_ name: String) async throws {
        let method = try #require(HTTPRequest.Method(name))
        try await server.application.test(.router) { client in
            let answer = try await client.send(method, "/v1/Things/a", authorization: [:])
            #expect(answer.status == 405)
            #expect(answer.code == 20004)
            #expect(answer.headers[.allow] == "DELETE, GET, HEAD, PATCH")
            #expect(try await client.send(method, "/health").headers[.allow] == "GET, HEAD")
            // A segment spelled out wins over a parameter.
            #expect(try await client.send(.get, "/v1/Things/Lookup").headers[.allow] == "POST")
        }
    }

    @Test func `HEAD is GET without the body`() async throws {
        try await server.application.test(.live) { client in
            let get = try await client.send(.get, "/v1/Things/a")
            let head = try await client.send(.head, "/v1/Things/a")
            #expect(head.status == 200)
            #expect(head.bytes.isEmpty)
            #expect(head.headers[.contentLength] == "\(get.bytes.count)")
            // The connection goes on.
            #expect(try await client.send(.get, "/v1/Things/a").bytes == get.bytes)
        }
    }

    @Test(arguments: ["/v1/%", "/v1/Things/%FF", "/v1/Things/a%00", "/v1/Things?a=%00", "/v1/Things?%C0%80"])
    func `a target that does not decode is 400`(_ path: String) async throws {
        try await server.application.test(.router) { client in
            let answer = try await client.send(.get, path)
            #expect(answer.status == 400)
            #expect(answer.code == 20001)
        }
    }

    @Test func `an error that nobody expected is 500, and its text stays inside`() async throws {
        try await server.application.test(.router) { client in
            let answer = try await client.send(.get, "/v1/Broken")
            #expect(answer.status == 500)
            #expect(answer.code == 20500)
            #expect(!answer.text.contains("password"))
            let broken = try await client.send(
                .get,
                "/v1/Things",
                authorization: ExampleServer.authorization(ExampleServer.sid, "broken")
            )
            #expect(broken.code == 20500)
        }
    }

    @Test func `a refusal is told in our words and at most 1024 characters`() async throws {
        try await server.application.test(.router) { client in
            let busy = try await client.send(.get, "/v1/Busy")
            #expect(busy.status == 503 && busy.code == 20503 && busy.headers[.retryAfter] == "1")
            let wordy = try await client.send(.get, "/v1/Wordy")
            #expect(wordy.code == 20409)
            #expect(wordy.message?.unicodeScalars.count == 1024)
        }
    }

    @Test func `health and contract need no authentication`() async throws {
        try await server.application.test(.router) { client in
            let health = try await client.send(.get, "/health", authorization: [:])
            #expect(health.status == 200)
            #expect(health.text == #"{"status":"ready","engine":"none"}"#)
            let contract = try await client.send(.get, "/openapi.yaml", authorization: [:])
            #expect(contract.text == "openapi: 3.0.3\n")
        }
        var starting = server
        starting.isReady = false
        try await starting.application.test(.router) { client in
            let health = try await client.send(.get, "/health", authorization: [:])
            #expect(health.status == 503)
            #expect(health["status"] == .string("unavailable"))
        }
    }

    @Test(arguments: ["", "Basic", "Basic !", "Bearer abc", "Digest a=b"])
    func `credentials missing or malformed are 401 with a challenge`(_ header: String) async throws {
        try await server.application.test(.router) { client in
            let fields: HTTPFields = header.isEmpty ? [:] : [.authorization: header]
            let answer = try await client.send(.get, "/v1/Things", authorization: fields)
            #expect(answer.status == 401)
            #expect(answer.code == 20003)
            #expect(answer.headers[.wwwAuthenticate]?.hasPrefix("Basic realm=") == true)
            let wrong = ExampleServer.authorization(ExampleServer.sid, "wrong")
            #expect(try await client.send(.get, "/v1/Things", authorization: wrong).code == 20003)
        }
    }

    @Test func `an account that sends too much waits, and others do not`() async throws {
        var limited = server
        limited.options.requestsPerSecond = 2
        let clock = server.clock
        try await limited.application.test(.router) { client in
            for _ in 0..<2 { #expect(try await client.send(.get, "/v1/Things").status == 200) }
            let answer = try await client.send(.get, "/v1/Things")
            #expect(answer.status == 429)
            #expect(answer.code == 20429)
            #expect(answer.headers[.retryAfter] == "1")
            let other = ExampleServer.authorization(ExampleServer.other)
            #expect(try await client.send(.get, "/v1/Things", authorization: other).status == 200)
            clock.advance(by: .milliseconds(500))
            #expect(try await client.send(.get, "/v1/Things").status == 200)
            #expect(try await client.send(.get, "/v1/Things").status == 429)
            clock.advance(by: .seconds(-100))
            #expect(try await client.send(.get, "/v1/Things").status == 429)
        }
    }

    @Test func `an If-Match that is stale is 412, and one too long 400`() async throws {
        try await server.application.test(.router) { client throws in
            for (header, status) in [
                ("\"3\"", 202), ("3", 202), ("*", 202), ("2", 412), ("W/\"3\"", 202), ("junk", 412),
            ] {
                #expect(try await client.send(.patch, "/v1/Things/a", [.ifMatch: header]).status == status)
            }
            let long = String(repeating: "1", count: 101)
            #expect(try await client.send(.patch, "/v1/Things/a", [.ifMatch: long]).code == 20001)
            #expect(try await client.send(.patch, "/v1/Things/a", [.ifMatch: "2"]).code == 520043)
            #expect(try await client.send(.patch, "/v1/Things/a").status == 202)
        }
    }

    @Test func `a list goes on where its token says`() async throws {
        try await server.application.test(.router) { client in
            let first = try await client.send(.get, "/v1/Things?pageSize=2&orderBy=ASC")
            guard case .object(let meta)? = first["meta"], case .string(let token)? = meta["nextToken"] else {
                return #expect(Bool(false))
            }
            let second = try await client.send(.get, "/v1/Things?pageToken=\(token)")
            #expect(second["things"] == .array([.string("c")]))
            let foreign = ExampleServer.authorization(ExampleServer.other)
            let refused = try await client.send(.get, "/v1/Things?pageToken=\(token)", authorization: foreign)
            #expect(refused.message == "pageToken: is no token of this list")
        }
    }

    @Test func `an address in an answer is the caller's own`() async throws {
        try await server.application.test(.router) { client in
            let answer = try await client.send(.post, "/v1/Things", body: #"{"name":"a"}"#)
            #expect(answer.headers[.location] == "http://localhost/v1/Operations/op")
        }
        var configured = server
        configured.options.publicURL = "https://memory.example/"
        try await configured.application.test(.router) { client in
            let answer = try await client.send(.post, "/v1/Things", body: #"{"name":"a"}"#)
            #expect(answer.headers[.location] == "https://memory.example/v1/Operations/op")
        }
    }

    @Test func `every reason has a code and a status of its family`() {
        let reasons: [Rejection.Reason] = [
            .malformed, .unauthenticated, .forbidden, .notFound, .methodNotAllowed, .conflict, .preconditionFailed,
            .tooLarge, .unsupportedMediaType, .tooManyRequests, .unavailable,
        ]
        let codes = reasons.map { ErrorResponse.codeAndStatus(of: $0).code }
        #expect(Set(codes).count == codes.count)
        #expect(ErrorResponse.codeAndStatus(of: .builtIn) == (520050, 409))
        #expect(ErrorResponse.codeAndStatus(of: .malformedStoreID) == (520049, 400))
    }
}
