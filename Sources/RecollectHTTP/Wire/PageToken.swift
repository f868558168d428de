import Crypto
import RecollectVocabulary

// A page token is what the next request needs to know, in bytes, and a seal over it: HMAC-SHA-256 with a key of this
// installation over the list's path, the account and those bytes. Path and account are under the seal without being in the
// token, which keeps it short: a token of another list, of another account, or with one bit changed has a wrong seal. The
// bytes are readable to whoever decodes them; they hold nothing that the caller did not send or see.

/// What a page token carries from one page of a list to the next.
struct PageToken: Equatable {
    /// The longest token accepted, in characters.
    ///
    /// Source: openapi.yaml.
    static let lengthLimit = 4096

    let order: PageOrder
    let isBackward: Bool
    let size: Int
    /// The key of the row next to which the page lies; nil for the first page, or backward for the last.
    let cursor: String?
    /// The filters that were given, by name.
    let filters: [String: String]
}

/// Seals page tokens of one list for one account, and opens them.
struct PageTokenSeal: Sendable {
    private static let sealLength = SHA256.byteCount

    private let key: SymmetricKey
    private let context: [UInt8]

    /// A seal.
    ///
    /// - Parameters:
    ///   - key: the installation's key.
    ///   - path: the list's path, ids included.
    ///   - account: whose list it is.
    init(key: SymmetricKey, path: String, account: String) {
        self.key = key
        context = Array("\(account)\n\(path)\n".utf8)
    }

    func seal(_ token: PageToken) -> String {
        let payload = token.encoded
        let code = HMAC<SHA256>.authenticationCode(for: context + payload, using: key)
        return Base64.url.encode(Array(code) + payload)
    }

    func open(_ text: String) throws(Rejection) -> PageToken {
        guard text.utf8.count <= PageToken.lengthLimit, let bytes = Base64.url.decode(text),
            bytes.count > Self.sealLength
        else { throw Self.refusal }
        let payload = Array(bytes[Self.sealLength...])
        // Compared in constant time.
        guard
            HMAC<SHA256>.isValidAuthenticationCode(
                bytes[..<Self.sealLength],
                authenticating: context + payload,
                using: key
            ),
            let token = PageToken(encoded: payload)
        else { throw Self.refusal }
        return token
    }

    static let refusal = Rejection(.malformed, "pageToken", "is no token of this list")
}

extension PageToken {
    private static let layoutVersion: UInt8 = 1
    private static let descendingFlag: UInt8 = 1
    private static let backwardFlag: UInt8 = 2
    private static let cursorFlag: UInt8 = 4

    /// Layout version, flags, size, cursor, filters; texts with their length in two bytes.
    fileprivate var encoded: [UInt8] {
        var flags: UInt8 = order == .descending ? Self.descendingFlag : 0
        if isBackward { flags |= Self.backwardFlag }
        if cursor != nil { flags |= Self.cursorFlag }
        var bytes = [Self.layoutVersion, flags] + bigEndian(size)
        if let cursor { append(cursor, to: &bytes) }
        for (name, value) in filters.sorted(by: { $0.key < $1.key }) {
            append(name, to: &bytes)
            append(value, to: &bytes)
        }
        return bytes
    }

    fileprivate init?(encoded bytes: [UInt8]) {
        guard bytes.count >= 4, bytes[0] == Self.layoutVersion else { return nil }
        let flags = bytes[1]
        size = Int(bytes[2]) << 8 | Int(bytes[3])
        order = flags & Self.descendingFlag != 0 ? .descending : .ascending
        isBackward = flags & Self.backwardFlag != 0
        var rest = bytes[4...]
        if flags & Self.cursorFlag != 0 {
            guard let text = takeText(&rest) else { return nil }
            cursor = text
        } else {
            cursor = nil
        }
        var filters: [String: String] = [:]
        while !rest.isEmpty {
            guard let name = takeText(&rest), let value = takeText(&rest) else { return nil }
            filters[name] = value
        }
        self.filters = filters
    }
}

private func bigEndian(_ value: Int) -> [UInt8] {
    precondition((0...0xFFFF).contains(value), "page sizes, cursors and filters fit in two bytes")
    return [UInt8(value >> 8), UInt8(value & 0xFF)]
}

private func append(_ text: String, to bytes: inout [UInt8]) {
    bytes += bigEndian(text.utf8.count)
    bytes += text.utf8
}

private func takeText(_ bytes: inout ArraySlice<UInt8>) -> String? {
    guard bytes.count >= 2 else { return nil }
    let length = Int(bytes.removeFirst()) << 8 | Int(bytes.removeFirst())
    guard bytes.count >= length else { return nil }
    defer { bytes.removeFirst(length) }
    return String(validating: bytes.prefix(length), as: UTF8.self)
}
