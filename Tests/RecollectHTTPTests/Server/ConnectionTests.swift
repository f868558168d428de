import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import NIOPosix
import RecollectVocabulary
import Testing

@testable import RecollectHTTP

@Suite(.timeLimit(.minutes(10))) struct `Connections` {
    private let server = ExampleServer()
    private let credentials =
        "Host: localhost\r\nAuthorization: Basic "
        + Base64.standard.encode(Array("\(ExampleServer.sid):secret".utf8)) + "\r\n"

    /// What the server says to these bytes, piece by piece: the next piece is sent when something came back.
    private func exchange(
        _ pieces: String...,
        closing: Bool = true,
        options: APIServer.Options? = nil
    ) async throws -> String {
        var server = server
        if let options { server.options = options }
        return try await server.application.test(.live) { client in
            let port = try #require(client.port)
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "localhost", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            var received = ""
            do {
                try await channel.executeThenClose { inbound, outbound in
                    var iterator = inbound.makeAsyncIterator()
                    for piece in pieces {
                        try await outbound.write(ByteBuffer(string: piece))
                        if let buffer = try await iterator.next() { received += String(buffer: buffer) }
                    }
                    while closing, let buffer = try await iterator.next() { received += String(buffer: buffer) }
                }
            } catch is IOError {
                // A reset ends a connection as well as a close does.
            } catch ChannelError.ioOnClosedChannel {
                // So does a close that comes while we write.
            }
            return received
        }
    }

    @Test func `headers go out in the spelling that clients look for`() async throws {
        let body = #"{"name":"a"}"#
        let answer = try await exchange(
            "POST /v1/Things HTTP/1.1\r\n\(credentials)Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
        )
        #expect(answer.hasPrefix("HTTP/1.1 202 Accepted\r\n"))
        for name in ["Twilio-Request-Id: RQ", "Operation-Id: op", "Location: http://localhost/v1", "Retry-After: 1"] {
            #expect(answer.contains("\r\n\(name)"))
        }
        let get = try await exchange("GET /v1/Things/a HTTP/1.1\r\n\(credentials)Connection: close\r\n\r\n")
        #expect(get.contains("\r\nETag: \"3\"\r\n"))
    }

    @Test func `a body announced is asked for, and sent afterwards`() async throws {
        let body = #"{"name":"a"}"#
        let answer = try await exchange(
            "POST /v1/Things HTTP/1.1\r\n\(credentials)Content-Length: \(body.utf8.count)\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
            body
        )
        #expect(answer.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\n"))
    }

    @Test func `a body announced as too large is refused unsent, and the connection ends`() async throws {
        let answer = try await exchange(
            "POST /v1/Things HTTP/1.1\r\n\(credentials)Content-Length: 10000000000\r\nExpect: 100-continue\r\n\r\n"
        )
        #expect(answer.hasPrefix("HTTP/1.1 413 "))
        #expect(answer.contains("\r\nConnection: close\r\n"))
        #expect(answer.contains("\"code\":20413"))
        let unknown = try await exchange(
            "POST /v1/Things HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000000\r\nExpect: 100-continue\r\n\r\n"
        )
        #expect(unknown.hasPrefix("HTTP/1.1 401 "))
        #expect(unknown.contains("\r\nConnection: close\r\n"))
    }

    @Test func `chunks are one body, and their sum has the same limit`() async throws {
        let head = "POST /v1/Things HTTP/1.1\r\n\(credentials)Transfer-Encoding: chunked\r\n"
        let whole = try await exchange("\(head)Connection: close\r\n\r\n5\r\n{\"nam\r\n7\r\ne\":\"a\"}\r\n0\r\n\r\n")
        #expect(whole.hasPrefix("HTTP/1.1 202 "))
        var options = server.options
        options.bodyBytesLimit = 10
        let large = try await exchange("\(head)\r\n5\r\n{\"nam\r\n7\r\ne\":\"a\"}\r\n0\r\n\r\n", options: options)
        #expect(large.hasPrefix("HTTP/1.1 413 "))
    }

    @Test func `a header larger than the server reads is 431 with our body`() async throws {
        let long = String(repeating: "a", count: 100_000)
        for request in [
            "GET /health HTTP/1.1\r\nHost: a\r\nX-Long: \(long)\r\n\r\n", "GET /\(long) HTTP/1.1\r\nHost: a\r\n\r\n",
        ] {
            let answer = try await exchange(request)
            #expect(answer.hasPrefix("HTTP/1.1 431 "))
            #expect(answer.contains("\r\nTwilio-Request-Id: RQ"))
            #expect(answer.contains("\"status\":431"))
        }
    }

    @Test(arguments: [
        "nonsense\r\n\r\n", "GET\r\n\r\n", "GET /health HTTP/9.9\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n",
        "GET /he\u{0}alth HTTP/1.1\r\nHost: a\r\n\r\n",
    ])
    func `what is no HTTP is 400 with our body`(_ request: String) async throws {
        let answer = try await exchange(request)
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.contains("\r\nTwilio-Request-Id: RQ"))
        #expect(answer.contains("\"code\":20001"))
    }

    @Test func `bytes beyond ASCII in a target are a path like any other`() async throws {
        let answer = try await exchange("GET /caf\u{E9}\u{1F600} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 4"))
        #expect(answer.contains("\r\nTwilio-Request-Id: RQ"))
    }

    @Test func `a chunk that is none ends the request with 400`() async throws {
        let answer = try await exchange(
            "POST /v1/Things HTTP/1.1\r\n\(credentials)Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"
        )
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.contains("\r\nTwilio-Request-Id: RQ"))
    }

    @Test func `a Host that is none is 400 and goes into no answer`() async throws {
        let request =
            "GET /v1/Things/a HTTP/1.1\r\nHost: a\"<b>\r\n"
            + credentials.dropFirst("Host: localhost\r\n".count) + "Connection: close\r\n\r\n"
        let answer = try await exchange(request)
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(!answer.contains("<b>"))
    }

    @Test func `a silent connection is closed, within a header and within a body`() async throws {
        var options = server.options
        options.idleTimeLimit = .milliseconds(200)
        #expect(try await exchange("GET /health HTTP/1.1\r\nHo", options: options) == "")
        let body = try await exchange(
            "POST /v1/Things HTTP/1.1\r\n\(credentials)Content-Length: 100\r\n\r\n{",
            options: options
        )
        #expect(!body.contains("202"))
    }

    @Test func `requests follow one another on a connection, pipelined too`() async throws {
        let get = "GET /v1/Things/a HTTP/1.1\r\n\(credentials)"
        let answer = try await exchange("\(get)\r\n\(get)\r\n\(get)Connection: close\r\n\r\n")
        #expect(answer.split(separator: "HTTP/1.1 200 OK").count == 3)
    }

    @Test func `many connections at once are all answered`() async throws {
        try await server.application.test(.live) { client in
            let port = try #require(client.port)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<300 {
                    group.addTask {
                        try await TestClient.withClient(host: "localhost", port: port) { client in
                            try await client.get("/health").status.code
                        }
                    }
                }
                for try await status in group { #expect(status == 200) }
            }
        }
    }
}
