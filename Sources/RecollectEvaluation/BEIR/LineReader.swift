import Foundation

/// Reads a text file line by line, without holding more of it than a piece and a line.
struct LineReader {
    /// How much is read at once.
    private static let pieceBytes = 1 << 20
    /// The longest line.
    ///
    /// Source: ours; a document of a corpus is far shorter, a file without line ends must not fill the memory.
    private static let lineBytesLimit = 64 << 20

    /// The file.
    let path: String
    /// The number of the line that was read last, from 1.
    private(set) var line = 0
    private let handle: FileHandle
    private let bytes: Int
    private var bytesTaken = 0
    private var rest = Data()
    /// Up to where the rest is known to hold no line end.
    private var searched = 0
    private var isAtEnd = false

    /// The share of the file up to the line that was read last.
    var shareRead: Double { bytes > 0 ? Double(bytesTaken - rest.count) / Double(bytes) : 1 }

    /// Opens a file.
    ///
    /// - Parameter path: the file.
    /// - Throws: `EvaluationFileError` when it cannot be read.
    init(path: String) throws {
        self.path = path
        do {
            handle = try FileHandle(forReadingFrom: URL(filePath: path))
            bytes = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        } catch {
            throw EvaluationFileError(path, "cannot be read")
        }
    }

    /// The next line that is not blank, without its end; nil at the end of the file.
    mutating func next() throws -> Data? {
        while let found = try nextOfAny() {
            line += 1
            if found.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\t") }
            ) {
                return found
            }
        }
        return nil
    }

    private mutating func nextOfAny() throws -> Data? {
        while true {
            if let end = rest[(rest.startIndex + searched)...].firstIndex(of: UInt8(ascii: "\n")) {
                defer {
                    rest = rest[(end + 1)...]
                    searched = 0
                }
                return rest[..<end]
            }
            searched = rest.count
            guard !isAtEnd else {
                defer {
                    rest = Data()
                    searched = 0
                }
                return rest.isEmpty ? nil : rest
            }
            guard rest.count <= Self.lineBytesLimit else {
                throw EvaluationFileError(path, line: line + 1, "must have at most \(Self.lineBytesLimit) bytes")
            }
            try readPiece()
        }
    }

    private mutating func readPiece() throws {
        let piece: Data?
        do {
            piece = try handle.read(upToCount: Self.pieceBytes)
        } catch {
            throw EvaluationFileError(path, line: line + 1, "cannot be read")
        }
        guard let piece, !piece.isEmpty else {
            isAtEnd = true
            return
        }
        bytesTaken += piece.count
        rest = Data(rest) + piece
    }
}

extension LineReader {
    /// The next line, read as JSON; nil at the end of the file.
    mutating func nextObject<Value: Decodable>(_ type: Value.Type, by decoder: JSONDecoder) throws -> Value? {
        guard let bytes = try next() else { return nil }
        do {
            return try decoder.decode(type, from: bytes)
        } catch let error as DecodingError {
            throw EvaluationFileError(path, line: line, decoding: error)
        }
    }
}
