import RecollectEngine
import RecollectSQL

/// A table of one database, whose rows are read page after page.
struct TableReader: Sendable {
    let database: any Database
    let layout: TableLayout
    /// How many rows it has.
    let rows: Int
    private let pages: PageQueries

    /// Measures a table, so that its pages have as many rows as memory allows.
    init(
        _ layout: TableLayout,
        of database: any Database,
        _ rowsOfPage: Int = RowPage.rowsLimit
    ) async throws {
        let queries = TransferQueries(layout)
        let size = try await database.read(.snapshot) { connection in
            _ = try connection.rows(TransferQueries.withoutTimeLimits, []) { _ throws(EngineError) in }
            return try connection.first(queries.size)
        }
        self.database = database
        self.layout = layout
        rows = size?.rows ?? 0
        pages = PageQueries(
            layout,
            rowsLimit: max(1, min(rowsOfPage, RowPage.sizeLimit / max(1, size?.largest ?? 1)))
        )
    }

    /// The rows after a key.
    func page(after key: [SQLValue]?) async throws -> RowPage {
        try await database.read { connection in try RowPage.read(after: key, pages, of: layout, on: connection) }
    }

    /// Hands all pages after a key to a closure, and reads the next while the closure works.
    func forEachPage(after key: [SQLValue]? = nil, _ body: (RowPage) async throws -> Void) async throws {
        var page = try await page(after: key)
        while let last = page.lastKey {
            try Task.checkCancellation()
            async let next = self.page(after: last)
            try await body(page)
            page = try await next
        }
    }

    /// What the table holds, in short.
    func digest(_ progress: ProgressCounter) async throws -> TableDigest {
        var hasher = TableHasher()
        try await forEachPage { page in
            hasher.add(page)
            progress.add(page.rowCount, of: layout.name)
        }
        return hasher.digest
    }
}

/// A table that is copied from one database into another.
struct TableTransfer: Sendable {
    private let source: TableReader
    private let target: any Database
    private let queries: TransferQueries

    init(_ source: TableReader, into target: any Database) {
        self.source = source
        self.target = target
        queries = TransferQueries(source.layout)
    }

    /// Copies the rows after the greatest key that the target has: pages are copied in the order of the key, each in one
    /// transaction, so what is missing is exactly what comes after.
    func run(_ progress: ProgressCounter) async throws {
        let layout = source.layout
        do {
            let last = try await target.read { connection in
                try RowPage.lastKey(queries, of: layout, on: connection)
            }
            try await source.forEachPage(after: last) { page in
                try await insert(page)
                progress.add(page.rowCount, of: layout.name)
            }
        } catch let error as EngineError {
            throw TransferError.stopped(table: layout.name, reason: error.message)
        }
    }

    /// Removes what the target has of the table.
    func clear() async throws {
        try await target.write { connection in
            _ = try connection.rows(TransferQueries.withoutTimeLimits, []) { _ throws(EngineError) in }
            try connection.run(queries.clear, [])
        }
    }

    private func insert(_ page: RowPage) async throws {
        do {
            try await target.write { connection in try page.insert(queries, on: connection) }
        } catch let error as EngineError where error.kind == .statement {
            guard let column = page.columnWithZeroCharacter else { throw error }
            throw TransferError.zeroCharacter(table: source.layout.name, column: column)
        }
    }
}
