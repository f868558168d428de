import RecollectCompression
import Testing

@Suite struct `Content codings` {
    private static let samples: [[UInt8]] = [
        [], [0], Array("{\"a\": 1}".utf8), [UInt8](repeating: 7, count: 300_000),
        // Bytes without a pattern, which no coding makes smaller.
        (0..<200_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13 ^ $0 &* 31) },
    ]

    @Test(arguments: ContentCoding.allCases, samples)
    func `what is compressed comes back whole`(coding: ContentCoding, bytes: [UInt8]) throws {
        let compressed = coding.compress(bytes)
        #expect(try coding.decompress(compressed, limit: bytes.count) == bytes)
    }

    @Test(arguments: ContentCoding.allCases)
    func `the limit is the last size accepted`(coding: ContentCoding) throws {
        let bytes = [UInt8](repeating: 7, count: 100_000)
        let compressed = coding.compress(bytes)
        #expect(try coding.decompress(compressed, limit: 100_000).count == 100_000)
        #expect(throws: DecompressionError.tooLarge) { try coding.decompress(compressed, limit: 99_999) }
        #expect(throws: DecompressionError.tooLarge) { try coding.decompress(compressed, limit: 0) }
    }

    @Test(arguments: ContentCoding.allCases)
    func `a body cut short anywhere is corrupt`(coding: ContentCoding) {
        let compressed = coding.compress(Array("a body of some words, and some words more".utf8))
        for length in 0..<compressed.count {
            #expect(throws: DecompressionError.corrupt, "\(length)") {
                try coding.decompress(Array(compressed.prefix(length)), limit: 1000)
            }
        }
    }

    @Test(arguments: ContentCoding.allCases)
    func `what follows the end is not part of the body`(coding: ContentCoding) {
        let compressed = coding.compress(Array("body".utf8))
        for tail: [UInt8] in [[0], [0x1F], Array("more".utf8)] {
            #expect(throws: DecompressionError.trailingData) { try coding.decompress(compressed + tail, limit: 1000) }
        }
    }

    @Test(arguments: ContentCoding.allCases)
    func `any bytes end in a value or an error`(coding: ContentCoding) {
        var state: UInt64 = 1
        for length in 0..<400 {
            let bytes = (0..<length).map { _ -> UInt8 in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 33)
            }
            let output = try? coding.decompress(bytes, limit: 10_000)
            #expect((output?.count ?? 0) <= 10_000)
        }
    }

    @Test(arguments: ContentCoding.allCases)
    func `a flipped bit never makes another body of the checked codings`(coding: ContentCoding) {
        let body = Array("a body of some words, and some words more".utf8)
        let compressed = coding.compress(body)
        for index in compressed.indices {
            var damaged = compressed
            damaged[index] ^= 0x10
            let output = try? coding.decompress(damaged, limit: 1000)
            // Brotli has no checksum; gzip's header has fields that say nothing about the body.
            if coding != .br { #expect(output == nil || output == body, "\(index)") }
        }
    }
}
