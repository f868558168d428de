import Foundation
import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

/// A folder of CSV files, and how far it is read.
private final class FolderReading {
    let folder: URL
    let clock = ManualClock()
    private var cursor: DatasetCursor?

    init(_ folder: URL) {
        self.folder = folder
    }

    /// Writes a file, changed so many seconds after the clock's start.
    func write(_ text: String, to name: String, at second: Int = 0) throws {
        let file = folder.appending(path: name)
        try Data(text.utf8).write(to: file)
        let changed = Double(ManualClock.start.microseconds) / 1_000_000 + Double(second)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: changed)],
            ofItemAtPath: file.path
        )
    }

    /// The first page after what was read.
    func page(_ limit: Int = 100) async throws -> DatasetPage {
        let page = try await CSVFolder(path: folder.path, clock: clock).page(after: cursor, limit: limit)
        cursor = page.cursor
        return page
    }

    /// The rows of all pages after what was read, each as its fields or why it has none.
    func rows(_ limit: Int = 100) async throws -> [String] {
        var rows: [String] = []
        while true {
            let page = try await page(limit)
            rows += page.rows.map { row in
                switch row.fields {
                case .success(let fields): fields.joined(separator: "|")
                case .failure(let error): "\(row.place): \(error)"
                }
            }
            #expect(page.rows.count <= limit)
            guard !page.isLast else { return rows }
        }
    }
}

private func withFolderReading(_ body: (FolderReading) async throws -> Void) async throws {
    try await withFolder { try await body(FolderReading($0)) }
}

@Suite struct `A folder of CSV files` {
    @Test(arguments: [1, 2, 3, 100])
    func `files are read in the order of their names, each row once`(_ limit: Int) async throws {
        try await withFolderReading { folder in
            try folder.write("a,b\n3,x\n4,y\n", to: "2026-02.csv")
            try folder.write("b,a\nv,1\n\"w\nw\",2\n", to: "2026-01.CSV")
            try folder.write("a\nhidden\n", to: ".csv")
            try folder.write("a\nother\n", to: "notes.txt")
            #expect(try await folder.rows(limit) == ["v|1", "w\nw|2", "3|x", "4|y"])
            #expect(try await folder.rows(limit).isEmpty)
        }
    }

    @Test func `a page has the columns of its file`() async throws {
        try await withFolderReading { folder in
            try folder.write("a,b\n1,2\n", to: "1.csv")
            try folder.write("b,c\n3,4\n", to: "2.csv")
            #expect(try await folder.page().columns == ["a", "b"])
            #expect(try await folder.page().columns == ["b", "c"])
            #expect(try await folder.page().isLast)
        }
    }

    @Test func `a file that has grown is read on, and a new one is read wherever it stands`() async throws {
        try await withFolderReading { folder in
            try folder.write("a\n1\n", to: "b.csv")
            #expect(try await folder.rows() == ["1"])
            try folder.write("a\n1\n2\n3\n", to: "b.csv", at: 1)
            try folder.write("a\n0\n", to: "a.csv", at: 1)
            #expect(try await folder.rows() == ["0", "2", "3"])
            #expect(try await folder.rows().isEmpty)
        }
    }

    @Test func `the last line counts when it has its end, or the file has been left alone`() async throws {
        try await withFolderReading { folder in
            try folder.write("a\n1\n2", to: "a.csv")
            #expect(try await folder.rows() == ["1"])
            try folder.write("a\n1\n22\n3", to: "a.csv", at: 1)
            #expect(try await folder.rows() == ["22"])
            folder.clock.advance(by: .seconds(32))
            #expect(try await folder.rows() == ["3"])
            #expect(try await folder.rows().isEmpty)
            try folder.write("a\n1\n22\n3\n4\n", to: "a.csv", at: 33)
            #expect(try await folder.rows() == ["4"])
        }
    }

    @Test(arguments: ["a\n7\n", "a\n8\n9\n", "a\n5\n6\n7\n"])
    func `a file written anew is read from its beginning`(_ text: String) async throws {
        try await withFolderReading { folder in
            try folder.write("a\n1\n2\n", to: "a.csv")
            #expect(try await folder.rows() == ["1", "2"])
            try folder.write(text, to: "a.csv", at: 1)
            let values = text.split(separator: "\n").dropFirst().map(String.init)
            #expect(try await folder.rows() == values)
            #expect(try await folder.rows().isEmpty)
        }
    }

    @Test func `a row that is no row stands for itself, with its place`() async throws {
        try await withFolderReading { folder in
            try folder.write("a,b\n1,2\n\"4\"x,5\n6,7\n", to: "a.csv")
            let rows = try await folder.rows()
            #expect(rows.count == 3 && rows.first == "1|2" && rows.last == "6|7")
            #expect(rows[1].hasPrefix("a.csv, line 3: has text after the quote"))
        }
    }

    @Test func `what cannot be read at all names the file, and the rows before it count`() async throws {
        try await withFolderReading { folder in
            try folder.write("a\n1\n\"2\n", to: "a.csv")
            folder.clock.advance(by: .seconds(60))
            #expect(try await folder.page().rows.count == 1)
            let error = await #expect(throws: DatasetUnreadable.self) { try await folder.page() }
            #expect(error?.description == "a.csv: row 2: the quote that opens in line 3 is never closed")
            try folder.write("a,a\n1,1\n", to: "a.csv", at: 1)
            let header = await #expect(throws: DatasetUnreadable.self) { try await folder.page() }
            #expect(header?.description.hasPrefix("a.csv: the header is malformed") == true)
            try FileManager.default.removeItem(at: folder.folder)
            await #expect(throws: DatasetUnreadable.self) { try await folder.page() }
        }
    }
}
