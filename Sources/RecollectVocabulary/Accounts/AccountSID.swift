/// The id of an account: `AC` and 32 hexadecimal digits in lower case.
package struct AccountSID: Sendable, Hashable {
    /// The SID as the wire writes it.
    package let text: String

    /// Reads a SID.
    ///
    /// - Parameter text: the SID.
    /// - Throws: `Rejection` when it is not `AC` and 32 hexadecimal digits.
    package init(_ text: String) throws(Rejection) {
        guard SID.isSID(text, prefix: "AC") else {
            throw Rejection(.malformed, "accountSid", "must be AC and 32 hexadecimal digits in lower case")
        }
        self.text = text
    }

    /// Draws a new SID.
    ///
    /// - Parameter ids: where its digits come from.
    package init(from ids: some IDSource) {
        text = SID.make(prefix: "AC", from: ids.secret(16))
    }
}

/// The id of an API key: `SK` and 32 hexadecimal digits in lower case.
package struct APIKeySID: Sendable, Hashable {
    /// The SID as the wire writes it.
    package let text: String

    /// Reads a SID.
    ///
    /// - Parameter text: the SID.
    /// - Throws: `Rejection` when it is not `SK` and 32 hexadecimal digits.
    package init(_ text: String) throws(Rejection) {
        guard SID.isSID(text, prefix: "SK") else {
            throw Rejection(.malformed, "keySid", "must be SK and 32 hexadecimal digits in lower case")
        }
        self.text = text
    }

    /// Draws a new SID.
    ///
    /// - Parameter ids: where its digits come from.
    package init(from ids: some IDSource) {
        text = SID.make(prefix: "SK", from: ids.secret(16))
    }
}

/// What the two kinds of SID have in common.
private enum SID {
    static func isSID(_ text: String, prefix: String) -> Bool {
        text.utf8.count == 34 && text.hasPrefix(prefix) && text.utf8.dropFirst(2).allSatisfy(isHexadecimal)
    }

    static func make(prefix: String, from bytes: [UInt8]) -> String {
        prefix + bytes.hexadecimal
    }

    private static func isHexadecimal(_ character: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(character)
    }
}

extension [UInt8] {
    /// The bytes that hexadecimal digits write; nil when they are none, or an odd number.
    ///
    /// - Parameter text: the digits, in any case.
    package init?(hexadecimal text: String) {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count, text.utf8.count == text.count, digits.count.isMultiple(of: 2) else {
            return nil
        }
        self = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    /// The bytes as hexadecimal digits in lower case.
    package var hexadecimal: String {
        let digits = Array<UInt8>("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
