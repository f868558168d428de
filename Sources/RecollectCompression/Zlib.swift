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
    /// How a member of a gzip file begins (RFC 1952, section 2.3.1).
    static let gzipMagic: [UInt8] = [0x1F, 0x8B]

    static func compress(_ bytes: [UInt8], format: Format) -> [UInt8] {
        precondition(bytes.count <= UInt32.max, "zlib counts in 32 bits, and no body is that large")
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
        guard bytes.count <= UInt32.max else { throw .tooLarge }
        var stream = z_stream()
        let started = inflateInit2_(&stream, format.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(started == Z_OK, "zlib accepts its own constants")
        defer { inflateEnd(&stream) }
        var input = bytes
        var output = BoundedOutput(limit: limit)
        let failure: DecompressionError? = input.withUnsafeMutableBufferPointer { source in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(source.count)
            return inflateAll(&stream, into: &output, format: format)
        }
        if let failure { throw failure }
        return output.bytes
    }

    /// Inflates until the input ends; a gzip file may have several members, one after the other (RFC 1952, section 2.2).
    private static func inflateAll(
        _ stream: inout z_stream,
        into output: inout BoundedOutput,
        format: Format
    ) -> DecompressionError? {
        var chunk = [UInt8](repeating: 0, count: BoundedOutput.chunkSize)
        while true {
            let outcome = chunk.withUnsafeMutableBufferPointer { target in
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return inflate(&stream, Z_NO_FLUSH)
            }
            output.append(chunk.prefix(BoundedOutput.chunkSize - Int(stream.avail_out)))
            if output.isTooLarge { return .tooLarge }
            switch outcome {
            case Z_STREAM_END where stream.avail_in == 0:
                return nil
            case Z_STREAM_END where format == .gzip && beginsMember(stream):
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

    private static func beginsMember(_ stream: z_stream) -> Bool {
        guard let next = stream.next_in, stream.avail_in >= gzipMagic.count else { return false }
        return UnsafeBufferPointer(start: next, count: gzipMagic.count).elementsEqual(gzipMagic)
    }
}
