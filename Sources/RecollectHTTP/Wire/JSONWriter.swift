package import RecollectVocabulary

/// A value that knows how it looks in JSON.
package protocol JSONWritable {
    /// Writes the value.
    ///
    /// - Parameter writer: where to.
    func write(to writer: inout JSONWriter)
}

/// Writes JSON straight into bytes, without a tree in between.
///
/// It sets the commas; the caller sees to it that an object gets fields and an array gets elements.
package struct JSONWriter {
    /// What is written so far.
    package private(set) var bytes: [UInt8] = []
    /// Whether a comma stands between what is written and the next element or field.
    private var needsComma = false

    /// A writer.
    ///
    /// - Parameter capacity: how many bytes to make room for.
    package init(capacity: Int = 512) {
        bytes.reserveCapacity(capacity)
    }

    /// The JSON of one value.
    ///
    /// - Parameter write: writes the value.
    /// - Returns: its bytes.
    /// - Throws: what `write` throws.
    package static func bytes<Failure: Error>(
        _ write: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) -> [UInt8] {
        var writer = JSONWriter()
        try write(&writer)
        return writer.bytes
    }

    /// Writes an object.
    ///
    /// - Parameter fields: writes its fields.
    /// - Throws: what `fields` throws.
    package mutating func object<Failure: Error>(
        _ fields: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        open("{")
        try fields(&self)
        close("}")
    }

    /// Writes an array.
    ///
    /// - Parameters:
    ///   - elements: its elements.
    ///   - write: writes one element.
    /// - Throws: what `write` throws.
    package mutating func array<Elements: Sequence, Failure: Error>(
        _ elements: Elements,
        _ write: (inout JSONWriter, Elements.Element) throws(Failure) -> Void
    ) throws(Failure) {
        open("[")
        for element in elements { try write(&self, element) }
        close("]")
    }

    /// Writes a field of an object.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - write: writes its value.
    /// - Throws: what `write` throws.
    package mutating func field<Failure: Error>(
        _ name: String,
        _ write: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        key(name)
        try write(&self)
    }

    /// Writes a field of an object.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - value: its value.
    package mutating func field(_ name: String, _ value: some JSONWritable) {
        key(name)
        value.write(to: &self)
    }

    /// Writes a field of an object, or nothing when it has no value.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - value: its value.
    package mutating func field(_ name: String, ifPresent value: (some JSONWritable)?) {
        if let value { field(name, value) }
    }

    /// Writes a field that holds an object.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - fields: writes the object's fields.
    /// - Throws: what `fields` throws.
    package mutating func object<Failure: Error>(
        _ name: String,
        _ fields: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        key(name)
        try object(fields)
    }

    /// Writes a field that holds an array.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - elements: the array's elements.
    ///   - write: writes one element.
    /// - Throws: what `write` throws.
    package mutating func array<Elements: Sequence, Failure: Error>(
        _ name: String,
        _ elements: Elements,
        _ write: (inout JSONWriter, Elements.Element) throws(Failure) -> Void
    ) throws(Failure) {
        key(name)
        try array(elements, write)
    }

    /// Writes a string.
    ///
    /// - Parameter text: the string.
    package mutating func string(_ text: String) {
        separate()
        append(quoted: text)
        needsComma = true
    }

    /// Writes a value that is JSON already, such as a number's lexeme.
    ///
    /// - Parameter json: the value; not checked.
    package mutating func raw(_ json: String) {
        separate()
        bytes.append(contentsOf: json.utf8)
        needsComma = true
    }

    private mutating func key(_ name: String) {
        separate()
        append(quoted: name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func open(_ bracket: Unicode.Scalar) {
        separate()
        bytes.append(UInt8(ascii: bracket))
        needsComma = false
    }

    private mutating func close(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    /// Copies the text as a whole, and goes through it byte by byte only from the first byte on that must be escaped.
    private mutating func append(quoted text: String) {
        bytes.append(UInt8(ascii: "\""))
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        if let first = bytes[start...].firstIndex(where: needsEscape) {
            let rest = Array(bytes[first...])
            bytes.removeSubrange(first...)
            for byte in rest { append(escaped: byte) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(escaped byte: UInt8) {
        guard needsEscape(byte) else { return bytes.append(byte) }
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(contentsOf: [byte].hexadecimal.utf8)
        }
    }
}

private func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
}

extension String: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.string(self) }
}

extension Bool: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.raw(self ? "true" : "false") }
}

extension Int: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.raw(String(self)) }
}

extension Int64: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.raw(String(self)) }
}

extension Double: JSONWritable {
    /// The shortest digits that read back as the same double.
    ///
    /// JSON has no infinity and no NaN: they become null.
    package func write(to writer: inout JSONWriter) { writer.raw(isFinite ? "\(self)" : "null") }
}

extension Timestamp: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.string(rfc3339) }
}

extension TypeID: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.string(description) }
}

extension Array: JSONWritable where Element: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.array(self) { writer, element in element.write(to: &writer) }
    }
}

extension JSONValue: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.raw("null")
        case .bool(let value): value.write(to: &writer)
        case .number(let number): writer.raw(number.lexeme)
        case .string(let text): writer.string(text)
        case .array(let elements): elements.write(to: &writer)
        case .object(let object):
            writer.object { writer in
                for member in object.members { writer.field(member.name, member.value) }
            }
        }
    }
}
