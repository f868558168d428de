/// Decompressed bytes, gathered chunk by chunk up to a limit.
///
/// A plain array doubles its room when it is full, so a bomb would get twice the limit. The room asked for here ends at the
/// limit and one chunk.
struct BoundedOutput {
    /// How much is decompressed before the limit is looked at.
    static let chunkSize = 64 << 10

    private(set) var bytes: [UInt8] = []
    private let limit: Int

    init(limit: Int) {
        precondition(limit >= 0, "a limit is a count of bytes")
        self.limit = limit
    }

    /// Whether there is more than the limit allows.
    var isTooLarge: Bool { bytes.count > limit }

    mutating func append(_ chunk: ArraySlice<UInt8>) {
        let count = bytes.count + chunk.count
        if count > bytes.capacity {
            let (most, overflows) = limit.addingReportingOverflow(Self.chunkSize)
            bytes.reserveCapacity(max(count, min(bytes.capacity * 2, overflows ? limit : most)))
        }
        bytes.append(contentsOf: chunk)
    }
}
