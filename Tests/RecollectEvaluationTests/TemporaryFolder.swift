import Foundation
import RecollectVocabulary

/// A folder for files of a test, gone afterwards.
struct TemporaryFolder {
    let url: URL

    /// Writes a file.
    ///
    /// - Parameters:
    ///   - text: what it holds.
    ///   - name: its name, which may name folders.
    /// - Returns: its path.
    /// - Throws: when it cannot be written.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: file)
        return file.path
    }
}

/// Runs a test with a folder of its own.
func withFolder<Result>(_ body: (TemporaryFolder) async throws -> Result) async throws -> Result {
    let name = "test_\(RandomIDSource().secret(8).hexadecimal)"
    let folder = TemporaryFolder(url: FileManager.default.temporaryDirectory.appending(path: name))
    try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder.url) }
    return try await body(folder)
}
