// Reads comma-separated values as RFC 4180 describes them, from bytes that arrive in pieces of any size.
//
// Idea: a state machine of six places, each of which runs to the next byte that means something. Where a piece ends, the place
// and the field begun are kept, and the next piece goes on from there; no byte is looked at twice but to decode its field. The
// outcome does not depend on how the file was cut into pieces.
//
// Accepted: UTF-8, with a byte order mark at offset 0 or without; line ends \r\n, \n and \r alone, mixed at will; the last line
// with a line end or without. Empty lines are skipped. Fields in quotes may hold commas, line ends and doubled quotes. White
// space belongs to the field, so a quote after a space is a quote inside a field.
//
// Recovery: a quote opens a field only as its first byte. In every other place outside quotes it opens nothing, and a malformed
// row ends at the same byte at which it would end if it were well formed: at the first line end outside quotes. So no line
// inside a quoted field is ever taken for a row because of an error before it; the price is that a misplaced opening quote takes
// the lines up to the next quote into its own malformed row, whose `lines` say so. The other rule (a malformed row ends with its
// line) would invent rows out of the rest of a multi-line field, and was rejected. Of a malformed row nothing but its place
// and its first fault is given out: no fields, so it can't be half-read.
//
// What ends the file: a quote that is open at the end of input, or further than `CSVLimits.quoteBytes` from its opening; and a
// row without an end within `CSVLimits.skippedBytes`. The error is thrown again by each later call.
//
// Cost: linear in the bytes, whatever the pieces. Memory: the bytes appended and not yet read, plus one row within the limits;
// the bytes of a malformed row are dropped as they are read.
//
// Invariants: `bufferOffset + position` is the place in the file of the next byte. While the row has no fault and the place
// is inside a field, the buffer holds that field from `contentStart`.

