import Foundation
package import RecollectEmbedding

// The format: eight bytes with the length of a header, the header in JSON (for each tensor its type, its shape and where its bytes
// lie after the header), then the bytes. Everything the header says is checked before a byte is looked at.

/// The tensors of a safetensors file, which stays on disk until they are read.
package struct SafeTensors: Sendable {
    /// No model of this size has a longer header.
    private static let headerLimit = 1 << 20
    private static let lengthSize = 8

    private let file: MappedFile
    private let entries: [String: Entry]
    private let start: Int

    private struct Entry: Decodable {
        let dtype: String
        let shape: [Int]
        let dataOffsets: [Int]

        enum CodingKeys: String, CodingKey {
            case dtype, shape
            case dataOffsets = "data_offsets"
        }
    }

    /// The header: tensors by name, and notes that nobody needs.
    private struct Header: Decodable {
        struct Name: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }

            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        let entries: [String: Entry]

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Name.self)
            var entries: [String: Entry] = [:]
            for name in container.allKeys where name.stringValue != "__metadata__" {
                entries[name.stringValue] = try container.decode(Entry.self, forKey: name)
            }
            self.entries = entries
        }
    }

    /// Opens a file and reads its header.
    ///
    /// - Parameter path: the file's.
    /// - Throws: `EmbeddingError.unreadableFile`: it is missing, cut short, or no safetensors file.
    package init(path: String) throws(EmbeddingError) {
        let file = try MappedFile(path: path)
        self.file = file
        guard file.bytes.count >= Self.lengthSize else { throw file.unreadable("it is cut short") }
        let length = file.bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self).littleEndian
        guard length <= Self.headerLimit else { throw file.unreadable("its header is too long") }
        start = Self.lengthSize + Int(length)
        guard start <= file.bytes.count else { throw file.unreadable("it is cut short") }
        let header = Data(file.bytes[Self.lengthSize..<start])
        guard let decoded = try? JSONDecoder().decode(Header.self, from: header) else {
            throw file.unreadable("its header is not that of a safetensors file")
        }
        entries = decoded.entries
    }

    /// A tensor's numbers, which live as long as these tensors.
    ///
    /// - Parameters:
    ///   - name: the tensor's.
    ///   - shape: what it must have.
    /// - Returns: its numbers, the last dimension's next to one another.
    /// - Throws: `EmbeddingError.unreadableFile`: it is missing, has another shape or type, or lies beyond the file.
    package func floats(_ name: String, shape: [Int]) throws(EmbeddingError) -> UnsafeBufferPointer<Float> {
        guard let entry = entries[name] else { throw file.unreadable("\(name) is missing") }
        guard entry.dtype == "F32", entry.shape == shape else {
            throw file.unreadable("\(name) is \(entry.dtype) \(entry.shape) instead of F32 \(shape)")
        }
        let size = MemoryLayout<Float>.stride
        let (offsets, room) = (entry.dataOffsets, file.bytes.count - start)
        guard offsets.count == 2, offsets[0] >= 0, offsets[1] >= offsets[0],
            offsets[1] - offsets[0] == shape.reduce(1, *) * size, (start + offsets[0]).isMultiple(of: size)
        else { throw file.unreadable("\(name) does not lie where it could") }
        guard offsets[1] <= room else { throw file.unreadable("it is cut short in \(name)") }
        return UnsafeRawBufferPointer(rebasing: file.bytes[start + offsets[0]..<start + offsets[1]])
            .assumingMemoryBound(to: Float.self)
    }

    /// Gives the memory of what has been read back; it is read again when needed.
    func releasePages() { file.releasePages() }
}
