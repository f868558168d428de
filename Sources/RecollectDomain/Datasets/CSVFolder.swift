import Dispatch
import Foundation
import RecollectCSV
package import RecollectVocabulary

// The CSV files of a folder, in the order of their names, each read on from where it was left.
//
// The cursor has a place for each file: its offset, the numbers of row and line there, when the file was changed last, and a
// digest of the bytes just before that offset. So files may grow at any time, the earlier ones too, and files may be added
// anywhere in the order. A file that is shorter than its place, or has other bytes before it, or was changed and has the same
// length, was written anew and is read from its beginning. What cannot be told: a file that has grown and was changed in its
// middle besides. A digest of all that was read would tell, at the price of reading all of it again whenever a file grows.
//
// A row counts when its line end is there: the last line of a file may be half written. Without a line end it counts once the
// file has not changed for a while, and is then taken as whole.
//
// Cost: each page looks at the name and size of every file, reads the bytes of its rows, and no others but the digest's.
// Files that went away are forgotten. Places of a page are in one file, so that its columns are that file's.

/// The CSV files of a folder as a dataset.
package struct CSVFolder: Dataset {
    /// How many files a folder may have, as each has a place in the cursor.
    ///
    /// Source: ours.
    private static let filesLimit = 1000
    /// How long a file must not have changed until its last line counts without a line end.
    ///
    /// Source: ours; whoever writes a file pauses less.
    private static let quietTime = Duration.seconds(30)

    private let path: String
    private let clock: any WallClock

    /// The files of a folder.
    ///
    /// - Parameters:
    ///   - path: the folder.
    ///   - clock: what tells how old a file is.
    package init(path: String, clock: any WallClock) {
        self.path = path
        self.clock = clock
    }

    /// The rows after a place.
    ///
    /// - Parameters:
    ///   - cursor: the place, as an earlier page told it; nil for the beginning.
    ///   - limit: the most rows.
    /// - Returns: the rows.
    /// - Throws: `DatasetUnreadable` when the folder or a file cannot be read.
    package func page(after cursor: DatasetCursor?, limit: Int) async throws -> DatasetPage {
        // Files block, which no thread of the cooperative pool may.
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .utility).async {
                continuation.resume(with: Result { try rows(after: cursor, limit) })
            }
        }
    }

    private func rows(after cursor: DatasetCursor?, _ limit: Int) throws -> DatasetPage {
        let files = try files()
        let present = Set(files)
        var places = FilePlace.places(of: cursor).filter { present.contains($0.key) }
        for name in files {
            let page = try read(name, after: places[name], limit)
            guard let place = page.place, !page.rows.isEmpty else { continue }
            places[name] = place
            let end = DatasetCursor(["\(name), line \(place.line)"] + files.compactMap { places[$0]?.text(of: $0) })
            return DatasetPage(columns: page.header, rows: page.rows, cursor: end, isLast: false)
        }
        return DatasetPage(columns: [], rows: [], cursor: cursor, isLast: true)
    }

    /// The names of the files, in order.
    private func files() throws -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw DatasetUnreadable("the folder cannot be read")
        }
        let files = names.filter { !$0.hasPrefix(".") && $0.lowercased().hasSuffix(".csv") }
        guard files.count <= Self.filesLimit else {
            throw DatasetUnreadable("the folder has \(files.count) CSV files, more than \(Self.filesLimit)")
        }
        return files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Rows of a file after a place, its header, and the place after them; no place when there is nothing new.
    private func read(_ name: String, after place: FilePlace?, _ limit: Int) throws -> FilePage {
        let url = URL(fileURLWithPath: path).appending(path: name)
        do {
            let state = try FileState(of: url)
            guard state.size > 0, place?.isUpToDate(state) != true else { return FilePage() }
            let file = try FileHandle(forReadingFrom: url)
            defer { try? file.close() }
            var start = place
            if let place, try !place.holds(in: file, state) { start = nil }
            let isQuiet = state.changedAt + Self.quietTime <= clock.now()
            var page = try read(file, name, after: start, isQuiet: isQuiet, limit)
            // Looked at after reading: what is appended meanwhile is found by the length.
            page.place?.changedAt = try FileState(of: url).changedAt
            return page
        } catch let error as CSVError {
            throw DatasetUnreadable("\(name): \(error.text)")
        } catch let error as DatasetUnreadable {
            throw error
        } catch {
            throw DatasetUnreadable("\(name): the file cannot be read")
        }
    }

    private func read(
        _ file: FileHandle,
        _ name: String,
        after place: FilePlace?,
        isQuiet: Bool,
        _ limit: Int
    ) throws -> FilePage {
        var top = FileRows(file, from: FilePlace(), isQuiet: isQuiet)
        guard let first = try top.next() else { return FilePage() }
        guard case .row(let row) = first else {
            throw DatasetUnreadable("\(name): the header is malformed: \(first.faultText)")
        }
        let header: CSVHeader
        do {
            header = try CSVHeader(row.fields)
        } catch {
            throw DatasetUnreadable("\(name): the header is malformed: \(error.text)")
        }
        var end = place ?? FilePlace(offset: row.endOffset, row: 0, line: row.lines.upperBound)
        var rest = FileRows(file, from: end, isQuiet: isQuiet)
        var rows: [DatasetRow] = []
        while rows.count < limit, let record = try next(of: &rest, after: rows) {
            let line = record.lines.lowerBound
            rows.append(DatasetRow(place: "\(name), line \(line)", fields: Self.fields(of: record)))
            end = FilePlace(offset: record.endOffset, row: end.row + 1, line: record.lines.upperBound)
        }
        try end.seal(in: file)
        return FilePage(rows: rows, header: header.names, place: end)
    }

    /// The next row; an error in the file waits for the next page if there are rows before it.
    private func next(of rest: inout FileRows, after rows: [DatasetRow]) throws -> CSVRecord? {
        do {
            return try rest.next()
        } catch  where error is CSVError && !rows.isEmpty {
            return nil
        }
    }

    private static func fields(of record: CSVRecord) -> Result<[String], DatasetUnreadable> {
        guard case .row(let row) = record else { return .failure(DatasetUnreadable(record.faultText)) }
        return .success(row.fields)
    }
}

/// Some rows of a file.
private struct FilePage {
    var rows: [DatasetRow] = []
    var header: [String] = []
    /// The place after the rows; nil when the file has nothing new.
    var place: FilePlace?
}
