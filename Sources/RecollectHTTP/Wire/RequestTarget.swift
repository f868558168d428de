import RecollectVocabulary

// Path and query are cut at their separators first and percent-decoded afterwards, so that an encoded slash or ampersand is
// data. A plus sign in the query is a space, as HTML forms and the official client write it; in the path it is itself.

/// The path and the query of a request, decoded.
struct RequestTarget {
    /// The path as it was sent.
    let path: String
    /// The query as it was sent, without its question mark.
    let rawQuery: String
    /// The path's segments between its slashes.
    let segments: [String]
    /// The query's parameters; of a name that occurs twice, the first.
    let query: [String: String]

    init(_ target: String) throws(Rejection) {
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = halves.first.map(String.init) ?? ""
        rawQuery = halves.count > 1 ? String(halves[1]) : ""
        var segments: [String] = []
        for segment in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            segments.append(try percentDecoded(segment, plusIsSpace: false, field: "path"))
        }
        self.segments = segments
        var query: [String: String] = [:]
        for pair in rawQuery.split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = try percentDecoded(sides[0], plusIsSpace: true, field: "query")
            let value = try percentDecoded(sides.count > 1 ? sides[1] : "", plusIsSpace: true, field: "query")
            if query[name] == nil { query[name] = value }
        }
        self.query = query
    }
}

private func percentDecoded(_ text: Substring, plusIsSpace: Bool, field: String) throws(Rejection) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%") {
            guard let high = rest.popFirst().flatMap(hexadecimalValue),
                let low = rest.popFirst().flatMap(hexadecimalValue)
            else { throw Rejection(.malformed, field, "needs two hexadecimal digits after every %") }
            bytes.append(high << 4 | low)
        } else {
            bytes.append(byte == UInt8(ascii: "+") && plusIsSpace ? UInt8(ascii: " ") : byte)
        }
    }
    guard let decoded = String(validating: bytes, as: UTF8.self) else {
        throw Rejection(.malformed, field, "must be UTF-8 once percent-decoded")
    }
    guard !bytes.contains(0) else { throw Rejection(.malformed, field, "must not contain the character U+0000") }
    return decoded
}

private func hexadecimalValue(_ byte: UInt8) -> UInt8? {
    Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init)
}
