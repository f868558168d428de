import HTTPTypes
import Hummingbird
import HummingbirdTesting
import RecollectCompression
import RecollectVocabulary
import Testing

@testable import RecollectHTTP

@Suite struct `Bodies` {
    private let server = ExampleServer()

    @Test(arguments: [
        "", "{", "null", "[]", "\"x\"", "7", "name=a&b=c", "{\"name\":\"\\u0000\"}", "{\"name\":\"\\ud800\"}",
        "{\"name\":\"a\u{0}\"}", "{\"name\":1}", "{\"name\":null}", "{}", "{\"name\":\"\"}", "{\"name\":\"123456789\"}",
        "{\"name\":\"a\",\"more\":1}", "{\"name\":\"a\",\"name\":\"b\"}", "\u{FEFF}",
    ])
    func `a bad body is 400 in our words`(_ body: String) async throws {
        try await server.application.test(.router) { client in
            let answer = try await client.send(.post, "/v1/Things", [.contentType: "application/json"], body: body)
            #expect(answer.status == 400)
            #expect(answer.code == 20001 || answer.code == 520046)
        }
    }

    @Test func `JSON nested ten thousand deep is 400`() async throws {
        let deep = "{\"name\":" + String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000) + "}"
        try await server.application.test(.router) { client throws in
            #expect(try await client.send(.post, "/v1/Things", body: deep).code == 20001)
        }
    }

    @Test(arguments: [
        ("application/json", 202), ("Application/JSON; charset=utf-8", 202), ("application/merge-patch+json", 202),
        ("text/plain", 415), ("application/x-www-form-urlencoded", 415), ("multipart/form-data; boundary=x", 415),
        ("", 415), ("json", 415), ("application/jsonx", 415), ("text/x+json", 415),
    ])
    func `another type than JSON is 415`(_ type: String, _ status: Int) async throws {
        try await server.application.test(.router) { client in
            let answer = try await client.send(.post, "/v1/Things", [.contentType: type], body: #"{"name":"a"}"#)
            #expect(answer.status == status)
            #expect(status == 202 || answer.code == 20422)
        }
    }

    @Test func `the type is ignored where there is no body, or where a body means nothing`() async throws {
        try await server.application.test(.router) { client throws in
            let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
            #expect(try await client.send(.get, "/v1/Things", form).status == 200)
            #expect(try await client.send(.get, "/v1/Things", form, body: "a=b").status == 200)
            #expect(try await client.send(.patch, "/v1/Things/a", form).status == 202)
            #expect(try await client.send(.post, "/v1/Things", body: #"{"name":"a"}"#).status == 202)
            let id = "mem_store_01h455vb4pex5vsknk084sn02q"
            #expect(try await client.send(.delete, "/v1/Things/\(id)", form, body: "x").status == 202)
            #expect(try await client.send(.delete, "/v1/Things/None").code == 520049)
        }
    }

    @Test(arguments: [ContentCoding.gzip, .deflate, .br])
    func `a compressed body is read, and a plain one with the header too`(_ coding: ContentCoding) async throws {
        let json = Array(#"{"name":"a","pad":"\#(String(repeating: "x", count: 500))"}"#.utf8)
        try await server.application.test(.router) { client throws in
            let header: HTTPFields = [.contentEncoding: coding.rawValue]
            #expect(try await client.send(.post, "/v1/Things", header, bytes: coding.compress(json)).status == 202)
            #expect(try await client.send(.post, "/v1/Things", header, bytes: json).status == 202)
            let cut = Array(coding.compress(json).dropLast(5))
            #expect(try await client.send(.post, "/v1/Things", header, bytes: cut).code == 20001)
            let trailed = coding.compress(json) + [0, 1, 2]
            #expect(try await client.send(.post, "/v1/Things", header, bytes: trailed).code == 20001)
        }
    }

    @Test func `codings that mean nothing are forgiven only where nothing is coded`() async throws {
        let json = #"{"name":"a"}"#
        try await server.application.test(.router) { client in
            for coding in ["identity", "compress", "zstd", "gzip, gzip", "", "x-gzip"] {
                #expect(
                    try await client.send(.post, "/v1/Things", [.contentEncoding: coding], body: json).status == 202
                )
            }
            let unknown = try await client.send(
                .post,
                "/v1/Things",
                [.contentEncoding: "zstd"],
                bytes: [0x28, 0xB5, 0x2F]
            )
            #expect(unknown.code == 20422)
            let unmarked = ContentCoding.gzip.compress(Array(json.utf8))
            #expect(try await client.send(.post, "/v1/Things", bytes: unmarked).code == 20001)
        }
    }

    @Test(arguments: [ContentCoding.gzip, .deflate, .br])
    func `a body that is too large once decompressed is 413`(_ coding: ContentCoding) async throws {
        let bomb = coding.compress([UInt8](repeating: 0x20, count: 9 * 1024 * 1024))
        #expect(bomb.count < 100_000)
        try await server.application.test(.router) { client in
            let answer = try await client.send(.post, "/v1/Things", [.contentEncoding: coding.rawValue], bytes: bomb)
            #expect(answer.status == 413)
            #expect(answer.code == 20413)
        }
    }

    @Test func `a body of the limit is read, and one byte more is 413`() async throws {
        var small = server
        small.options.bodyBytesLimit = 1000
        try await small.application.test(.router) { client in
            let fits = String(repeating: " ", count: 1000 - 12) + #"{"name":"a"}"#
            #expect(try await client.send(.post, "/v1/Things", body: fits).status == 202)
            let answer = try await client.send(.post, "/v1/Things", body: " " + fits)
            #expect(answer.status == 413)
            #expect(answer.code == 20413)
        }
    }

    @Test func `ten megabytes are 413 for a caller that sends them all`() async throws {
        try await server.application.test(.live) { client in
            let answer = try await client.send(.post, "/v1/Things", bytes: [UInt8](repeating: 0x20, count: 10 << 20))
            #expect(answer.status == 413)
        }
    }

    @Test(arguments: [ContentCoding.gzip, .deflate, .br])
    func `a response is compressed when asked`(_ coding: ContentCoding) async throws {
        try await server.application.test(.router) { client in
            let header: HTTPFields = [.acceptEncoding: coding.rawValue]
            let answer = try await client.send(.get, "/v1/Large/5000", header)
            #expect(answer.headers[.contentEncoding] == coding.rawValue)
            #expect(answer.headers[.vary] == "Accept-Encoding")
            #expect(answer.headers[.contentLength] == "\(answer.bytes.count)")
            #expect(answer.bytes.count < 1000)
            let plain = try await client.send(.get, "/v1/Large/5000")
            #expect(try coding.decompress(answer.bytes, limit: 10_000) == plain.bytes)
            let short = try await client.send(.get, "/v1/Large/10", header)
            #expect(short.headers[.contentEncoding] == nil)
            #expect(short.text == "\"xxxxxxxxxx\"")
        }
    }

    @Test func `an idempotency key claims method, path and body`() async throws {
        try await server.application.test(.router) { client in
            let claim = { (key: String?, path: String, body: String) async throws -> JSONValue? in
                try await client.send(.post, path, key.map { [.idempotencyKey: $0] } ?? [:], body: body)["claim"]
            }
            let (a, b) = (#"{"name":"a"}"#, #"{"name":"b"}"#)
            let first = try #require(try await claim("k", "/v1/Things", a))
            #expect(try await claim("k", "/v1/Things", a) == first)
            #expect(try await claim("k", "/v1/Things", b) != first)
            #expect(try await claim("k", "/v1/Things?x", a) != first)
            #expect(try await claim(nil, "/v1/Things", a) == nil)
            let compressed = try await client.send(
                .post,
                "/v1/Things",
                [.idempotencyKey: "k", .contentEncoding: "gzip"],
                bytes: ContentCoding.gzip.compress(Array(a.utf8))
            )
            #expect(compressed["claim"] == first)
            let long = String(repeating: "k", count: 256)
            let refused = try await client.send(.post, "/v1/Things", [.idempotencyKey: long], body: a)
            #expect(refused.message == "Idempotency-Key: must be 1 to 255 characters")
        }
    }
}
