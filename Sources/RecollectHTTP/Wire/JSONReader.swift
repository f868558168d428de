// A strict reader of JSON (RFC 8259) over bytes, one pass, linear time, recursion bounded by the depth limit. Stricter than
// the RFC where leniency would let two readers disagree or the database choke: a name that occurs twice, U+0000, lone
// surrogates, invalid UTF-8 and numbers beyond a double are refused. A byte order mark in front is skipped, as the RFC
// allows. Ours rather than Foundation's, because that one rounds numbers, keeps one of two equal names in silence, and does
// not say where the mistake is.

package import RecollectVocabulary

/// Reads JSON.
package struct JSONReader {
    /// How deeply arrays and objects may nest.
    ///
    /// Source: ours; the contract nests 6 deep.
    package static let depthLimit = 64
    /// How long a number may be written.
    ///
    /// Source: ours; a double has at most 17 significant digits.
    package static let numberLengthLimit = 1024

    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads one JSON value.
    ///
    /// - Parameter bytes: the whole text.
    /// - Returns: the value.
    /// - Throws: `Rejection` of reason `.malformed` that says where the text stops being JSON.
    package static func read(_ bytes: [UInt8]) throws(Rejection) -> JSONValue {
        var reader = JSONReader(bytes)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.position = 3 }
        reader.skipSpace()
        guard reader.position < bytes.count else { throw reader.refusal("the body is empty") }
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == bytes.count else { throw reader.refusal("nothing may follow the value") }
        return value
    }

    private mutating func value(depth: Int) throws(Rejection) -> JSONValue {
        guard let byte = peek() else { throw refusal("a value is missing") }
        switch byte {
        case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: throw refusal("a value cannot start with this character")
        }
    }

    private mutating func object(depth: Int) throws(Rejection) -> JSONObject {
        try enter(depth)
        var object = JSONObject()
        skipSpace()
        if take("}") { return object }
        repeat {
            skipSpace()
            guard peek() == UInt8(ascii: "\"") else { throw refusal("a member's name in quotes is missing") }
            let start = position
            let name = try string()
            skipSpace()
            guard take(":") else { throw refusal("a colon is missing after a member's name") }
            skipSpace()
            guard object.append(name, try value(depth: depth)) else {
                position = start
                throw refusal("the name \"\(name.prefix(64))\" occurs twice in one object")
            }
            skipSpace()
        } while take(",")
        guard take("}") else { throw refusal("a comma or } is missing") }
        return object
    }

    private mutating func array(depth: Int) throws(Rejection) -> [JSONValue] {
        try enter(depth)
        var elements: [JSONValue] = []
        skipSpace()
        if take("]") { return elements }
        repeat {
            skipSpace()
            elements.append(try value(depth: depth))
            skipSpace()
        } while take(",")
        guard take("]") else { throw refusal("a comma or ] is missing") }
        return elements
    }

    private mutating func enter(_ depth: Int) throws(Rejection) {
        guard depth <= Self.depthLimit else { throw refusal("arrays and objects nest deeper than \(Self.depthLimit)") }
        position += 1
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(Rejection) -> JSONValue {
        let text = word.description.utf8
        guard bytes[position...].starts(with: text) else { throw refusal("a value cannot start with this word") }
        position += text.count
        return value
    }

    private mutating func number() throws(Rejection) -> JSONNumber {
        let start = position
        _ = take("-")
        let leading = position
        try digits()
        guard bytes[leading] != UInt8(ascii: "0") || position == leading + 1 else {
            position = leading
            throw refusal("a number cannot start with a zero and more digits")
        }
        if take(".") { try digits() }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            try digits()
        }
        guard position - start <= Self.numberLengthLimit,
            let number = JSONNumber(lexeme: String(decoding: bytes[start..<position], as: UTF8.self))
        else {
            position = start
            throw refusal("the number is too large")
        }
        return number
    }

    private mutating func digits() throws(Rejection) {
        let start = position
        while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw refusal("a digit is missing") }
    }
}

// Strings.
extension JSONReader {
    private mutating func string() throws(Rejection) -> String {
        position += 1
        let start = position
        while let byte = peek() {
            if byte == UInt8(ascii: "\"") {
                let text = try text(of: bytes[start..<position])
                position += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            guard byte >= 0x20 else { throw refusal("a control character in a string must be escaped") }
            position += 1
        }
        throw refusal("a string does not end")
    }

    /// The rest of a string in which an escape was found.
    private mutating func escapedString(from start: Int) throws(Rejection) -> String {
        var unescaped = Array(bytes[start..<position])
        while let byte = peek() {
            if byte == UInt8(ascii: "\"") {
                let text = try text(of: unescaped[...])
                position += 1
                return text
            }
            guard byte >= 0x20 else { throw refusal("a control character in a string must be escaped") }
            if byte == UInt8(ascii: "\\") {
                unescaped.append(contentsOf: String(try escape()).utf8)
            } else {
                unescaped.append(byte)
                position += 1
            }
        }
        throw refusal("a string does not end")
    }

    private func text(of utf8: ArraySlice<UInt8>) throws(Rejection) -> String {
        guard let text = String(validating: utf8, as: UTF8.self) else {
            throw refusal("the string that ends here is not UTF-8")
        }
        return text
    }

    private mutating func escape() throws(Rejection) -> Unicode.Scalar {
        position += 1
        guard let byte = peek() else { throw refusal("a string does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw refusal("no escape of a string starts like this")
        }
    }

    private mutating func unicodeEscape() throws(Rejection) -> Unicode.Scalar {
        let first = try hexadecimal()
        if first == 0 { throw refusal("the character U+0000 is not allowed") }
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(first), take("\\"), take("u") else {
            throw refusal("half a surrogate pair is no character")
        }
        let second = try hexadecimal()
        guard UTF16.isTrailSurrogate(second) else { throw refusal("half a surrogate pair is no character") }
        return UTF16.decode(UTF16.EncodedScalar([first, second]))
    }

    private mutating func hexadecimal() throws(Rejection) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = peek().flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                throw refusal("\\u needs four hexadecimal digits")
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }
}

// Single bytes.
extension JSONReader {
    private func peek() -> UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func refusal(_ rule: String) -> Rejection {
        let line = 1 + bytes[..<position].count { $0 == 0x0A }
        return Rejection(.malformed, nil, "the body is not valid JSON: line \(line), byte \(position): \(rule)")
    }
}
