import RecollectCompression
import RecollectVocabulary
import Testing

@testable import RecollectHTTP

@Suite struct `Headers and targets` {
    @Test(
        arguments: [
            ("\"3\"", .oneOf([3])), ("3", .oneOf([3])), ("W/\"3\"", .oneOf([3])), ("*", .any),
            ("\"1\", 2 ,W/\"4\"", .oneOf([1, 2, 4])),
            ("\"abc\"", .oneOf([])), ("", .oneOf([])), ("\"3", .oneOf([])), ("-1", .oneOf([])),
            ("\"a\", \"7\"", .oneOf([7])),
            ("99999999999999999999", .oneOf([])), ("\"", .oneOf([])), ("\"\"", .oneOf([])),
        ] as [(String, ExpectedVersion)]
    )
    func `If-Match is read quoted, bare, weak, in lists and as a star`(_ header: String, _ expected: ExpectedVersion)
        throws
    {
        #expect(try EntityTag.expectedVersion(ifMatch: header) == expected)
    }

    @Test func `no If-Match expects nothing, and one too long is refused`() throws {
        #expect(try EntityTag.expectedVersion(ifMatch: nil) == nil)
        #expect(throws: Rejection.self) { try EntityTag.expectedVersion(ifMatch: String(repeating: "1", count: 101)) }
        #expect(EntityTag.text(3) == "\"3\"")
    }

    @Test func `path and query are cut first and decoded afterwards`() throws {
        let target = try RequestTarget("/v1/a%2Fb/%C3%A9+?x=1%262&x=2&y=a+b%2Bc&z&=q")
        #expect(target.segments == ["v1", "a/b", "é+"])
        #expect(target.query == ["x": "1&2", "y": "a b+c", "z": "", "": "q"])
        #expect(target.path == "/v1/a%2Fb/%C3%A9+")
    }

    @Test(arguments: ["/%", "/%4", "/%zz", "/%FF", "/%C0%80", "/a%00", "/?a=%00", "/?%FF=1", "/?a=%E4"])
    func `a target that does not decode is refused`(_ text: String) {
        #expect(throws: Rejection.self) { try RequestTarget(text) }
    }

    @Test func `the public address is the configured one, or else the one the caller used`() throws {
        let base = { (host: String?, proto: String?) throws in
            try PublicURL.base(configured: nil, host: host, forwardedProto: proto, fallback: "127.0.0.1:8080")
        }
        #expect(try base("example.com:99", nil) == "http://example.com:99")
        #expect(try base("[::1]:99", "https, http") == "https://[::1]:99")
        #expect(try base("example.com", "javascript") == "http://example.com")
        #expect(try base(nil, nil) == "http://127.0.0.1:8080")
        for host in ["a b", "a/b", "a\r\nX: y", "a@b", "a?b", "<x>", String(repeating: "a", count: 300)] {
            #expect(throws: Rejection.self) { try base(host, nil) }
        }
        #expect(
            try PublicURL.base(configured: "https://m.example/", host: "<>", forwardedProto: nil, fallback: "")
                == "https://m.example"
        )
    }

    @Test(arguments: 0...9) func `Base64 reads back what it wrote`(_ count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 67 &+ 190) }
        #expect(Base64.standard.decode(Base64.standard.encode(bytes)) == bytes)
        #expect(Base64.url.decode(Base64.url.encode(bytes)) == bytes)
    }

    @Test(arguments: ["QQ", "QR==", "Q===", "QQ=", "====", "QQ==QQ==", "Q Q=", "é", "QQ-_"])
    func `Base64 with a flaw is refused`(_ text: String) {
        #expect(Base64.standard.decode(text) == nil || text == "")
    }

    @Test(
        arguments: [
            ("gzip", .gzip), ("deflate, gzip", .gzip), ("br", .br), ("gzip;q=0.5, br;q=1", .br), ("br, gzip", .gzip),
            ("gzip;q=0", nil), ("identity", nil), ("*", .gzip), ("*;q=0", nil), ("", nil),
            ("deflate;q=0.9, gzip;q=0.8", .deflate),
            ("gzip;q=abc", nil), ("x-gzip", .gzip), ("zstd", nil), ("gzip;q=0, *", .deflate), (" GZIP ; q=1.0 ", .gzip),
        ] as [(String, ContentCoding?)]
    )
    func `responses are coded as the caller likes best`(_ header: String, _ expected: ContentCoding?) {
        #expect(Compression.preferred(header) == expected)
    }

    @Test(arguments: [
        ("Basic QUM6dDpv", "AC", "t:o"), ("bAsIc  QTo=", "A", ""), ("Basic Og==", "", ""),
    ])
    func `Basic credentials are read`(_ header: String, _ user: String, _ password: String) throws {
        let read = try #require(Authentication.credentials(header))
        #expect(read == (user, password))
    }

    @Test(arguments: ["Basic", "Basic QQ==", "Bearer QTo=", "Basic %%%", "", "Basic QTo= x", "Basic /zo="])
    func `what are no Basic credentials is none`(_ header: String) {
        #expect(Authentication.credentials(header) == nil)
    }
}
