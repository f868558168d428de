/// What stands between two line ends outside quotes: a row, or the news that it could not be read.
package enum CSVRecord: Sendable, Equatable {
    /// A row that follows the grammar and keeps to the limits.
    case row(CSVRow)
    /// A row that does not; the one after it can be read.
    case malformed(CSVMalformedRow)

    /// The number of the row, counted from the one the reader was started with.
    package var number: Int {
        switch self {
        case .row(let row): row.number
        case .malformed(let row): row.number
        }
    }

    /// The place in the file just after the row and its line end, where a new reader can start.
    package var endOffset: Int {
        switch self {
        case .row(let row): row.endOffset
        case .malformed(let row): row.endOffset
        }
    }

    /// The lines of the file the row stands on: several, when a quoted field has line breaks.
    package var lines: ClosedRange<Int> {
        switch self {
        case .row(let row): row.lines
        case .malformed(let row): row.lines
        }
    }
}

/// A row of a file.
package struct CSVRow: Sendable, Equatable {
    /// The number of the row, counted from the one the reader was started with; empty lines do not count.
    package let number: Int
    /// The lines of the file it stands on.
    package let lines: ClosedRange<Int>
    /// The place in the file, in bytes, just after the row and its line end.
    package let endOffset: Int
    /// The values of its fields, at least one, without the quotes around them.
    package let fields: [String]
}

/// A row that cannot be read, though the one after it can.
package struct CSVMalformedRow: Sendable, Equatable {
    /// The number of the row, counted from the one the reader was started with.
    package let number: Int
    /// The lines of the file it stands on.
    ///
    /// More than one may mean that a misplaced quote took the lines after it along.
    package let lines: ClosedRange<Int>
    /// The place in the file, in bytes, just after the row and its line end.
    package let endOffset: Int
    /// What is wrong with it, and where.
    package let fault: CSVFault
}

/// The first thing found wrong in a row.
package struct CSVFault: Sendable, Equatable {
    /// What is wrong.
    package let kind: Kind
    /// The field at fault, counted from 1; of a row too long, the field at which it passed the limit.
    package let column: Int
    /// The line of the file on which that field begins, so for a quoted field the line of its opening quote.
    package let line: Int

    /// A fault.
    ///
    /// - Parameters:
    ///   - kind: what is wrong.
    ///   - column: the field at fault, from 1.
    ///   - line: the line on which that field begins.
    package init(kind: Kind, column: Int, line: Int) {
        self.kind = kind
        self.column = column
        self.line = line
    }

    /// The ways in which a row can be wrong.
    package enum Kind: Sendable, Equatable, CaseIterable {
        /// A field is not UTF-8.
        case invalidUTF8
        /// There is a zero byte.
        case zeroByte
        /// There is a quote in a field that does not begin with one.
        case quoteInsideField
        /// A quoted field goes on after its closing quote.
        case textAfterQuote
        /// A field is longer than `CSVLimits.fieldBytes`.
        case fieldTooLong
        /// The row is longer than `CSVLimits.rowBytes`.
        case rowTooLong
        /// The row has more fields than `CSVLimits.fields`.
        case tooManyFields
    }
}

/// Why nothing after this place of a file can be read.
package enum CSVError: Error, Sendable, Equatable {
    /// The quote opened on this line, in this row, is closed neither in the file nor within `CSVLimits.quoteBytes`.
    case unterminatedQuote(row: Int, line: Int)
    /// The row that begins on this line does not end within `CSVLimits.skippedBytes`.
    case endlessRow(row: Int, line: Int)
}
