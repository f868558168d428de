import Foundation
import RecollectDomain
import RecollectEngine
import RecollectTestSupport
import RecollectVocabulary
import Testing

/// A table of a foreign database, and how far it is read.
private final class TableReading {
    private let dataset: TableDataset
    private var cursor: DatasetCursor?

    init(_ source: ForeignSource, _ rows: ForeignRelation.Source, orderedBy column: String) {
        dataset = TableDataset(source.table(rows, orderedBy: column), orderedBy: column)
    }

    func page(_ limit: Int) async throws -> DatasetPage {
        let page = try await dataset.page(after: cursor, limit: limit)
        // What the database keeps of it is enough to go on.
        cursor = page.cursor.map { DatasetCursor($0.parts) }
        return page
    }

    /// The rows of all pages after what was read.
    func rows(_ limit: Int = 100) async throws -> [String] {
        var rows: [String] = []
        for _ in 0..<1000 {
            let page = try await page(limit)
            #expect(page.rows.count <= limit)
            rows += try page.rows.map { try $0.fields.get().joined(separator: "|") }
            if page.isLast { return rows }
        }
        Issue.record("the table has no end")
        return rows
    }
}

private func withSource(_ engine: EngineKind, _ body: (ForeignSource) async throws -> Void) async throws {
    try await ForeignSource.with(engine, body)
}

