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
    /// Something follows its end.
    case trailingData
}

extension ContentCoding {
    /// The coding that bytes show by themselves, whatever a header says.
    ///
    /// Only gzip has a magic number (RFC 1952, section 2.3.1).
    ///
    /// - Parameter bytes: the beginning of a body, or all of it.
    /// - Returns: gzip or nothing.
    package static func sniff(_ bytes: [UInt8]) -> ContentCoding? {
        bytes.starts(with: Zlib.gzipMagic) ? .gzip : nil
    }

    /// Compresses a body, fast rather than small: it is made while a caller waits.
    ///
    /// - Parameter bytes: the body.
    /// - Returns: the compressed body.
    package func compress(_ bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .gzip: Zlib.compress(bytes, format: .gzip)
        case .deflate: Zlib.compress(bytes, format: .zlib)
        case .br: Brotli.compress(bytes)
        }
    }

    /// Decompresses a body, and stops when it grows too large: a bomb costs no more than the limit.
    ///
    /// `deflate` may be with or without the zlib wrapper: senders disagree.
    ///
    /// - Parameters:
    ///   - bytes: the compressed body.
    ///   - limit: the most bytes it may have when decompressed.
    /// - Returns: the body.
    /// - Throws: `DecompressionError`.
    package func decompress(_ bytes: [UInt8], limit: Int) throws(DecompressionError) -> [UInt8] {
        switch self {
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
