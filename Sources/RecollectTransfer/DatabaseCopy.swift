package import RecollectEngine
import RecollectSQL

// Everything that one database holds is brought into another one, whatever their engines. Table by table, rows are read in the
// order of the primary key and written in pages, each page one transaction. So at any moment the target holds, of each table,
// the rows up to some key: a copy that was killed goes on after the greatest key found, and needs no other memory. The source
// does not change meanwhile (WriteBarrier) and nobody else touches the target (CopyMark). At the end both are read again and
// compared by counts and checksums; only then may servers use the target.

/// Copies a database into an empty one.
package struct DatabaseCopy: Sendable {
    private let source: any Database
    private let target: any Database
    private let rowsOfPage: Int

    /// A copy.
    ///
    /// - Parameters:
    ///   - source: the database to copy, at this program's version of the schema; it is only read.
    ///   - target: an empty database, or an earlier copy of the same source that did not end.
    ///   - rowsOfPage: the most rows of a transaction; fewer than usual are for tests.
    package init(
        from source: any Database,
        to target: any Database,
        rowsOfPage: Int = RowPage.rowsLimit
    ) {
        self.source = source
        self.target = target
        self.rowsOfPage = rowsOfPage
    }

    /// Copies what is missing, and verifies the whole.
    ///
    /// What differs although it has been copied, because the source changed between two runs, is copied anew once.
    ///
    /// - Parameter progress: is told how far it is.
    /// - Returns: one comparison a table; the target may be used when all are equal.
    /// - Throws: `TransferError`, `EngineError`.
    package func run(
        progress: @escaping @Sendable (TransferProgress) -> Void
    ) async throws -> [TableComparison] {
        let layouts = try await CopySource.layouts(of: source)
        // The lock is let go before the target is set free: only then is it known to have been held all the time.
        let compared = try await WriteBarrier.around(source, layouts) {
            try await CopyTarget.claim(target, for: source)
            try CopySource.requireSame(layouts, try await CopyTarget.layouts(of: target))
            try await copy(layouts, progress)
            return try await verified(layouts, progress)
        }
        if compared.differing.isEmpty {
            try await target.write { connection in try CopyMark.remove(on: connection) }
        }
        return compared
    }

    /// Compares both sides, and copies anew what differs.
    private func verified(
        _ layouts: [TableLayout],
        _ progress: @escaping @Sendable (TransferProgress) -> Void
    ) async throws -> [TableComparison] {
        let compared = try await DatabaseComparison.run(source, target, layouts, progress: progress)
        let differing = layouts.filter { compared.differing.contains($0.name) }
        guard !differing.isEmpty else { return compared }
        try await copyAnew(differing, progress)
        let again = try await DatabaseComparison.run(source, target, differing, progress: progress)
        return compared.map { old in again.first { $0.table == old.table } ?? old }
    }

    private func copy(
        _ layouts: [TableLayout],
        _ progress: @escaping @Sendable (TransferProgress) -> Void
    ) async throws {
        var readers: [TableReader] = []
        var done = 0
        for layout in layouts {
            readers.append(try await TableReader(layout, of: source, rowsOfPage))
            done += try await TableReader(layout, of: target, rowsOfPage).rows
        }
        let counter = ProgressCounter(.copying, done: done, of: readers.reduce(0) { $0 + $1.rows }, progress)
        for reader in readers {
            try await TableTransfer(reader, into: target).run(counter)
        }
    }

    private func copyAnew(
        _ layouts: [TableLayout],
        _ progress: @escaping @Sendable (TransferProgress) -> Void
    ) async throws {
        for layout in layouts {
            try await TableTransfer(try await TableReader(layout, of: source, rowsOfPage), into: target).clear()
        }
        try await copy(layouts, progress)
    }
}

/// What must hold of a database that is copied.
enum CopySource {
    /// The tables of a database that is whole and at this program's version.
    static func layouts(of database: any Database) async throws -> [TableLayout] {
        try await database.read(.snapshot) { connection in
            guard let state = try CopyMark.state(on: connection) else { throw TransferError.noSource }
            guard !state.isMarked else { throw TransferError.sourceIsUnfinished }
            guard state.version == Schema.version else { throw TransferError.sourceOfVersion(state.version) }
            return try TableLayout.all(on: connection)
        }
    }

    /// Sees to it that the tables of two databases have the same columns.
    static func requireSame(_ some: [TableLayout], _ others: [TableLayout]) throws(TransferError) {
        for (one, other) in zip(some, others) where one != other {
            throw TransferError.layoutsDiffer(table: one.name)
        }
    }
}
