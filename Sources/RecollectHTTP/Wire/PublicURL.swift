import RecollectVocabulary

/// Under which address the caller reaches this server: the configured one, or else the one it used.
enum PublicURL {
    /// The longest Host header accepted, in characters.
    ///
    /// Source: RFC 1035 (255) and a port.
    private static let hostLengthLimit = 261

    /// - Parameters:
    ///   - configured: the configured address.
    ///   - host: the Host header, from which nothing but a host and a port is taken over into answers.
    ///   - forwardedProto: the X-Forwarded-Proto header; its first scheme counts, the one nearest to the caller.
    ///   - fallback: host and port of the server itself, for callers that send no Host.
    /// - Returns: scheme, host and port, without a slash at the end.
    /// - Throws: `Rejection` when the Host header is no host.
    static func base(
        configured: String?,
        host: String?,
        forwardedProto: String?,
        fallback: String
    ) throws(Rejection) -> String {
        if let configured { return withoutTrailingSlash(configured) }
        let host = host.flatMap { $0.isEmpty ? nil : $0 } ?? fallback
        guard host.utf8.count <= hostLengthLimit, host.utf8.allSatisfy(isHostCharacter) else {
            throw Rejection(.malformed, "Host", "must be a host name or address, with or without a port")
        }
        let scheme = forwardedProto.map { trimmed($0.prefix { $0 != "," }).lowercased() }
        return (scheme == "https" ? "https://" : "http://") + host
    }

    private static func withoutTrailingSlash(_ url: String) -> String {
        url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    private static func isHostCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            Array("-._:[]".utf8).contains(byte)
        }
    }
}
