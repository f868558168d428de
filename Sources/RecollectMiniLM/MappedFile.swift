import Foundation
import RecollectEmbedding

/// A file's bytes in memory, read by the system as they are touched.
final class MappedFile: @unchecked Sendable {
    // Sendable: the bytes are mapped for reading alone and the pointer never changes.

    let name: String
    let bytes: UnsafeRawBufferPointer

    init(path: String) throws(EmbeddingError) {
        name = URL(filePath: path).lastPathComponent
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .unreadableFile(name: name, reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size > 0 else {
            throw .unreadableFile(name: name, reason: "it is empty")
        }
        let size = Int(status.st_size)
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            throw .unreadableFile(name: name, reason: String(cString: strerror(errno)))
        }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }

    /// Why the file cannot be used.
    func unreadable(_ reason: String) -> EmbeddingError { .unreadableFile(name: name, reason: reason) }

    /// Gives the memory of what has been read back.
    func releasePages() { madvise(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count, MADV_DONTNEED) }
}
