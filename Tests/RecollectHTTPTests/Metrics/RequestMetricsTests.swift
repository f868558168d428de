import HTTPTypes
import Hummingbird
import HummingbirdTesting
import RecollectMetrics
import RecollectTestSupport
import Testing

@testable import RecollectHTTP

@Suite struct `What is measured and logged of requests` {
    private let registry = MetricsRegistry()
    private let log = LogLines()
    private var server = ExampleServer()

    init() {
        let registry = registry
        server.metrics = registry
        server.metricsPage = { MetricsPage(contentType: Exposition.contentType, text: registry.exposition()) }
        server.logger = log.logger
    }

    private func metrics() throws -> PrometheusText { try PrometheusText(registry.exposition()) }

    private func count(_ method: String, _ route: String, _ status: Int) throws -> Double? {
        try metrics()["recollect_http_requests_total", ["method": method, "route": route, "status": "\(status)"]]
    }

    @Test func `requests are counted by the route's template, its method and the status`() async throws {
        try await server.application.test(.router) { client in
            for id in ["a", "b", "c"] { _ = try await client.send(.get, "/v1/Things/\(id)?secret=\(id)") }
            _ = try await client.send(.head, "/v1/Things/d")
            _ = try await client.send(.get, "/v1/Things/e", authorization: [:])
            _ = try await client.send(.get, "/v1/Broken")
        }
        #expect(try count("GET", "/v1/Things/{thingId}", 200) == 4)
        #expect(try count("GET", "/v1/Things/{thingId}", 401) == 1)
        #expect(try count("GET", "/v1/Broken", 500) == 1)
        let text = try metrics()
        let labels = ["method": "GET", "route": "/v1/Things/{thingId}"]
        #expect(text["recollect_http_request_duration_seconds_count", labels] == 5)
        #expect(text["recollect_http_requests_in_flight"] == 0)
    }

    @Test func `no caller can make the metrics grow`() async throws {
        try await server.application.test(.router) { client in
            for number in 0..<50 {
                _ = try await client.send(.get, "/hostile/\(number)", authorization: [:])
                _ = try await client.send(.get, "/v1/Things/\(number)%0A%22")
                let method = try #require(HTTPRequest.Method("HOSTILE\(number)"))
                _ = try await client.send(method, "/v1/Things")
                let stranger = ExampleServer.authorization("AC\(number)")
                _ = try await client.send(.get, "/v1/Things", authorization: stranger)
            }
        }
        let text = try metrics()
        let series = text.families["recollect_http_requests_total"]?.samples.map(\.labels) ?? []
        #expect(Set(series.map { $0["method"] }) == ["GET", "other"])
        #expect(Set(series.map { $0["route"] }) == ["unmatched", "/v1/Things", "/v1/Things/{thingId}"])
        #expect(series.count == 4)
    }

    @Test func `what the rate limit refuses is counted`() async throws {
        var server = server
        server.options.requestsPerSecond = 2
        try await server.application.test(.router) { client in
            for _ in 0..<5 { _ = try await client.send(.get, "/v1/Things") }
        }
        #expect(try metrics()["recollect_http_requests_rate_limited_total"] == 3)
    }

    @Test func `metrics are served without credentials, to GET and HEAD`() async throws {
        try await server.application.test(.router) { client in
            let answer = try await client.send(.get, "/metrics", authorization: [:])
            #expect(answer.status == 200)
            #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
            _ = try PrometheusText(answer.text)
            #expect(try await client.send(.head, "/metrics", authorization: [:]).status == 200)
            #expect(try await client.send(.post, "/metrics", authorization: [:]).status == 405)
        }
    }

    @Test func `a server that serves no metrics has nothing at that path`() async throws {
        try await ExampleServer().application.test(.router) { client in
            for authorization in [[:], ExampleServer.authorization()] {
                let answer = try await client.send(.get, "/metrics", authorization: authorization)
                #expect(answer.status == 404)
            }
        }
    }

    @Test func `an access is one entry, with nothing of the path, the query or the body`() async throws {
        let id = try await server.application.test(.router) { client in
            try await client.send(.get, "/v1/Things/person%40example.com?name=Ada").headers[.twilioRequestID] ?? ""
        }
        let lines = log.lines.filter { $0.hasPrefix("info request ") }
        try #require(lines.count == 1)
        for part in [
            "request=\(id)", "account=\(ExampleServer.sid)", "method=GET", "route=/v1/Things/{thingId}", "status=200",
            "duration_ms=", "bytes=",
        ] {
            #expect(lines[0].contains(part), "\(lines[0])")
        }
        #expect(!log.lines.joined().contains("example.com"))
        #expect(!log.lines.joined().contains("Ada"))
    }

    @Test func `what machines ask for again and again is told to who looks closely`() async throws {
        try await server.application.test(.router) { client in
            for path in ["/health", "/metrics", "/openapi.yaml"] {
                _ = try await client.send(.get, path, authorization: [:])
            }
        }
        #expect(log.lines.filter { $0.hasPrefix("debug request ") }.count == 3)
        #expect(!log.lines.contains { $0.hasPrefix("info request ") })
    }

    @Test func `a request that failed is found in the log by its id`() async throws {
        let id = try await server.application.test(.router) { client in
            try await client.send(.get, "/v1/Broken").headers[.twilioRequestID] ?? ""
        }
        let failed = log.lines.filter { $0.hasPrefix("error request failed ") }
        #expect(failed.count == 1)
        #expect(failed.first?.contains("request=\(id)") == true)
        #expect(failed.first?.contains("route=/v1/Broken") == true)
    }
}
