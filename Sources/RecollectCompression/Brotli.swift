import CBrotli

/// br, through Google's brotli.
enum Brotli {
    /// The quality of compression: 4 is about as fast as zlib's level 1 and smaller.
    private static let quality: Int32 = 4

    static func compress(_ bytes: [UInt8]) -> [UInt8] {
        // The library's bound is 0 for inputs beyond 2 GiB, which no body reaches.
        let bound = max(BrotliEncoderMaxCompressedSize(bytes.count), 16)
        return [UInt8](unsafeUninitializedCapacity: bound) { target, count in
            count = bound
            let succeeded = BrotliEncoderCompress(
                quality,
                BROTLI_DEFAULT_WINDOW,
                BROTLI_MODE_TEXT,
                bytes.count,
                bytes,
                &count,
                target.baseAddress
            )
            precondition(succeeded == BROTLI_TRUE, "the bound holds the whole output")
        }
    }

    static func decompress(_ bytes: [UInt8], limit: Int) throws(DecompressionError) -> [UInt8] {
        guard let state = BrotliDecoderCreateInstance(nil, nil, nil) else { throw .corrupt }
        defer { BrotliDecoderDestroyInstance(state) }
        var output = BoundedOutput(limit: limit)
        let failure: DecompressionError? = bytes.withUnsafeBufferPointer { source in
            decodeAll(state, source, into: &output)
        }
        if let failure { throw failure }
        return output.bytes
    }

    private static func decodeAll(
        _ state: OpaquePointer,
        _ source: UnsafeBufferPointer<UInt8>,
        into output: inout BoundedOutput
    ) -> DecompressionError? {
        var available = source.count
        var next = source.baseAddress
        var chunk = [UInt8](repeating: 0, count: BoundedOutput.chunkSize)
        while true {
            var room = BoundedOutput.chunkSize
            let outcome = chunk.withUnsafeMutableBufferPointer { target in
                var position = target.baseAddress
                return BrotliDecoderDecompressStream(state, &available, &next, &room, &position, nil)
            }
            output.append(chunk.prefix(BoundedOutput.chunkSize - room))
            if output.isTooLarge { return .tooLarge }
            switch outcome {
            case BROTLI_DECODER_RESULT_SUCCESS: return available == 0 ? nil : .trailingData
            case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT: continue
            default: return .corrupt
            }
        }
    }
}