/// A reader of rows, started at the beginning of a file or at the `endOffset` of a row.
///
/// Append bytes, then take rows until there is none; when the file is at its end, say so by `finish()` and take the rest.
package struct CSVReader: Sendable {
    /// Where in the grammar the next byte stands.
    private enum Place {
        case fieldStart
        case plain
        case quoted
        /// After a quote inside quotes: it closes the field, unless another one follows.
        case quoteInQuotes
        /// After a carriage return that ends a row: a line feed may still belong to it.
        case carriageReturn
        case rowEnd
    }

    private var buffer: [UInt8] = []
    /// The place in the file of the buffer's first byte.
    private var bufferOffset: Int
    /// The index in the buffer of the next byte to read.
    private var position = 0
    private var isFinished = false
    private var failure: CSVError?
    private var mayHaveByteOrderMark: Bool

    private var place = Place.fieldStart
    private var line: Int
    /// The place of the last carriage return inside quotes, so that a line feed after it is not another line.
    private var returnOffset = -1

    // The row being read.
    private var number: Int
    private var rowStart: Int
    private var rowLine: Int
    private var rowLastLine: Int
    private var fields: [String] = []
    private var fault: CSVFault?
    /// The number of fields of the last row, which the next one likely has.
    private var fieldsExpected = 0

    // The field being read; places are in the file.
    private var fieldLine: Int
    private var contentStart: Int
    private var contentEnd: Int
    private var doubledQuotes = 0

    /// A reader that starts at the beginning of a row.
    ///
    /// To go on after a row, give its `endOffset`, the number after its own, and the line after its last one.
    ///
    /// - Parameters:
    ///   - offset: the place in the file of the first byte that will be appended.
    ///   - number: the number of the first row.
    ///   - line: the number of the first line.
    package init(at offset: Int = 0, number: Int = 1, line: Int = 1) {
        precondition(offset >= 0, "no file has a place before its beginning")
        bufferOffset = offset
        mayHaveByteOrderMark = offset == 0
        self.line = line
        self.number = number
        rowStart = offset
        rowLine = line
        rowLastLine = line
        fieldLine = line
        contentStart = offset
        contentEnd = offset
    }

    /// Gives the reader the bytes that follow those it has.
    ///
    /// Take all rows before appending more: what is not read stays in memory.
    ///
    /// - Parameter bytes: the next bytes of the file.
    package mutating func append(_ bytes: some Sequence<UInt8>) {
        precondition(!isFinished, "the file was said to be at its end")
        let isInsideField = place == .plain || place == .quoted || place == .quoteInQuotes
        let kept = isInsideField && fault == nil ? contentStart - bufferOffset : position
        // More is dropped than moved, so moving costs no more than appending did.
        if kept * 2 >= buffer.count {
            buffer.removeSubrange(..<kept)
            bufferOffset += kept
            position -= kept
        }
        buffer.append(contentsOf: bytes)
    }

    /// Tells the reader that the file has no more bytes.
    package mutating func finish() {
        isFinished = true
    }

    /// The next row.
    ///
    /// - Returns: the row, or nil when more bytes are needed or, after `finish()`, when there is none.
    /// - Throws: `CSVError` when the rest of the file cannot be read, now and at each later call.
    package mutating func nextRow() throws(CSVError) -> CSVRecord? {
        if let failure { throw failure }
        do throws(CSVError) {
            return try read()
        } catch {
            failure = error
            buffer = []
            fields = []
            throw error
        }
    }

    private mutating func read() throws(CSVError) -> CSVRecord? {
        guard passByteOrderMark() else { return nil }
        while true {
            if place == .rowEnd, let record = endRow() { return record }
            guard position < buffer.count else { break }
            switch place {
            case .fieldStart: startField()
            case .plain: try readPlain()
            case .quoted: try readQuoted()
            case .quoteInQuotes: try readAfterQuote()
            case .carriageReturn:
                if buffer[position] == CSVByte.lineFeed { position += 1 }
                place = .rowEnd
            case .rowEnd: break
            }
        }
        guard isFinished else { return nil }
        return try readEnd()
    }

    /// Steps over a byte order mark; false when more bytes must come to tell.
    private mutating func passByteOrderMark() -> Bool {
        guard mayHaveByteOrderMark else { return true }
        let mark = CSVByte.byteOrderMark
        if buffer.count < mark.count, !isFinished, mark.starts(with: buffer) { return false }
        mayHaveByteOrderMark = false
        if buffer.starts(with: mark) {
            position = mark.count
            rowStart = offset
        }
        return true
    }
}

// The places of the grammar.
extension CSVReader {
    private var offset: Int { bufferOffset + position }

    private mutating func startField() {
        fieldLine = line
        contentStart = offset
        doubledQuotes = 0
        place = .plain
        guard buffer[position] == CSVByte.quote else { return }
        place = .quoted
        position += 1
        contentStart += 1
    }

    private mutating func readPlain() throws(CSVError) {
        position = endOfPlainText(in: buffer.span, from: position)
        try checkLength()
        guard position < buffer.count else { return }
        contentEnd = offset
        switch buffer[position] {
        case CSVByte.comma: passComma()
        case CSVByte.lineFeed: passLineEnd(to: .rowEnd)
        case CSVByte.carriageReturn: passLineEnd(to: .carriageReturn)
        case CSVByte.quote:
            note(.quoteInsideField)
            position += 1
        default:
            note(.zeroByte)
            position += 1
        }
    }

    private mutating func readQuoted() throws(CSVError) {
        position = endOfQuotedText(in: buffer.span, from: position)
        try checkLength()
        guard position < buffer.count else { return }
        switch buffer[position] {
        case CSVByte.quote:
            contentEnd = offset
            place = .quoteInQuotes
        case CSVByte.lineFeed:
            if offset != returnOffset + 1 { line += 1 }
        case CSVByte.carriageReturn:
            line += 1
            returnOffset = offset
        default:
            note(.zeroByte)
        }
        position += 1
    }

