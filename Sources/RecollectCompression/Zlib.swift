import CZlib

/// gzip and deflate, through zlib.
enum Zlib {
    /// The wrapper around the deflated data, as zlib's `windowBits` says it.
    enum Format: Int32 {
        case zlib = 15
        case gzip = 31
        case raw = -15
    }

    /// The level of compression: 1 is three times as fast as zlib's default for a tenth more bytes.
    private static let level: Int32 = 1
    private static let chunkSize = 64 << 10

    static func compress(_ bytes: [UInt8], format: Format) -> [UInt8] {
        var stream = z_stream()
        let started = deflateInit2_(
            &stream,
            level,
            Z_DEFLATED,
            format.rawValue,
            8,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        precondition(started == Z_OK, "zlib accepts its own constants")
        defer { deflateEnd(&stream) }
        var input = bytes
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        return input.withUnsafeMutableBufferPointer { source in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(source.count)
            return [UInt8](unsafeUninitializedCapacity: bound) { target, count in
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(bound)
                let ended = deflate(&stream, Z_FINISH)
                precondition(ended == Z_STREAM_END, "the bound holds the whole output")
                count = bound - Int(stream.avail_out)
            }
        }
    }

    static func decompress(_ bytes: [UInt8], format: Format, limit: Int) throws(DecompressionError) -> [UInt8] {
        var stream = z_stream()
        let started = inflateInit2_(&stream, format.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(started == Z_OK, "zlib accepts its own constants")
        defer { inflateEnd(&stream) }
        var input = bytes
        var output: [UInt8] = []
        let failure: DecompressionError? = input.withUnsafeMutableBufferPointer { source in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(source.count)
            return inflateAll(&stream, into: &output, format: format, limit: limit)
        }
        if let failure { throw failure }
        return output
    }

    /// Inflates until the input ends; a gzip file may have several members, one after the other (RFC 1952, section 2.2).
    private static func inflateAll(
        _ stream: inout z_stream,
        into output: inout [UInt8],
        format: Format,
        limit: Int
    ) -> DecompressionError? {
        var chunk = [UInt8](repeating: 0, count: chunkSize)
        while true {
            let outcome = chunk.withUnsafeMutableBufferPointer { target in
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return inflate(&stream, Z_NO_FLUSH)
            }
            output.append(contentsOf: chunk.prefix(chunkSize - Int(stream.avail_out)))
            if output.count > limit { return .tooLarge }
            switch outcome {
            case Z_STREAM_END where stream.avail_in == 0:
                return nil
            case Z_STREAM_END where format == .gzip:
                guard inflateReset(&stream) == Z_OK else { return .corrupt }
            case Z_STREAM_END:
                return .trailingData
            case Z_OK:
                // No output and no input left: the data is cut short.
                if stream.avail_in == 0, stream.avail_out != 0 { return .corrupt }
            default:
                return .corrupt
            }
        }
    }
}
