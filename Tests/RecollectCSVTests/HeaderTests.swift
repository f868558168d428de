import RecollectCSV
import Testing

@Suite struct `CSV header` {
    @Test func `names are trimmed and found by their name`() throws {
        let header = try CSVHeader(["id", " First Name\t", "\u{A0}e-mail\n", "ID"])
        #expect(header.names == ["id", "First Name", "e-mail", "ID"])
        #expect(header.index(of: "First Name") == 1)
        #expect(header.index(of: "ID") == 3)
        #expect(header.index(of: "first name") == nil)
        #expect(header.index(of: " id") == nil)
    }

    @Test func `a column without a name is refused`() {
        #expect(throws: CSVHeaderError.emptyName(column: 2)) { try CSVHeader(["a", "", "c"]) }
        #expect(throws: CSVHeaderError.emptyName(column: 1)) { try CSVHeader([" \t"]) }
    }

    @Test func `two columns of one name are refused`() {
        #expect(throws: CSVHeaderError.duplicateName("a", column: 3, first: 1)) { try CSVHeader(["a", "b", " a"]) }
        #expect(throws: CSVHeaderError.duplicateName("e\u{301}", column: 2, first: 1)) {
            try CSVHeader(["\u{E9}", "e\u{301}"])
        }
    }

    @Test func `there are no more columns than the limit`() throws {
        let names = (0...CSVLimits.fields).map { "column \($0)" }
        #expect(try CSVHeader(Array(names.dropLast())).names.count == CSVLimits.fields)
        #expect(throws: CSVHeaderError.tooManyColumns(CSVLimits.fields + 1)) { try CSVHeader(names) }
    }

    @Test func `a row fits when it has a field for each column`() throws {
        let header = try CSVHeader(["a", "b"])
        let fits = read("1,2\n1\n1,2,3\n,\n").records.map { record in
            guard case .row(let row) = record else { return false }
            return header.fits(row)
        }
        #expect(fits == [true, false, false, true])
    }
}
