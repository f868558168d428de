package import RecollectVocabulary

/// The versions of resources as HTTP writes them: `ETag: "3"` and `If-Match: "3"`.
package enum EntityTag {
    /// The longest If-Match accepted, in characters.
    ///
    /// Source: openapi.yaml.
    package static let ifMatchLengthLimit = 100

    /// A version as a tag.
    ///
    /// - Parameter version: the version.
    /// - Returns: the tag, quoted.
    package static func text(_ version: Int) -> String {
        "\"\(version)\""
    }

    /// Reads an If-Match header: tags quoted, bare or marked weak (proxies that compress mark them so), or `*`.
    ///
    /// A tag that is no version of ours matches nothing and so leads to 412, never to 400: it may be another server's.
    ///
    /// - Parameter header: the header's value; nil when it is absent.
    /// - Returns: the versions that the caller accepts; nil when it accepts every one.
    /// - Throws: `Rejection` when the header is too long.
    package static func expectedVersion(ifMatch header: String?) throws(Rejection) -> ExpectedVersion? {
        guard let header else { return nil }
        guard header.unicodeScalars.count <= ifMatchLengthLimit else {
            throw Rejection(.malformed, "If-Match", "must be at most \(ifMatchLengthLimit) characters")
        }
        let tags = header.split(separator: ",").map { trimmed($0[...]) }
        if tags.contains("*") { return .any }
        return .oneOf(tags.compactMap(version))
    }

    private static func version(_ tag: Substring) -> Int? {
        let strong = tag.hasPrefix("W/") ? tag.dropFirst(2) : tag
        let isQuoted = strong.count >= 2 && strong.hasPrefix("\"") && strong.hasSuffix("\"")
        let digits = isQuoted ? strong.dropFirst().dropLast() : strong
        return digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(digits) : nil
    }
}

/// A header's value without the spaces around it.
func trimmed(_ text: Substring) -> Substring {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    guard let last = text.lastIndex(where: { !isSpace($0) }) else { return "" }
    return text[...last].drop(while: isSpace)
}
