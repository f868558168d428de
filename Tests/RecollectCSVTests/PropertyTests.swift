import RecollectCSV
import Testing

@Suite struct `CSV properties` {
    /// Texts that need quotes for every reason, and texts that need none.
    private static let parts = [
        "a", "bc", "word", " ", ",", "\"", "\n", "\r", "\r\n", "é", "日本", "👩‍👩‍👧", "\u{FEFF}", ";", "'",
    ]

    private func randomTable(_ numbers: inout SeededNumbers) -> [[String]] {
        (0..<Int.random(in: 0...20, using: &numbers)).map { _ in
            (0..<Int.random(in: 1...6, using: &numbers)).map { _ in
                (0..<Int.random(in: 0...5, using: &numbers))
                    .map { _ in Self.parts[Int.random(in: 0..<Self.parts.count, using: &numbers)] }.joined()
            }
        }
    }

    /// Writes a table, with quotes where they are needed and at random elsewhere.
    private func write(_ table: [[String]], _ numbers: inout SeededNumbers) -> [UInt8] {
        var text = Bool.random(using: &numbers) ? "\u{FEFF}" : ""
        for (index, row) in table.enumerated() {
            let fields = row.map { field in
                let needsQuotes =
                    field.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
                    || row == [""] || field.unicodeScalars.first == "\u{FEFF}"
                guard needsQuotes || Bool.random(using: &numbers) else { return field }
                return "\"" + field.replacing("\"", with: "\"\"") + "\""
            }
            text += fields.joined(separator: ",")
            let isLast = index == table.count - 1
            if !isLast || Bool.random(using: &numbers) {
                text += ["\n", "\r\n", "\r", "\n\n", "\r\n\r\n"][Int.random(in: 0..<5, using: &numbers)]
            }
        }
        return Array(text.utf8)
    }

    /// Whether two texts are the same, byte for byte: `==` takes two encodings of an accent for one.
    private func sameBytes(_ first: [[String]?], _ second: [[String]]) -> Bool {
        first.map { $0?.map { Array($0.utf8) } } == second.map { $0.map { Array($0.utf8) } }
    }

    /// Cut anywhere and resumed after any record, a file has the same outcome.
    private func checkPiecesAndResuming(_ bytes: [UInt8], _ numbers: inout SeededNumbers) -> Bool {
        let whole = read(bytes)
        let largest = Int.random(in: 1...max(1, bytes.count), using: &numbers)
        guard read(bytes, pieces: { Int.random(in: 1...largest, using: &numbers) }) == whole else { return false }
        for (index, record) in whole.records.enumerated() {
            let rest = read(bytes[record.endOffset...], with: reader(after: record))
            guard rest == whole.dropping(index + 1) else { return false }
        }
        return true
    }

    @Test(arguments: 1...400) func `what is written is read, cut anywhere, and resumed after any row`(seed: UInt64) {
        var numbers = SeededNumbers(state: seed)
        let table = randomTable(&numbers)
        let bytes = write(table, &numbers)
        let outcome = read(bytes)
        #expect(outcome.error == nil)
        #expect(sameBytes(outcome.table, table))
        #expect(checkPiecesAndResuming(bytes, &numbers))
    }

    @Test func `noise is read alike however it is cut, and resumed after any record`() {
        var numbers = SeededNumbers(state: 3)
        let alphabet: [UInt8] = Array("ab,,\"\"\"\n\r \0é".utf8) + [0xFF, 0xEF, 0xBB, 0xBF]
        for round in 1...2000 {
            let bytes = (0..<Int.random(in: 0...60, using: &numbers)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &numbers)]
            }
            #expect(checkPiecesAndResuming(bytes, &numbers), "round \(round): \(bytes)")
        }
    }

    @Test func `every short text is cut into rows of the standard and malformed ones, and nothing is left out`() {
        // The grammar of RFC 4180 for one row without its line end.
        let standard = /(?:"(?:[^"]|"")*"|[^",\r\n]*)(?:,(?:"(?:[^"]|"")*"|[^",\r\n]*))*/
            .matchingSemantics(.unicodeScalar)
        let alphabet = Array("a,\"\n\r".utf8)
        var texts: [[UInt8]] = [[]]
        var numbers = SeededNumbers(state: 5)
        for _ in 1...6 {
            texts = texts.flatMap { text in alphabet.map { text + [$0] } }
            for bytes in texts {
                #expect(isCut(bytes, by: standard), "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
                #expect(bytes.count > 5 || checkPiecesAndResuming(bytes, &numbers))
            }
        }
    }

    private func isCut(_ bytes: [UInt8], by standard: Regex<Substring>) -> Bool {
        let outcome = read(bytes)
        var start = 0
        for record in outcome.records {
            var row = bytes[start..<record.endOffset].drop { $0 == 0x0A || $0 == 0x0D }
            if row.last == 0x0A { row = row.dropLast() }
            if row.last == 0x0D { row = row.dropLast() }
            let isStandard = String(decoding: row, as: UTF8.self).wholeMatch(of: standard) != nil
            guard case .row(let read) = record else {
                guard !isStandard else { return false }
                start = record.endOffset
                continue
            }
            let commas = read.fields.reduce(0) { $0 + $1.utf8.count { $0 == 0x2C } }
            guard isStandard, row.count(where: { $0 == 0x2C }) == commas + read.fields.count - 1 else { return false }
            start = record.endOffset
        }
        let rest = bytes[start...]
        let isRestRead = rest.allSatisfy { $0 == 0x0A || $0 == 0x0D }
        return isRestRead == (outcome.error == nil)
    }
}
