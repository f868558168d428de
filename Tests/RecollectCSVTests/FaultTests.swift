import RecollectCSV
import Testing

@Suite struct `CSV faults` {
    /// Reads a malformed first row and a good second one, whole and byte by byte.
    private func check(
        _ row: some Sequence<UInt8>,
        _ kind: CSVFault.Kind,
        column: Int,
        line: Int = 1,
        lines: ClosedRange<Int> = 1...1,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let bytes = Array(row)
        let file = bytes + Array("\nnext,\"row\"\n".utf8)
        let outcome = read(file)
        let fault = CSVFault(kind: kind, column: column, line: line)
        #expect(outcome.faults == [fault], sourceLocation: sourceLocation)
        #expect(outcome.table == [nil, ["next", "row"]], sourceLocation: sourceLocation)
        #expect(outcome.records.first?.endOffset == bytes.count + 1, sourceLocation: sourceLocation)
        #expect(outcome.records.map(\.number) == [1, 2], sourceLocation: sourceLocation)
        #expect(outcome.records.first?.lines == lines, sourceLocation: sourceLocation)
        #expect(outcome.error == nil, sourceLocation: sourceLocation)
        let piece = bytes.count > 1000 ? 1013 : 1
        #expect(read(file) { piece } == outcome, "in pieces", sourceLocation: sourceLocation)
        #expect(read(bytes).faults == [fault], "at the end of the file", sourceLocation: sourceLocation)
    }

    private func check(
        _ row: String,
        _ kind: CSVFault.Kind,
        column: Int,
        line: Int = 1,
        lines: ClosedRange<Int> = 1...1,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        check(row.utf8, kind, column: column, line: line, lines: lines, sourceLocation: sourceLocation)
    }

    private func text(_ count: Int) -> String { String(repeating: "x", count: count) }

    @Test func `bytes that are not UTF-8 make a row malformed`() {
        check([0x61, 0x2C, 0xFF], .invalidUTF8, column: 2)
        check([0x22, 0xC3, 0x22, 0x2C, 0x61], .invalidUTF8, column: 1)
        check([0x22, 0xC3, 0x22, 0x22, 0xA9, 0x22], .invalidUTF8, column: 1)
        check([0xC0, 0x80], .invalidUTF8, column: 1)
        check([0xED, 0xA0, 0x80], .invalidUTF8, column: 1)
    }

    @Test func `a zero byte makes a row malformed, in quotes or not`() {
        check("a,b\0c", .zeroByte, column: 2)
        check("\0", .zeroByte, column: 1)
        check("\"a\0\n\",b", .zeroByte, column: 1, lines: 1...2)
    }

    @Test func `a quote inside a field without quotes makes a row malformed`() {
        check("a,5\" pipe,c", .quoteInsideField, column: 2)
        check("a, \"b\"", .quoteInsideField, column: 2)
        check("a\"\"", .quoteInsideField, column: 1)
    }

    @Test func `text after a closing quote makes a row malformed`() {
        check("a,\"b\"c,d", .textAfterQuote, column: 2)
        check("\"b\" ,d", .textAfterQuote, column: 1)
        check("\"he said \"hi\", bye\",d", .textAfterQuote, column: 1)
        check("\"b\"\0", .textAfterQuote, column: 1)
    }

    @Test func `the first fault of a row is the one reported`() {
        check("a\"b,\"c\"d,\0", .quoteInsideField, column: 1)
        check([0xFF, 0x2C, 0x61, 0x22], .invalidUTF8, column: 1)
    }

    @Test func `a malformed row ends at the first line end outside quotes`() {
        check("a\"b,\"c\nd\"", .quoteInsideField, column: 1, lines: 1...2)
        check("\"a\nb\"c", .textAfterQuote, column: 1, lines: 1...2)
        check("\"a\nb\",c\"d", .quoteInsideField, column: 2, line: 2, lines: 1...2)
    }

    @Test func `a misplaced opening quote takes lines along and says which`() {
        let outcome = read("1,a\n2,\"b\n3,\"c\"\n4,d\n")
        #expect(outcome.table == [["1", "a"], nil, ["4", "d"]])
        #expect(outcome.records.map(\.lines) == [1...1, 2...3, 4...4])
        #expect(outcome.faults == [CSVFault(kind: .textAfterQuote, column: 2, line: 2)])
    }

