/// How a body is compressed on the wire (RFC 9110, section 8.4.1), by its name there.
package enum ContentCoding: String, Sendable, CaseIterable {
    case gzip
    case deflate
    case br
}

/// Why a compressed body cannot be read.
package enum DecompressionError: Error, Sendable, Equatable {
    /// It is not what its coding says, or it is cut short.
    case corrupt
    /// It is larger than allowed when decompressed.
    case tooLarge
}

/// Compresses and decompresses whole bodies.
package enum Compression {
    /// Recognises a compressed body by its first bytes; only gzip has any (RFC 1952, section 2.3.1).
    ///
    /// - Parameter bytes: the body.
    /// - Returns: the coding, if the bytes tell.
    package static func sniff(_ bytes: [UInt8]) -> ContentCoding? {
        bytes.starts(with: [0x1F, 0x8B]) ? .gzip : nil
    }

    /// Compresses a body, fast rather than small: it is made while a caller waits.
    ///
    /// - Parameters:
    ///   - bytes: the body.
    ///   - coding: how.
    /// - Returns: the compressed body.
    package static func compress(_ bytes: [UInt8], with coding: ContentCoding) -> [UInt8] {
        switch coding {
        case .gzip: Zlib.compress(bytes, format: .gzip)
        case .deflate: Zlib.compress(bytes, format: .zlib)
        case .br: Brotli.compress(bytes)
        }
    }

    /// Decompresses a body, and stops when it grows too large: a bomb costs no more than the limit.
    ///
    /// - Parameters:
    ///   - bytes: the compressed body.
    ///   - coding: how it is compressed. `deflate` may be with or without the zlib wrapper: senders disagree.
    ///   - limit: the most bytes it may have when decompressed.
    /// - Returns: the body.
    /// - Throws: `DecompressionError`.
    package static func decompress(
        _ bytes: [UInt8],
        with coding: ContentCoding,
        limit: Int
    ) throws(DecompressionError) -> [UInt8] {
        switch coding {
        case .gzip:
            return try Zlib.decompress(bytes, format: .gzip, limit: limit)
        case .deflate:
            do {
                return try Zlib.decompress(bytes, format: .zlib, limit: limit)
            } catch .corrupt {
                return try Zlib.decompress(bytes, format: .raw, limit: limit)
            }
        case .br:
            return try Brotli.decompress(bytes, limit: limit)
        }
    }
}
