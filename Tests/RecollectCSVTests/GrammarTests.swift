import RecollectCSV
import Testing

@Suite struct `CSV grammar` {
    private func check(
        _ text: String,
        _ table: [[String]?],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let bytes = Array(text.utf8)
        let whole = read(bytes)
        #expect(whole.table == table, sourceLocation: sourceLocation)
        #expect(whole.error == nil, sourceLocation: sourceLocation)
        #expect(read(bytes) { 1 } == whole, "byte by byte", sourceLocation: sourceLocation)
    }

    @Test func `commas part fields and line ends part rows`() {
        check("a,b\nc,d\n", [["a", "b"], ["c", "d"]])
        check("a\n", [["a"]])
        check(",\n", [["", ""]])
        check(",,a", [["", "", "a"]])
    }

    @Test func `every kind of line end is one, mixed or not`() {
        check("a\r\nb\nc\rd\r\n", [["a"], ["b"], ["c"], ["d"]])
        check("a\r\r\nb", [["a"], ["b"]])
        check("\"a\"\r\"b\"\r\n\"c\"\n", [["a"], ["b"], ["c"]])
    }

    @Test func `the last line needs no line end`() {
        check("a,b", [["a", "b"]])
        check("a,", [["a", ""]])
        check("a\r", [["a"]])
        check("\"a\"", [["a"]])
        check("a,\"\"", [["a", ""]])
        check("\"a\"\"\"", [["a\""]])
    }

    @Test func `empty lines are skipped, but one empty quoted field is a row`() {
        check("", [])
        check("\n\r\n\r", [])
        check("\n\na\n\n\r\nb\n\n", [["a"], ["b"]])
        check("\"\"\n", [[""]])
        check("\"\"", [[""]])
        check(" \n", [[" "]])
    }

    @Test func `quoted fields hold commas, line ends and doubled quotes`() {
        check("\"a,b\",\"c\r\nd\",\"e\"\"f\"\n", [["a,b", "c\r\nd", "e\"f"]])
        check("\"\"\"\"\n", [["\""]])
        check("\"\"\"a\"\"\",\"\"\"\"\"\"\n", [["\"a\"", "\"\""]])
    }

    @Test func `white space belongs to the field`() {
        check(" a , b \n", [[" a ", " b "]])
    }

    @Test func `text of any script is read`() {
        check("Zoë,日本語,\"👩‍👩‍👧, \"\"ja\"\"\"\n", [["Zoë", "日本語", "👩‍👩‍👧, \"ja\""]])
    }

    @Test func `a byte order mark is dropped at offset 0 alone`() {
        check("\u{FEFF}a,b\n", [["a", "b"]])
        check("\u{FEFF}\"a\"\n", [["a"]])
        check("\u{FEFF}", [])
        check("\u{FEFF}\n", [])
        check("a\n\u{FEFF}b\n", [["a"], ["\u{FEFF}b"]])
        #expect(read(Array("\u{FEFF}b".utf8), with: CSVReader(at: 2)).table == [["\u{FEFF}b"]])
        #expect(read([0xEF, 0xBB]) { 1 }.faults.map(\.kind) == [.invalidUTF8])
        #expect(read([0xEF, 0xBB, 0x0A]) { 1 }.faults.map(\.kind) == [.invalidUTF8])
    }

    @Test func `rows tell their number, their lines and where they end`() {
        let records = read("a\r\n\n\"b\r\nc\rd\ne\",f\r\ng").records
        #expect(records.map(\.number) == [1, 2, 3])
        #expect(records.map(\.lines) == [1...1, 3...6, 7...7])
        #expect(records.map(\.endOffset) == [3, 18, 19])
    }

    @Test func `a reader starts where, and counts from what, it is told`() {
        let records = read(Array("a\nb\n".utf8), with: CSVReader(at: 100, number: 7, line: 9)).records
        #expect(records.map(\.number) == [7, 8])
        #expect(records.map(\.lines) == [9...9, 10...10])
        #expect(records.map(\.endOffset) == [102, 104])
    }

    @Test func `a carriage return waits for what follows it`() throws {
        var reader = CSVReader()
        reader.append(Array("a\r".utf8))
        #expect(try reader.nextRow() == nil)
        reader.append(Array("\n".utf8))
        #expect(try reader.nextRow()?.endOffset == 3)
        reader.append(Array("b\r".utf8))
        reader.finish()
        #expect(try reader.nextRow()?.endOffset == 5)
        #expect(try reader.nextRow() == nil)
    }

    @Test func `a copy of a reader goes its own way`() throws {
        var reader = CSVReader()
        reader.append(Array("a\n\"b".utf8))
        var copy = reader
        _ = try reader.nextRow()
        reader.append(Array("x\"\n".utf8))
        copy.append(Array("y\"\n".utf8))
        #expect(try reader.nextRow().map { Outcome(records: [$0]).table } == [["bx"]])
        #expect(try copy.nextRow().map { Outcome(records: [$0]).table } == [["a"]])
        #expect(try copy.nextRow().map { Outcome(records: [$0]).table } == [["by"]])
    }

    @Test func `nothing is appended after the end`() async {
        await #expect(processExitsWith: .failure) {
            var reader = CSVReader()
            reader.finish()
            reader.append([0x61])
        }
    }
}
