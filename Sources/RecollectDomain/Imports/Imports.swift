import RecollectEngine
import RecollectSQL
package import RecollectVocabulary

/// Imports of files of profiles: announced, uploaded, then read in the background.
package struct Imports: Sendable {
    let transactions: Transactions
    let clock: any WallClock
    let ids: any IDSource
    let jobs: JobQueue

    /// Announces a file.
    ///
    /// - Parameters:
    ///   - request: the file and what becomes of its columns.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the import, and the operation that follows it.
    /// - Throws: `Rejection` when there is no such store, or the columns cannot become what is asked for.
    package func create(
        _ request: ImportRequest,
        in store: StoreID,
        _ scope: AccountScope
    ) async throws -> AnnouncedImport {
        let now = clock.now()
        let announced = AnnouncedImport(id: ids.next(at: now), operation: ids.next(at: now))
        let job: JobID = ids.next(at: now)
        return try await transactions.write(scope) { connection in
            let key = try connection.resolve(store, in: scope, locking: .schemaStays)
            let columns = try connection.columns(of: request, in: key)
            let traits = try ImportedTraits(columns, connection.schema(of: key))
            guard traits.identify else {
                throw Rejection(.malformed, "columnMappings", "must map a column to a trait promoted to an identifier")
            }
            try connection.run(
                ImportQueries.insert,
                announced.id,
                key,
                scope.account,
                announced.operation,
                .pending,
                request.fileName,
                request.fileSize,
                JSONList(columns),
                now
            )
            try connection.recordRunning(announced.operation, resource: "\(announced.id)", in: scope)
            try connection.tell(OperationCounts(), of: announced.operation)
            try connection.enqueue(
                ImportExpiryJob(on: announced.id),
                as: job,
                due: now + ImportLimits.uploadLifetime
            )
            return announced
        }
    }

    /// One import.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the import as it stands.
    /// - Throws: `Rejection` when the store has no such import.
    package func fetch(_ id: ImportID, in store: StoreID, _ scope: AccountScope) async throws -> ProfileImport {
        try await transactions.read(for: scope) { connection in
            try connection.found(id, in: connection.resolve(store, in: scope))
        }
    }

    /// One page of a store's imports.
    ///
    /// - Parameters:
    ///   - page: which page.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the ids of the page.
    /// - Throws: `Rejection` when there is no such store.
    package func list(
        _ page: PageQuery<ImportID>,
        in store: StoreID,
        _ scope: AccountScope
    ) async throws -> PageSlice<ImportID> {
        let bounds = IDBounds(page)
        let query = page.scansForward ? ImportQueries.pageAscending : ImportQueries.pageDescending
        let rows = try await transactions.read(for: scope) { connection in
            let key = try connection.resolve(store, in: scope)
            return try connection.all(query, key, bounds.lower, bounds.upper, page.rowsWanted)
        }
        return page.slice(rows)
    }

    /// Why rows of an import could not be applied, in their order.
    ///
    /// - Parameters:
    ///   - page: which page; its cursor is a row's number, and its order ascending.
    ///   - id: the import.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the errors of the page.
    /// - Throws: `Rejection` when the store has no such import.
    package func errors(
        _ page: PageQuery<Int>,
        of id: ImportID,
        in store: StoreID,
        _ scope: AccountScope
    ) async throws -> PageSlice<ImportRowError> {
        let rows = try await transactions.read(for: scope) { connection in
            let found = try connection.found(id, in: connection.resolve(store, in: scope))
            // An import has 101 at most: the page is cut out of them here.
            return try connection.all(ImportQueries.errors, found.id, 0, ImportLimits.failedRows + 1)
        }
        let ordered = page.scansForward ? rows : rows.reversed()
        let rest = ordered.drop { row in
            guard let cursor = page.cursor else { return false }
            return page.scansForward ? row.row <= cursor : row.row >= cursor
        }
        return page.slice(Array(rest.prefix(page.rowsWanted)))
    }
}

/// An import that was announced.
package struct AnnouncedImport: Sendable, ReplayableOutcome {
    /// The import.
    package let id: ImportID
    /// The operation that follows it.
    package let operation: OperationID

    /// When the URL of its upload is no longer good.
    package var expiresAt: Timestamp { id.createdAt + ImportLimits.uploadLifetime }

    var replayText: String { "\(id) \(operation)" }

    init(id: ImportID, operation: OperationID) {
        self.id = id
        self.operation = operation
    }

    init?(replayText: String) {
        let words = replayText.split(separator: " ").map(String.init)
        guard words.count == 2, let id = ImportID(replayText: words[0]),
            let operation = OperationID(replayText: words[1])
        else { return nil }
        self.init(id: id, operation: operation)
    }
}

extension Connection {
    fileprivate func found(_ id: ImportID, in store: StoreKey) throws -> ProfileImport {
        guard let found = try first(ImportQueries.fetch, id, store) else {
            throw Rejection(.notFound, "importId", "the store has no import \(id)")
        }
        return found
    }

    /// What becomes of the columns of a file.
    fileprivate func columns(of request: ImportRequest, in store: StoreKey) throws -> [ColumnMapping] {
        switch request.columns {
        case .mapped(let columns): return columns
        case .mapping(let id):
            let mapping = try dataMapping(id, of: store)
            guard mapping.source.columns != nil, mapping.isEnabled else {
                throw Rejection(.malformed, "mappingId", "must be an enabled data mapping of type INGRESS")
            }
            return try mapping.mappings.targets(in: schema(of: store)).map { target in
                ColumnMapping(
                    columnName: target.column.text,
                    traitGroup: target.group.text,
                    traitName: target.definition.name.text
                )
            }
        }
    }
}
