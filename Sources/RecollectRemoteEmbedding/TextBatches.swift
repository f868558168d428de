/// Texts as they are sent: cut to what models read, and a few to a request.
struct TextBatches: Sequence, IteratorProtocol {
    /// How many Unicode scalars of a text are sent; the rest would be cut off at the other end, or refused.
    ///
    /// Source: an observation's longest content, and at two tokens a scalar what a window of 8,192 tokens holds.
    static let scalarsLimit = 4096
    /// How many texts one request has.
    ///
    /// Source: ours; endpoints allow from 32 (some self-hosted ones, by default) to 2,048.
    static let countLimit = 64
    /// How many bytes of text one request has.
    static let bytesLimit = 256 << 10

    private var rest: ArraySlice<String>

    init(_ texts: [String]) {
        rest = texts[...]
    }

    /// The next request's texts; nil when all are sent.
    mutating func next() -> [String]? {
        var batch: [String] = []
        var bytes = 0
        while batch.count < Self.countLimit, let first = rest.first {
            let text = Self.sendable(first)
            bytes += text.utf8.count
            // The longest single text is far below the limit, so no batch is empty.
            if bytes > Self.bytesLimit { break }
            batch.append(text)
            rest.removeFirst()
        }
        return batch.isEmpty ? nil : batch
    }

    /// A text as it is sent: not empty, which some endpoints refuse.
    private static func sendable(_ text: String) -> String {
        if text.isEmpty { return " " }
        // A scalar has four bytes at most: what has fewer bytes than the limit needs no counting.
        guard text.utf8.count > scalarsLimit else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(scalarsLimit)))
    }
}
