import RecollectCSV
import RecollectEngine
import RecollectSQL
import RecollectVocabulary

/// The rows of a file or dataset that one step applies, and why some of them cannot be.
struct ImportBatch {
    let identity: StoreIdentity
    private let blocked: Set<Identifier>
    private let columns: [(place: Int, column: ImportedTraits.Column)]
    private let width: Int
    private let patterns = PatternCache()

    /// What the rows say that can be applied.
    private(set) var records: [CustomerRecord] = []
    /// Why others cannot, their rows counted from the first of the batch.
    private(set) var errors: [ImportRowError] = []
    /// How many rows were read.
    private(set) var rows = 0
    /// Where the next row begins.
    private(set) var endOffset: Int?
    private(set) var lastLine: Int?

    init(
        identity: StoreIdentity,
        blocked: Set<Identifier>,
        columns: [(place: Int, column: ImportedTraits.Column)],
        width: Int
    ) {
        self.identity = identity
        self.blocked = blocked
        self.columns = columns
        self.width = width
    }

    /// Takes a row of a file.
    mutating func read(_ record: CSVRecord) throws {
        endOffset = record.endOffset
        lastLine = record.lines.upperBound
        try read(line: record.lines.lowerBound) { _ in
            guard case .row(let row) = record else { throw Rejection(.malformed, nil, record.faultText) }
            return row.fields
        }
    }

    /// Takes a row of a dataset.
    mutating func read(_ row: DatasetRow) throws {
        try read(line: 0) { batch in
            switch row.fields {
            case .success(let fields):
                try batch.requireReadable(fields)
                return fields
            case .failure(let failure):
                throw Rejection(.malformed, nil, failure.description)
            }
        }
    }

    /// Refuses what no file could hold, in the columns that become traits.
    private func requireReadable(_ fields: [String]) throws(Rejection) {
        for (place, column) in columns where place < fields.count {
            guard fields[place].utf8.count <= CSVLimits.fieldBytes else {
                throw Rejection(.malformed, column.name, "must be at most \(CSVLimits.fieldBytes) bytes")
            }
            guard !fields[place].utf8.contains(0) else {
                throw Rejection(.malformed, column.name, "must not hold a NUL byte")
            }
        }
    }

    /// Takes a row, or the `Rejection` in its place.
    private mutating func read(line: Int, _ fields: (ImportBatch) throws -> [String]) throws {
        rows += 1
        do {
            records.append(try record(of: fields(self)))
        } catch let rejection as Rejection {
            errors.append(ImportRowError(row: rows, line: line, column: rejection.field, message: rejection.rule))
        }
    }

    private func record(of fields: [String]) throws -> CustomerRecord {
        guard fields.count == width else {
            throw Rejection(.malformed, nil, "has \(fields.count) fields, the header \(width)")
        }
        var assignments: [TraitAssignment] = []
        for (place, column) in columns {
            let cell = fields[place]
            guard let value = try column.definition.value(ofCell: cell, column: column.name) else { continue }
            assignments.append(
                try column.definition.assignment(of: value, field: column.name, matches: patterns.matches)
            )
        }
        let identifiers = try identity.rules.identifiers(in: assignments).filter { !$0.isAmong(blocked) }
        guard !identifiers.isEmpty else { throw Rejection(.malformed, nil, "has no identifier that is not blocked") }
        return CustomerRecord(assignments, identifiedBy: identifiers)
    }
}

/// The file of an import, as it stands in the database.
struct StoredFile {
    private let file: ImportRow
    private let connection: any Connection
    private var reader: CSVReader
    private var nextChunk: Int
    private var skipped: Int
    private var isFinished = false

    /// A file that is read up to a place.
    init(_ file: ImportRow, on connection: any Connection) {
        let progress = file.value.progress
        self.file = file
        self.connection = connection
        reader = CSVReader(at: progress.position, number: progress.rows + 1, line: progress.lines + 1)
        nextChunk = progress.position / ImportChunks.bytes
        skipped = progress.position % ImportChunks.bytes
    }

    /// The next row; nil at the end of the file.
    mutating func next() throws -> CSVRecord? {
        do {
            while true {
                if let record = try reader.nextRow() { return record }
                guard !isFinished else { return nil }
                try appendChunk()
            }
        } catch let error as CSVError {
            throw ImportFailure(error.text)
        }
    }

    /// Removes the pieces before a place.
    func removeRead(before position: Int) throws(EngineError) {
        let chunk = position / ImportChunks.bytes
        guard chunk > file.value.progress.position / ImportChunks.bytes else { return }
        try connection.run(ImportChunkQueries.delete, file.value.id, file.upload, chunk)
    }

    private mutating func appendChunk() throws(EngineError) {
        guard let bytes = try connection.first(ImportChunkQueries.fetch, file.value.id, file.upload, nextChunk) else {
            isFinished = true
            reader.finish()
            return
        }
        reader.append(bytes.dropFirst(skipped))
        nextChunk += 1
        skipped = 0
    }
}

extension CSVRecord {
    /// What is wrong with a malformed row, in words.
    var faultText: String {
        guard case .malformed(let row) = self else { return "is well formed" }
        let rule =
            switch row.fault.kind {
            case .invalidUTF8: "is not UTF-8"
            case .zeroByte: "holds a NUL byte"
            case .quoteInsideField: "has a quote inside a field that does not begin with one"
            case .textAfterQuote: "has text after the quote that closes a field"
            case .fieldTooLong: "has a field of more than \(CSVLimits.fieldBytes) bytes"
            case .rowTooLong: "is longer than \(CSVLimits.rowBytes) bytes"
            case .tooManyFields: "has more than \(CSVLimits.fields) fields"
            }
        return "\(rule): line \(row.fault.line), column \(row.fault.column)"
    }
}

extension CSVError {
    /// What ends the file, in words.
    var text: String {
        switch self {
        case .unterminatedQuote(let row, let line):
            "row \(row): the quote that opens in line \(line) is never closed"
        case .endlessRow(let row, let line):
            "row \(row), line \(line): the line does not end within \(CSVLimits.skippedBytes) bytes"
        }
    }
}

extension CSVHeaderError {
    /// What is wrong with a header, in words.
    var text: String {
        switch self {
        case .emptyName(let column): "column \(column) has no name"
        case .duplicateName(let name, let column, let first): "columns \(first) and \(column) are both named \(name)"
        case .tooManyColumns(let count): "it has \(count) columns, more than \(CSVLimits.fields)"
        }
    }
}
