import CZlib
import Foundation
import RecollectEmbedding

// As much of the zip format as a wheel needs: the directory at the end, and entries that are stored or deflated. Sizes come from the
// directory and are only believed as far as the bytes bear them out; whoever extracts says how much he takes at most.
// Layout: PKWARE's APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16.

/// A zip file on disk.
struct ZipArchive {
    private struct Entry {
        let method: Int
        let compressedSize: Int
        let headerOffset: Int
    }

    private static let endSize = 22
    private static let commentLimit = 0xFFFF
    private static let directoryLimit = 16 << 20
    private static let directoryEntrySize = 46
    private static let headerSize = 30
    private static let chunkSize = 256 << 10

    private static let endMagic: UInt32 = 0x0605_4B50
    private static let directoryMagic: UInt32 = 0x0201_4B50
    private static let headerMagic: UInt32 = 0x0403_4B50

    private let name: String
    private let handle: FileHandle
    private let size: Int
    private var entries: [String: Entry] = [:]

    /// Opens a file and reads its directory.
    init(path: String) throws(EmbeddingError) {
        name = URL(filePath: path).lastPathComponent
        guard let handle = FileHandle(forReadingAtPath: path), let size = try? handle.seekToEnd() else {
            throw .unreadableFile(name: name, reason: "it cannot be opened")
        }
        self.handle = handle
        self.size = Int(size)
        try readDirectory()
    }

    /// The paths of the entries.
    var paths: [String] { Array(entries.keys) }

    /// Unpacks an entry of at most `limit` bytes in pieces.
    func extract(_ path: String, limit: Int, to receive: ([UInt8]) throws -> Void) throws(EmbeddingError) {
        guard let entry = entries[path] else { throw unreadable("it has no \(path)") }
        let header = try read(Self.headerSize, at: entry.headerOffset)
        guard header.number(UInt32.self, at: 0) == Self.headerMagic else { throw unreadable("its directory is wrong") }
        let names = Int(header.number(UInt16.self, at: 26)) + Int(header.number(UInt16.self, at: 28))
        let start = entry.headerOffset + Self.headerSize + names
        guard start + entry.compressedSize <= size else { throw unreadable("it is cut short") }
        let pieces = Pieces(archive: self, start: start, count: entry.compressedSize)
        do {
            switch entry.method {
            case 0: try copy(pieces, limit: limit, to: receive)
            case 8: try inflate(pieces, limit: limit, to: receive)
            default: throw unreadable("\(path) is packed in a way that wheels are not")
            }
        } catch let error as EmbeddingError {
            throw error
        } catch {
            throw unreadable("\(path) cannot be unpacked: \(error)")
        }
    }

    private func unreadable(_ reason: String) -> EmbeddingError { .unreadableFile(name: name, reason: reason) }

    private func read(_ count: Int, at offset: Int) throws(EmbeddingError) -> [UInt8] {
        guard count >= 0, offset >= 0, offset + count <= size, (try? handle.seek(toOffset: UInt64(offset))) != nil,
            let data = count == 0 ? Data() : try? handle.read(upToCount: count), data.count == count
        else { throw unreadable("it is cut short") }
        return Array(data)
    }

    private mutating func readDirectory() throws(EmbeddingError) {
        let tailStart = max(0, size - Self.endSize - Self.commentLimit)
        let tail = try read(size - tailStart, at: tailStart)
        let places = stride(from: tail.count - Self.endSize, through: 0, by: -1)
        guard let end = places.first(where: { tail.number(UInt32.self, at: $0) == Self.endMagic }) else {
            throw unreadable("it is no zip file")
        }
        let count = Int(tail.number(UInt16.self, at: end + 10))
        let length = Int(tail.number(UInt32.self, at: end + 12))
        guard length <= Self.directoryLimit else { throw unreadable("its directory is too long") }
        let directory = try read(length, at: Int(tail.number(UInt32.self, at: end + 16)))
        var place = 0
        for _ in 0..<count {
            guard place + Self.directoryEntrySize <= directory.count,
                directory.number(UInt32.self, at: place) == Self.directoryMagic
            else { throw unreadable("its directory is wrong") }
            let nameStart = place + Self.directoryEntrySize
            let nameLength = Int(directory.number(UInt16.self, at: place + 28))
            guard nameStart + nameLength <= directory.count else { throw unreadable("its directory is wrong") }
            let path = String(decoding: directory[nameStart..<nameStart + nameLength], as: UTF8.self)
            entries[path] = Entry(
                method: Int(directory.number(UInt16.self, at: place + 10)),
                compressedSize: Int(directory.number(UInt32.self, at: place + 20)),
                headerOffset: Int(directory.number(UInt32.self, at: place + 42))
            )
            let extras = [30, 32].map { Int(directory.number(UInt16.self, at: place + $0)) }.reduce(0, +)
            place = nameStart + nameLength + extras
        }
    }

    /// The packed bytes of an entry, a chunk at a time.
    private struct Pieces {
        let archive: ZipArchive
        let start: Int
        let count: Int

        func forEach(_ body: ([UInt8]) throws -> Void) throws {
            var place = 0
            while place < count {
                let length = min(ZipArchive.chunkSize, count - place)
                try body(try archive.read(length, at: start + place))
                place += length
            }
        }
    }

    private func copy(_ pieces: Pieces, limit: Int, to receive: ([UInt8]) throws -> Void) throws {
        guard pieces.count <= limit else { throw unreadable("an entry is larger than it may be") }
        try pieces.forEach(receive)
    }

    private func inflate(_ pieces: Pieces, limit: Int, to receive: ([UInt8]) throws -> Void) throws {
        var stream = z_stream()
        let started = inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(started == Z_OK, "zlib accepts its own constants")
        defer { inflateEnd(&stream) }
        var output = [UInt8](repeating: 0, count: Self.chunkSize)
        var total = 0
        var outcome = Z_OK
        try pieces.forEach { piece in
            var input = piece
            try input.withUnsafeMutableBufferPointer { source in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                repeat {
                    output.withUnsafeMutableBufferPointer { target in
                        stream.next_out = target.baseAddress
                        stream.avail_out = UInt32(target.count)
                        outcome = CZlib.inflate(&stream, Z_NO_FLUSH)
                    }
                    guard outcome == Z_OK || outcome == Z_STREAM_END || outcome == Z_BUF_ERROR else {
                        throw unreadable("an entry is damaged")
                    }
                    let count = Self.chunkSize - Int(stream.avail_out)
                    total += count
                    guard total <= limit else { throw unreadable("an entry is larger than it may be") }
                    if count > 0 { try receive(Array(output[..<count])) }
                } while outcome == Z_OK && (stream.avail_in > 0 || stream.avail_out == 0)
            }
        }
        guard outcome == Z_STREAM_END else { throw unreadable("an entry is cut short") }
    }
}

extension [UInt8] {
    /// A little-endian number; the place must be inside.
    fileprivate func number<Number: FixedWidthInteger>(_: Number.Type, at place: Int) -> Number {
        withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Number.self)) }
    }
}
