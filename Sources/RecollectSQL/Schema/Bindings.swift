package import RecollectEngine
package import RecollectVocabulary

// How the values of the vocabulary stand in columns. Ids are their 16 bytes, high byte first, so that byte order is their order.

extension TypeID: SQLBindable, SQLReadable {
    package static var sqlType: SQLType { .bytes }

    package var sqlValue: SQLValue { .bytes(bytes) }

    package init(from columns: inout Columns) throws(EngineError) {
        let bytes: [UInt8] = try columns.next()
        guard bytes.count == Self.byteCount else { throw EngineError(.corrupt, "an id of \(bytes.count) bytes") }
        self.init(bytes: bytes[...])
    }
}

extension Timestamp: SQLBindable, SQLReadable {
    package static var sqlType: SQLType { .integer }
    package var sqlValue: SQLValue { .integer(microseconds) }
    package init(from columns: inout Columns) throws(EngineError) {
        self.init(microseconds: try columns.next())
    }
}

extension AccountSID: SQLBindable, SQLReadable {
    package static var sqlType: SQLType { .text }
    package var sqlValue: SQLValue { .text(text) }
    package init(from columns: inout Columns) throws(EngineError) {
        let text: String = try columns.next()
        do {
            try self.init(text)
        } catch {
            throw EngineError(.corrupt, error.message)
        }
    }
}

extension APIKeySID: SQLBindable, SQLReadable {
    package static var sqlType: SQLType { .text }
    package var sqlValue: SQLValue { .text(text) }
    package init(from columns: inout Columns) throws(EngineError) {
        let text: String = try columns.next()
        do {
            try self.init(text)
        } catch {
            throw EngineError(.corrupt, error.message)
        }
    }
}

/// An enumeration of the vocabulary that stands in a text column under its raw value.
package protocol SQLName: SQLBindable, SQLReadable, RawRepresentable<String> {}

extension SQLName {
    /// Names are text.
    package static var sqlType: SQLType { .text }

    /// The raw value.
    package var sqlValue: SQLValue { .text(rawValue) }

    /// Reads a raw value.
    ///
    /// - Parameter columns: the row being read.
    /// - Throws: `EngineError` of kind `.corrupt` for a name that is none of the cases.
    package init(from columns: inout Columns) throws(EngineError) {
        let name: String = try columns.next()
        guard let value = Self(rawValue: name) else { throw EngineError(.corrupt, "no \(Self.self) is named \(name)") }
        self = value
    }
}
