/// How large the parts of a file may be.
///
/// Source: ours. RFC 4180 knows no limits; without them one missing quote could hold a file in memory.
package enum CSVLimits {
    /// The longest value of a field, in bytes of UTF-8, quotes taken off.
    package static let fieldBytes = 64 << 10
    /// The longest row, in bytes as it stands in the file, without its line end.
    package static let rowBytes = 1 << 20
    /// The most fields of a row, and so the most columns of a header.
    package static let fields = 1_000
    /// How far a quote may be from the one that closes it, in bytes; beyond, it is taken as never closed.
    ///
    /// This bounds how many good rows a forgotten quote can swallow.
    package static let quoteBytes = rowBytes
    /// How far a row that is already too long is followed in search of its end, in bytes; beyond, the file ends.
    package static let skippedBytes = 16 << 20
}
