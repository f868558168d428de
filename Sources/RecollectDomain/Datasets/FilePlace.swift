import Crypto
import Foundation
import RecollectCSV
import RecollectVocabulary

/// The rows of an open file from a place on.
struct FileRows {
    /// How much is read at once.
    private static let pieceBytes = 64 << 10

    private let file: FileHandle
    private let isQuiet: Bool
    private var reader: CSVReader
    private var isFinished = false
    private var readOffset: Int

    init(_ file: FileHandle, from place: FilePlace, isQuiet: Bool) {
        self.file = file
        self.isQuiet = isQuiet
        reader = CSVReader(at: place.offset, number: place.row + 1, line: place.line + 1)
        readOffset = place.offset
    }

    /// The next row that is there as a whole; nil at the end of what can be read.
    mutating func next() throws -> CSVRecord? {
        while true {
            if let record = try reader.nextRow() { return record }
            guard !isFinished else { return nil }
            try file.seek(toOffset: UInt64(readOffset))
            let piece = try file.read(upToCount: Self.pieceBytes) ?? Data()
            guard !piece.isEmpty else {
                isFinished = true
                guard isQuiet else { return nil }
                reader.finish()
                continue
            }
            readOffset += piece.count
            reader.append(piece)
        }
    }
}

/// What can be told of a file without reading it.
struct FileState {
    let size: Int
    let changedAt: Timestamp

    init(of url: URL) throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
        size = (attributes[.size] as? Int) ?? 0
        let seconds = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        changedAt = Timestamp(microseconds: Int64(seconds * 1_000_000))
    }
}

/// How far a file is read.
struct FilePlace {
    /// How many bytes before the place are remembered.
    private static let sealBytes = 4096

    /// The place of the next byte.
    let offset: Int
    /// How many rows were read, without the header.
    let row: Int
    /// How many lines were read.
    let line: Int
    /// When the file was changed last before it was read up to here.
    var changedAt = Timestamp(microseconds: 0)
    /// The digest of the bytes before the place.
    private var digest = "-"

    init(offset: Int = 0, row: Int = 0, line: Int = 0) {
        (self.offset, self.row, self.line) = (offset, row, line)
    }

    /// Reads a place and the file it is in; nil when the text is none.
    private init?(_ text: String, naming name: inout String) {
        let words = text.split(separator: " ", maxSplits: 5).map(String.init)
        let numbers = words.prefix(4).compactMap { Int64($0) }
        guard words.count == 6, numbers.count == 4, numbers.allSatisfy({ $0 >= 0 }) else { return nil }
        self.init(offset: Int(numbers[0]), row: Int(numbers[1]), line: Int(numbers[2]))
        changedAt = Timestamp(microseconds: numbers[3])
        digest = words[4]
        name = words[5]
    }

    /// The places that a cursor tells, by file.
    static func places(of cursor: DatasetCursor?) -> [String: FilePlace] {
        var places: [String: FilePlace] = [:]
        var name = ""
        for part in cursor?.parts.dropFirst() ?? [] {
            guard let place = FilePlace(part, naming: &name) else { continue }
            places[name] = place
        }
        return places
    }

    func text(of name: String) -> String {
        "\(offset) \(row) \(line) \(changedAt.microseconds) \(digest) \(name)"
    }

    /// Whether a file is as it was when it was read to its end, which this is.
    func isUpToDate(_ state: FileState) -> Bool {
        state.size == offset && state.changedAt == changedAt
    }

    /// Remembers what stands before the place.
    mutating func seal(in file: FileHandle) throws {
        digest = try Self.digest(before: offset, in: file) ?? "-"
    }

    /// Whether a file has only grown since it was read up to here.
    func holds(in file: FileHandle, _ state: FileState) throws -> Bool {
        guard state.size > offset || state.changedAt == changedAt else { return false }
        return try Self.digest(before: offset, in: file) == digest
    }

    private static func digest(before offset: Int, in file: FileHandle) throws -> String? {
        let start = max(0, offset - sealBytes)
        try file.seek(toOffset: UInt64(start))
        let bytes = try file.read(upToCount: offset - start) ?? Data()
        guard bytes.count == offset - start else { return nil }
        return Array(SHA256.hash(data: bytes).prefix(8)).hexadecimal
    }
}
