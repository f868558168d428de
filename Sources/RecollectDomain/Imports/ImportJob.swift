import RecollectCSV
import RecollectEngine
import RecollectSQL
import RecollectVocabulary

// Reads the file of an import, a batch of rows a step. A step's transaction applies its rows and records the place in the file
// after them, so a row is applied once however often the server dies. Nothing but one piece of the file and one batch is
// in memory. Pieces that were read are removed; once the import has ended, so are the rest.

/// Reads the file of an import.
struct ImportJob: ResourceJob {
    static let kind = "import profiles"

    /// How many rows a step applies.
    ///
    /// Source: ours; a batch twice as large is hardly faster and keeps other writers waiting twice as long.
    private static let rowsLimit = 2000
    /// How many rows lie between two notices in the log.
    private static let noticeInterval = 100_000

    let resource: ImportID

    init(on file: ImportID) {
        resource = file
    }

    func step(on connection: any Connection, in surroundings: JobSurroundings) throws -> JobStep {
        guard let found = try connection.first(ImportQueries.lock, resource) else { return JobStep(isDone: true) }
        guard found.value.status == .processing else {
            return JobStep(isDone: try connection.run(ImportChunkQueries.deleteSome, resource) == 0)
        }
        do {
            return try read(found, on: connection, surroundings)
        } catch let failure as ImportFailure {
            return try end(found.value, .failed(failure.message), on: connection, surroundings.now)
        }
    }

    private func read(
        _ found: ImportRow,
        on connection: any Connection,
        _ surroundings: JobSurroundings
    ) throws -> JobStep {
        guard let store = try connection.first(StoreQueries.resolveShared, found.store, found.account),
            store.status == .active
        else { throw ImportFailure("the store was deleted") }
        let schema = try connection.schema(of: store.key)
        let traits = try ImportFailure.translating { () throws(Rejection) in
            try ImportedTraits(found.value.columns, schema)
        }
        var file = StoredFile(found, on: connection)
        guard let header = found.header else {
            return try readHeader(of: found, &file, traits, on: connection, surroundings.now)
        }
        let places = try ImportFailure.translating { () throws(Rejection) in try traits.places(in: header) }
        let identity = try connection.identity(of: store.key)
        var batch = ImportBatch(
            identity: identity,
            blocked: try connection.blockedIdentifiers(of: identity),
            columns: places,
            width: header.count
        )
        let ending = try fill(&batch, from: &file, after: found.value.progress)
        let ids: [ProfileID] = surroundings.ids.next(batch.records.count, at: surroundings.now)
        let outcome = try Resolution(batch.identity, at: surroundings.now, newIDs: ids, surroundings.ids)
            .apply(batch.records, on: connection)
        var step = try advance(found, past: batch, file, outcome, on: connection, surroundings.now)
        if let ending { step.notice = try end(found.value, ending, on: connection, surroundings.now).notice }
        return step
    }

    /// Takes rows until the batch is full or the file ends, which is told; rows before an error in the file still count.
    private func fill(
        _ batch: inout ImportBatch,
        from file: inout StoredFile,
        after progress: ImportProgress
    ) throws -> Ending? {
        do {
            while batch.rows < Self.rowsLimit {
                guard let record = try file.next() else { return .completed }
                guard progress.rows + batch.rows < ImportLimits.rows else {
                    return .failed("the file has more than \(ImportLimits.rows) rows")
                }
                try batch.read(record)
                guard progress.counts.failed + batch.errors.count <= ImportLimits.failedRows else {
                    return .failed("more than \(ImportLimits.failedRows) rows failed")
                }
            }
            return nil
        } catch let failure as ImportFailure {
            return .failed(failure.message)
        }
    }

    /// Records what a batch has done.
    private func advance(
        _ found: ImportRow,
        past batch: ImportBatch,
        _ file: StoredFile,
        _ outcome: ResolutionOutcome,
        on connection: any Connection,
        _ now: Timestamp
    ) throws -> JobStep {
        var progress = found.value.progress
        progress.position = batch.endOffset ?? progress.position
        progress.lines = batch.lastLine ?? progress.lines
        progress.rows += batch.rows
        progress.warnings += outcome.refused.count
        progress.counts = progress.counts + outcome.counts
        progress.counts.failed += batch.errors.count
        try connection.record(progress, of: found.value, at: now)
        try connection.insert(
            ImportQueries.insertErrors,
            batch.errors.map { (resource, $0.row + found.value.progress.rows, $0.line, $0.column, $0.message) }
        )
        try file.removeRead(before: progress.position)
        var step = JobStep(outcome: outcome)
        if progress.rows / Self.noticeInterval > found.value.progress.rows / Self.noticeInterval {
            step.notice =
                "import \(resource): \(progress.rows) rows, \(progress.position) of \(found.value.fileSize) bytes"
        }
        return step
    }

    private func readHeader(
        of found: ImportRow,
        _ file: inout StoredFile,
        _ traits: ImportedTraits,
        on connection: any Connection,
        _ now: Timestamp
    ) throws -> JobStep {
        guard let record = try file.next() else { throw ImportFailure("the file is empty") }
        guard case .row(let row) = record else { throw ImportFailure("the header is malformed: \(record.faultText)") }
        let header: CSVHeader
        do {
            header = try CSVHeader(row.fields)
        } catch {
            throw ImportFailure("the header is malformed: \(error.text)")
        }
        _ = try ImportFailure.translating { () throws(Rejection) in try traits.places(in: header.names) }
        try connection.run(ImportQueries.setHeader, resource, JSONList(header.names))
        var progress = found.value.progress
        progress.position = row.endOffset
        progress.lines = row.lines.upperBound
        // Columns that become nothing are noticed once, not in every row.
        progress.warnings = header.names.count - traits.columns.count
        try connection.record(progress, of: found.value, at: now)
        return JobStep()
    }

    private func end(
        _ ended: ProfileImport,
        _ ending: Ending,
        on connection: any Connection,
        _ now: Timestamp
    ) throws -> JobStep {
        switch ending {
        case .completed:
            try connection.end(ended, .completed, because: nil, at: now)
            return JobStep(notice: "import \(resource): completed")
        case .failed(let reason):
            try connection.end(ended, .failed, because: reason, at: now)
            return JobStep(notice: "import \(resource): failed, \(reason)")
        }
    }

    /// How an import ends.
    private enum Ending {
        case completed
        case failed(String)
    }
}

/// Why an import cannot go on.
struct ImportFailure: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }

    /// What was right when the import was announced, and is not any more.
    static func translating<Value>(_ work: () throws(Rejection) -> Value) throws -> Value {
        do {
            return try work()
        } catch {
            throw ImportFailure(error.message)
        }
    }
}

extension Connection {
    fileprivate func record(
        _ progress: ImportProgress,
        of file: ProfileImport,
        at now: Timestamp
    ) throws(EngineError) {
        let counts = progress.counts
        try run(
            ImportQueries.advance,
            file.id,
            progress.position,
            progress.rows,
            progress.lines,
            progress.warnings,
            counts.created,
            counts.updated,
            counts.merged,
            counts.failed,
            now
        )
        try tell(counts, of: file.operation)
    }
}
