/// A value as a statement takes it.
///
/// NULL keeps its type: PostgreSQL refuses a NULL of no type.
package enum SQLValue: Sendable, Equatable {
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])
    case null(SQLType)
}

/// The four types of column that both engines have.
package enum SQLType: Sendable, Equatable {
    case integer
    case real
    case text
    case bytes
}

/// What can stand for a `$n` of a statement.
package protocol SQLBindable: Sendable {
    /// The type of its column.
    static var sqlType: SQLType { get }
    /// The value as a statement takes it.
    var sqlValue: SQLValue { get }
}

/// What can be read from a column.
package protocol SQLReadable: Sendable {
    /// Reads the next column.
    ///
    /// - Parameter columns: the row being read.
    /// - Throws: `EngineError` of kind `.corrupt` when the column holds something else.
    init(from columns: inout Columns) throws(EngineError)
}

extension Int64: SQLBindable, SQLReadable {
    package static var sqlType: SQLType { .integer }
    package var sqlValue: SQLValue { .integer(self) }
    package init(from columns: inout Columns) throws(EngineError) {
        self = try columns.integer()
    }
}

extension Int: SQLBindable, SQLReadable {
    package static var sqlType: SQLType { .integer }
    package var sqlValue: SQLValue { .integer(Int64(self)) }
    package init(from columns: inout Columns) throws(EngineError) {
        self = Int(try columns.integer())
    }
}

extension Bool: SQLBindable, SQLReadable {
    package static var sqlType: SQLType { .integer }
    package var sqlValue: SQLValue { .integer(self ? 1 : 0) }
    package init(from columns: inout Columns) throws(EngineError) {
        self = try columns.integer() != 0
    }
}

extension Double: SQLBindable, SQLReadable {
    package static var sqlType: SQLType { .real }
    package var sqlValue: SQLValue { .real(self) }
    package init(from columns: inout Columns) throws(EngineError) {
        self = try columns.real()
    }
}

extension String: SQLBindable, SQLReadable {
    package static var sqlType: SQLType { .text }
    package var sqlValue: SQLValue { .text(self) }
    package init(from columns: inout Columns) throws(EngineError) {
        self = try columns.text()
    }
}

extension [UInt8]: SQLBindable, SQLReadable {
    package static var sqlType: SQLType { .bytes }
    package var sqlValue: SQLValue { .bytes(self) }
    package init(from columns: inout Columns) throws(EngineError) {
        self = try columns.bytes()
    }
}

extension Optional: SQLBindable where Wrapped: SQLBindable {
    package static var sqlType: SQLType { Wrapped.sqlType }
    package var sqlValue: SQLValue { self?.sqlValue ?? .null(Wrapped.sqlType) }
}

extension Optional: SQLReadable where Wrapped: SQLReadable {
    package init(from columns: inout Columns) throws(EngineError) {
        if columns.skipNull() {
            self = nil
        } else {
            self = try Wrapped(from: &columns)
        }
    }
}