    private mutating func readAfterQuote() throws(CSVError) {
        if buffer[position] == CSVByte.quote {
            doubledQuotes += 1
            position += 1
            place = .quoted
            return
        }
        try checkLength()
        switch buffer[position] {
        case CSVByte.comma: passComma()
        case CSVByte.lineFeed: passLineEnd(to: .rowEnd)
        case CSVByte.carriageReturn: passLineEnd(to: .carriageReturn)
        default:
            note(.textAfterQuote)
            place = .plain
        }
    }

    private mutating func passComma() {
        endField()
        position += 1
        place = .fieldStart
        if fields.count == CSVLimits.fields {
            fieldLine = line
            note(.tooManyFields)
        }
    }

    private mutating func passLineEnd(to next: Place) {
        if offset > rowStart { endField() }
        position += 1
        rowLastLine = line
        line += 1
        place = next
    }

    private mutating func readEnd() throws(CSVError) -> CSVRecord? {
        switch place {
        case .quoted: throw .unterminatedQuote(row: number, line: fieldLine)
        case .fieldStart:
            guard offset > rowStart else { return nil }
            fieldLine = line
            contentStart = offset
            contentEnd = offset
            doubledQuotes = 0
        case .plain: contentEnd = offset
        case .quoteInQuotes: break
        case .carriageReturn, .rowEnd: return endRow()
        }
        try checkLength()
        endField()
        rowLastLine = line
        return endRow()
    }
}

// What the row is made of.
extension CSVReader {
    private mutating func endField() {
        guard fault == nil else { return }
        let content = buffer[(contentStart - bufferOffset)..<(contentEnd - bufferOffset)]
        let value =
            doubledQuotes == 0
            ? String(validating: content, as: UTF8.self)
            : String(validating: withoutDoubledQuotes(content), as: UTF8.self)
        guard let value else { return note(.invalidUTF8) }
        fields.append(value)
    }

    /// Gives out the row and begins the next; nil when it was an empty line.
    private mutating func endRow() -> CSVRecord? {
        var record: CSVRecord?
        let lines = rowLine...rowLastLine
        if let fault {
            record = .malformed(CSVMalformedRow(number: number, lines: lines, endOffset: offset, fault: fault))
        } else if !fields.isEmpty {
            fieldsExpected = fields.count
            record = .row(CSVRow(number: number, lines: lines, endOffset: offset, fields: fields))
        }
        if record != nil {
            number += 1
            fields = []
            fields.reserveCapacity(fieldsExpected)
            fault = nil
        }
        rowStart = offset
        rowLine = line
        place = .fieldStart
        return record
    }

    /// Keeps the first fault of the row, and lets its fields go.
    private mutating func note(_ kind: CSVFault.Kind) {
        guard fault == nil else { return }
        fault = CSVFault(kind: kind, column: fields.count + 1, line: fieldLine)
        fields = []
    }

    /// Compares the row, the field and the quote with their limits, up to the next byte.
    ///
    /// Between two checks a limit can be passed by far, when the piece is large; which of several was passed first is
    /// therefore reckoned, not seen.
    private mutating func checkLength() throws(CSVError) {
        // The smallest of the limits: nearly every call ends here.
        guard offset - rowStart > CSVLimits.fieldBytes else { return }
        let isEndless = offset - rowStart > CSVLimits.skippedBytes
        if place == .quoted, isEndless || offset - contentStart > CSVLimits.quoteBytes {
            throw .unterminatedQuote(row: number, line: fieldLine)
        }
        if isEndless { throw .endlessRow(row: number, line: rowLine) }
        guard fault == nil else { return }
        let rowLimit = rowStart + CSVLimits.rowBytes
        let fieldLimit = contentStart + doubledQuotes + CSVLimits.fieldBytes
        let fieldEnd = place == .quoteInQuotes ? contentEnd : offset
        if fieldEnd > fieldLimit, fieldLimit < rowLimit {
            note(.fieldTooLong)
        } else if offset > rowLimit {
            note(.rowTooLong)
        }
    }
}
