import RecollectCompression
import Testing

@Suite struct `Formats of the wire` {
    /// The deflated data without the wrapper: two bytes before it, a checksum of four after.
    private static func raw(_ bytes: [UInt8]) -> [UInt8] {
        Array(ContentCoding.deflate.compress(bytes).dropFirst(2).dropLast(4))
    }

    @Test func `deflate is read with its wrapper and without`() throws {
        let body = Array("body, body, body".utf8)
        #expect(try ContentCoding.deflate.decompress(Self.raw(body), limit: 100) == body)
        #expect(try ContentCoding.deflate.decompress(ContentCoding.deflate.compress(body), limit: 100) == body)
    }

    @Test func `deflate without its wrapper has the same limits`() {
        let raw = Self.raw([UInt8](repeating: 1, count: 10_000))
        #expect(throws: DecompressionError.tooLarge) { try ContentCoding.deflate.decompress(raw, limit: 9_999) }
        #expect(throws: DecompressionError.trailingData) {
            try ContentCoding.deflate.decompress(raw + [1], limit: 10_000)
        }
        #expect(throws: DecompressionError.corrupt) {
            try ContentCoding.deflate.decompress(raw.dropLast(), limit: 10_000)
        }
    }

    @Test func `the members of a gzip file are one body`() throws {
        let parts = ["one ", "", "two"].map { ContentCoding.gzip.compress(Array($0.utf8)) }
        #expect(try ContentCoding.gzip.decompress(parts.flatMap { $0 }, limit: 100) == Array("one two".utf8))
    }

    @Test func `the limit counts all members`() {
        let member = ContentCoding.gzip.compress([UInt8](repeating: 1, count: 600))
        #expect(throws: DecompressionError.tooLarge) { try ContentCoding.gzip.decompress(member + member, limit: 1000) }
    }

    @Test func `a damaged second member is corrupt`() {
        let member = ContentCoding.gzip.compress(Array("body".utf8))
        #expect(throws: DecompressionError.corrupt) {
            try ContentCoding.gzip.decompress(member + member.dropLast(3), limit: 1000)
        }
    }

    @Test(arguments: ContentCoding.allCases)
    func `a bomb costs no more than its limit`(coding: ContentCoding) throws {
        // 64 MiB in some ten to three hundred kilobytes.
        let bomb = coding.compress([UInt8](repeating: 0, count: 64 << 20))
        #expect(bomb.count < 400_000)
        // The shortest of some times: what else the machine does is none of it.
        let times = (0..<5).map { _ in
            ContinuousClock().measure {
                #expect(throws: DecompressionError.tooLarge) { try coding.decompress(bomb, limit: 100_000) }
            }
        }
        #expect(try #require(times.min()) < .milliseconds(500))
    }

    @Test(arguments: ContentCoding.allCases, [600_000, 1_100_000])
    func `the room of a body ends near the limit`(coding: ContentCoding, size: Int) throws {
        // Doubling alone would reach far beyond either size.
        let compressed = coding.compress([UInt8](repeating: 0, count: size))
        let body = try coding.decompress(compressed, limit: size)
        // A chunk of 64 KiB, and what the allocator rounds up to.
        #expect(body.capacity <= size + (64 << 10) + 8192)
    }

    @Test func `gzip is known by its first two bytes`() {
        #expect(ContentCoding.sniff(ContentCoding.gzip.compress([])) == .gzip)
        #expect(ContentCoding.sniff([0x1F, 0x8B]) == .gzip)
        for bytes: [UInt8] in [[], [0x1F], [0x8B, 0x1F], Array("{}".utf8), ContentCoding.br.compress([1])] {
            #expect(ContentCoding.sniff(bytes) == nil)
        }
    }
}