    @Test func `a field may be as long as the limit and no longer`() {
        let longest = text(CSVLimits.fieldBytes)
        for row in ["\(longest),b", "\"\(longest)\",b"] {
            #expect(read(row).table == [[longest, "b"]])
        }
        #expect(read("a,\(longest)").table == [["a", longest]])
        #expect(read("\"\(longest.dropLast())\"\"\"").table == [[longest.dropLast() + "\""]])
        check("a,\(longest)x,b", .fieldTooLong, column: 2)
        check("\"\(longest)x\"", .fieldTooLong, column: 1)
        check("\"\(longest)\"\"\"", .fieldTooLong, column: 1)
        check("\"\(longest)\n\",b", .fieldTooLong, column: 1, lines: 1...2)
    }

    @Test func `a row may be as long as the limit and no longer`() {
        let field = text(CSVLimits.fieldBytes - 1)
        let count = CSVLimits.rowBytes / CSVLimits.fieldBytes
        let row = String(repeating: field + ",", count: count - 1) + field + ","
        #expect(row.utf8.count == CSVLimits.rowBytes)
        #expect(read(row).table == [Array(repeating: field, count: count) + [""]])
        check(row + "x", .rowTooLong, column: count + 1)
        check(row + ",", .rowTooLong, column: count + 2)
        check(row + "\"\"", .rowTooLong, column: count + 1)
        check(row + text(CSVLimits.fieldBytes + 1), .rowTooLong, column: count + 1)
        check(row.dropLast() + "\",x", .quoteInsideField, column: count)
        check(row + "\"a\n\(text(CSVLimits.fieldBytes + 1))\"", .rowTooLong, column: count + 1, lines: 1...2)
    }

    @Test func `a row may have as many fields as the limit and no more`() {
        let row = Array(repeating: "x", count: CSVLimits.fields)
        #expect(read(row.joined(separator: ",")).table == [row])
        check(row.joined(separator: ",") + ",", .tooManyFields, column: CSVLimits.fields + 1)
        check(row.joined(separator: ",") + ",\"y\nz\",", .tooManyFields, column: CSVLimits.fields + 1, lines: 1...2)
    }

    @Test func `a quote open at the end of the file ends it`() {
        let outcome = read("1,a\n2,\"b\n3,c\n")
        #expect(outcome.table == [["1", "a"]])
        #expect(outcome.error == .unterminatedQuote(row: 2, line: 2))
        #expect(read("\"").error == .unterminatedQuote(row: 1, line: 1))
        #expect(read("\"\"\"").error == .unterminatedQuote(row: 1, line: 1))
        #expect(read("a\"b,\"c").error == .unterminatedQuote(row: 1, line: 1))
        #expect(read("\"a\nb\",\"c\n").error == .unterminatedQuote(row: 1, line: 2))
    }

    @Test(arguments: [Int.max, 1 << 20, 1013]) func `a quote far from its end ends the file`(piece: Int) {
        let lines = String(repeating: "x,y,z\n", count: CSVLimits.quoteBytes / 6)
        let rest = text(CSVLimits.quoteBytes - lines.utf8.count)
        let closed = read(Array("a\nb,\"\(lines)\(rest)\"\nc\n".utf8)) { piece }
        #expect(closed.table == [["a"], nil, ["c"]])
        #expect(closed.faults == [CSVFault(kind: .fieldTooLong, column: 2, line: 2)])
        let open = read(Array("a\nb,\"\(lines)\(rest)x\"\nc\n".utf8)) { piece }
        #expect(open.table == [["a"]])
        #expect(open.error == .unterminatedQuote(row: 2, line: 2))
    }

    @Test(arguments: [Int.max, 65_537]) func `a row without an end ends the file`(piece: Int) {
        let line = [UInt8](repeating: 0x78, count: CSVLimits.skippedBytes)
        let skipped = read(Array("a\n".utf8) + line + Array("\nb".utf8)) { piece }
        #expect(skipped.table == [["a"], nil, ["b"]])
        #expect(skipped.faults == [CSVFault(kind: .fieldTooLong, column: 1, line: 2)])
        let endless = read(Array("a\n".utf8) + line + Array("x\nb".utf8)) { piece }
        #expect(endless.table == [["a"]])
        #expect(endless.error == .endlessRow(row: 2, line: 2))
    }

    @Test func `an error that ends the file is thrown at each call`() {
        var reader = CSVReader()
        reader.append(Array("\"a".utf8))
        reader.finish()
        for _ in 1...2 {
            #expect(throws: CSVError.unterminatedQuote(row: 1, line: 1)) { try reader.nextRow() }
        }
    }
}