@Suite struct `Tables of other databases` {
    @Test(arguments: EngineKind.available, [1, 2, 3, 7, 100])
    func `each row is read once, in the order of the cursor, wherever a page ends`(
        on engine: EngineKind,
        _ limit: Int
    ) async throws {
        try await withSource(engine) { source in
            // Values with one row, with two, and with more than a page.
            let values = [1, 2, 2, 3, 5, 5, 5, 5, 5, 8, 9, 10, 10, 11]
            try await source.run(
                "CREATE TABLE people (id INTEGER, changed INTEGER)",
                "INSERT INTO people VALUES "
                    + values.enumerated().map { "(\($0), \($1))" }.joined(separator: ", ")
            )
            let reading = TableReading(source, .table("people"), orderedBy: "changed")
            let rows = try await reading.rows(limit)
            #expect(rows.map { String($0.split(separator: "|")[1]) } == values.map { "\($0)" })
            #expect(Set(rows).count == values.count && rows.count == values.count)
            #expect(try await reading.rows(limit).isEmpty)
            try await source.run("INSERT INTO people VALUES (20, 12), (21, 12), (22, 13)")
            #expect(try await reading.rows(limit).sorted() == ["20|12", "21|12", "22|13"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a row that comes later with the last value is read, and the others not again`(
        on engine: EngineKind
    ) async throws {
        try await withSource(engine) { source in
            try await source.run(
                "CREATE TABLE people (id INTEGER, changed INTEGER)",
                "INSERT INTO people VALUES (1, 7), (2, 7)"
            )
            let reading = TableReading(source, .table("people"), orderedBy: "changed")
            #expect(try await reading.rows().count == 2)
            for id in 3...20 {
                try await source.run("INSERT INTO people VALUES (\(id), 7)")
                #expect(try await reading.rows(3) == ["\(id)|7"])
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `any number of rows may have one value, equal rows among them`(on engine: EngineKind) async throws {
        try await withSource(engine) { source in
            let rows = (0..<500).map { "(\($0), 7)" } + (0..<150).map { _ in "(1000, 7)" }
            try await source.run(
                "CREATE TABLE people (id INTEGER, changed INTEGER)",
                "INSERT INTO people VALUES " + rows.joined(separator: ", ")
            )
            let reading = TableReading(source, .table("people"), orderedBy: "changed")
            let read = try await reading.rows(40)
            #expect(Set(read).count == 501)
            #expect(read.filter { !$0.hasPrefix("1000|") }.count == 500)
            #expect(try await reading.rows(40).isEmpty)
            try await source.run("INSERT INTO people VALUES (2000, 8)")
            #expect(try await reading.rows(40) == ["2000|8"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `nothing but rows equal to the last byte holds nothing up`(on engine: EngineKind) async throws {
        try await withSource(engine) { source in
            try await source.run(
                "CREATE TABLE people (id INTEGER, changed INTEGER)",
                "INSERT INTO people VALUES " + (0..<50).map { _ in "(1, 7)" }.joined(separator: ", "),
                "INSERT INTO people VALUES (2, 8)"
            )
            let reading = TableReading(source, .table("people"), orderedBy: "changed")
            #expect(Set(try await reading.rows(10)) == ["1|7", "2|8"])
            #expect(try await reading.rows(10).isEmpty)
        }
    }

    @Test(
        arguments: EngineKind.available,
        [
            (type: "INTEGER", values: ["-5", "9", "10", "100"]),
            (type: "DOUBLE PRECISION", values: ["-0.5", "0.1", "0.30000000000000004", "9.5", "10.25"]),
            (type: "TEXT", values: ["'10'", "'9'", "'a''b'", "'b'", "'é'"]),
            (
                type: "TIMESTAMP",
                values: ["'2026-01-01 09:00:00'", "'2026-01-01 09:00:00.000001'", "'2026-10-01 00:00:00'"]
            ),
        ]
    )
    func `values order as the source orders them`(
        on engine: EngineKind,
        _ example: (type: String, values: [String])
    ) async throws {
        try await withSource(engine) { source in
            try await source.run("CREATE TABLE t (id INTEGER, c \(example.type))")
            for (id, value) in example.values.enumerated().reversed() {
                try await source.run("INSERT INTO t VALUES (\(id), \(value))")
            }
            let reading = TableReading(source, .query("SELECT id, c FROM t"), orderedBy: "c")
            let ids = try await reading.rows(1).map { String($0.prefix { $0 != "|" }) }
            #expect(ids == example.values.indices.map { "\($0)" })
        }
    }

    @Test(arguments: EngineKind.available)
    func `values that the source holds for equal are ties`(on engine: EngineKind) async throws {
        try await withSource(engine) { source in
            switch engine {
            case .sqlite: try await source.run("CREATE TABLE t (id INTEGER, c TEXT COLLATE NOCASE)")
            case .postgres, .citus:
                try await source.run(
                    "CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                    "CREATE TABLE t (id INTEGER, c TEXT COLLATE folded)"
                )
            }
            try await source.run("INSERT INTO t VALUES (1, 'a'), (2, 'A'), (3, 'a'), (4, 'A'), (5, 'b')")
            let reading = TableReading(source, .table("t"), orderedBy: "c")
            let ids = try await reading.rows(1).map { $0.prefix(1) }
            #expect(ids.sorted() == ["1", "2", "3", "4", "5"] && ids.last == "5")
            #expect(try await reading.rows(1).isEmpty)
        }
    }

    @Test(arguments: EngineKind.available)
    func `another order, or what was a folder, is read from the beginning`(on engine: EngineKind) async throws {
        try await withSource(engine) { source in
            try await source.run("CREATE TABLE t (id INTEGER, c TEXT)", "INSERT INTO t VALUES (1, 'b'), (2, 'a')")
            let byID = TableDataset(source.table(.table("t"), orderedBy: "id"), orderedBy: "id")
            let byText = TableDataset(source.table(.table("t"), orderedBy: "c"), orderedBy: "c")
            let place = try await byID.page(after: nil, limit: 10).cursor
            #expect(try await byID.page(after: place, limit: 10).rows.isEmpty)
            for cursor in [place, DatasetCursor(["1.csv, line 3", "20 2 3 0 - 1.csv"])] {
                let page = try await byText.page(after: cursor, limit: 10)
                #expect(page.rows.map(\.place) == ["c a", "c b"])
            }
            try await withFolder { folder in
                let files = CSVFolder(path: folder.path, clock: ManualClock())
                try Data("a\n1\n".utf8).write(to: folder.appending(path: "1.csv"))
                #expect(try await files.page(after: place, limit: 10).rows.count == 1)
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `rows without a cursor value have no place, and NULL elsewhere removes`(on engine: EngineKind) async throws {
        try await withSource(engine) { source in
            try await source.run(
                "CREATE TABLE t (id INTEGER, c INTEGER, name TEXT)",
                "INSERT INTO t VALUES (1, NULL, 'x'), (2, 1, NULL), (3, 2, '')"
            )
            let reading = TableReading(source, .table("t"), orderedBy: "c")
            #expect(try await reading.rows() == ["2|1|\\N", "3|2|"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `names are names whatever they hold, and a query may end in a comment`(on engine: EngineKind) async throws {
        try await withSource(engine) { source in
            try await source.run(
                #"CREATE TABLE "we""ird; DROP" ("or""der; --" INTEGER, "select" TEXT)"#,
                #"INSERT INTO "we""ird; DROP" VALUES (1, 'x'), (2, 'y')"#
            )
            let column = #"or"der; --"#
            let table = TableReading(source, .table(#"we"ird; DROP"#), orderedBy: column)
            #expect(try await table.rows(1) == ["1|x", "2|y"])
            let query = #"SELECT * FROM "we""ird; DROP" WHERE "select" <> '$1 {table}' -- all"#
            #expect(try await TableReading(source, .query(query), orderedBy: column).rows(1).count == 2)
        }
    }

    @Test(arguments: EngineKind.available)
    func `what cannot be read is told in the database's words`(on engine: EngineKind) async throws {
        try await withSource(engine) { source in
            try await source.run("CREATE TABLE t (id INTEGER)")
            for (rows, column, word) in [
                (ForeignRelation.Source.table("nowhere"), "id", "nowhere"), (.table("t"), "nothing", "nothing"),
                (.query("SELEC 1"), "id", "syntax"),
            ] {
                let reading = TableReading(source, rows, orderedBy: column)
                let error = await #expect(throws: DatasetUnreadable.self) { try await reading.page(1) }
                #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
            }
        }
    }

    @Test func `PostgreSQL's truth values and lists are what traits take, and nothing is written`() async throws {
        guard EngineKind.available.contains(.postgres) else { return }
        try await withSource(.postgres) { source in
            try await source.run("CREATE SEQUENCE counter")
            let values = "SELECT 1 AS c, true AS flag, ARRAY['a', 'b;c'] AS tags, 1.50::numeric AS n"
            #expect(
                try await TableReading(source, .query(values), orderedBy: "c").rows() == [#"1|true|["a","b;c"]|1.50"#]
            )
            let writing = TableReading(source, .query("SELECT nextval('counter') AS c"), orderedBy: "c")
            let error = await #expect(throws: DatasetUnreadable.self) { try await writing.page(1) }
            #expect(error?.description.contains("read-only") == true)
        }
    }
}
