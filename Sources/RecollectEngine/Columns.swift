/// The row a driver stands on.
///
/// Columns count from 0.
package protocol RowSource {
    /// Whether the column is NULL.
    ///
    /// - Parameter column: the column.
    /// - Returns: true for NULL.
    func isNull(_ column: Int) -> Bool

    /// The column as an integer.
    ///
    /// - Parameter column: the column.
    /// - Returns: its value.
    /// - Throws: `EngineError` of kind `.corrupt` when it holds something else.
    func integer(_ column: Int) throws(EngineError) -> Int64

    /// The column as a floating-point number.
    ///
    /// - Parameter column: the column.
    /// - Returns: its value.
    /// - Throws: `EngineError` of kind `.corrupt` when it holds something else.
    func real(_ column: Int) throws(EngineError) -> Double

    /// The column as text.
    ///
    /// - Parameter column: the column.
    /// - Returns: its value.
    /// - Throws: `EngineError` of kind `.corrupt` when it holds something else.
    func text(_ column: Int) throws(EngineError) -> String

    /// The column as bytes.
    ///
    /// - Parameter column: the column.
    /// - Returns: its value.
    /// - Throws: `EngineError` of kind `.corrupt` when it holds something else.
    func bytes(_ column: Int) throws(EngineError) -> [UInt8]
}

/// One row, read column after column in the order of the SELECT list.
package struct Columns {
    private let source: any RowSource
    private var position = 0

    /// The columns of the row a driver stands on.
    ///
    /// - Parameter source: the row.
    package init(_ source: any RowSource) {
        self.source = source
    }

    /// Reads the next column as the type that the caller needs.
    ///
    /// - Returns: its value.
    /// - Throws: `EngineError` of kind `.corrupt` when it holds something else.
    package mutating func next<Value: SQLReadable>() throws(EngineError) -> Value {
        try Value(from: &self)
    }

    mutating func integer() throws(EngineError) -> Int64 {
        defer { position += 1 }
        return try source.integer(position)
    }

    mutating func real() throws(EngineError) -> Double {
        defer { position += 1 }
        return try source.real(position)
    }

    mutating func text() throws(EngineError) -> String {
        defer { position += 1 }
        return try source.text(position)
    }

    mutating func bytes() throws(EngineError) -> [UInt8] {
        defer { position += 1 }
        return try source.bytes(position)
    }

    /// Steps over the next column if it is NULL.
    mutating func skipNull() -> Bool {
        guard source.isNull(position) else { return false }
        position += 1
        return true
    }
}
