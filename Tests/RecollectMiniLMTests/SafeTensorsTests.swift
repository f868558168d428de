import Foundation
import RecollectEmbedding
import RecollectMiniLM
import Testing

/// A file of a header and some bytes.
private func file(_ header: String, data: [UInt8], length: Int? = nil) -> [UInt8] {
    let length = UInt64(length ?? header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8) + data
}

/// Reads the tensor `a` of two numbers from a file with some bytes.
private func read(_ bytes: [UInt8]) throws -> [Float] {
    let path = NSTemporaryDirectory() + "/tensors-\(ProcessInfo.processInfo.globallyUniqueString)"
    try Data(bytes).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let tensors = try SafeTensors(path: path)
    return Array(try tensors.floats("a", shape: [2]))
}

@Suite struct `Tensors` {
    private static let data: [UInt8] = [0, 0, 128, 63, 0, 0, 0, 192]

    private static func header(type: String = "F32", shape: String = "[2]", offsets: String = "[0,8]") -> String {
        let entry = "{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
        let text = "{\"__metadata__\":{\"by\":\"us\"},\"a\":\(entry)}"
        return text + String(repeating: " ", count: 7 - (text.utf8.count + 7) % 8)
    }

    @Test func `are read from where the header says`() throws {
        #expect(try read(file(Self.header(), data: Self.data)) == [1, -2])
    }

    @Test func `are refused with a reason when they cannot be right`() throws {
        let odd: [([UInt8], String)] = [
            ([], "it is empty"),
            ([1, 2, 3], "it is cut short"),
            (file(Self.header(), data: [], length: 1 << 40), "its header is too long"),
            (file(Self.header(), data: [], length: 4096), "it is cut short"),
            (file("{\"a\": 1}", data: Self.data), "its header is not that of a safetensors file"),
            (file("not JSON", data: Self.data), "its header is not that of a safetensors file"),
            (file("{}", data: Self.data), "a is missing"),
            (file(Self.header(), data: Self.data.dropLast()), "it is cut short in a"),
            (file(Self.header(), data: []), "it is cut short in a"),
            (file(Self.header(type: "F16"), data: Self.data), "a is F16 [2] instead of F32 [2]"),
            (file(Self.header(shape: "[3]"), data: Self.data), "a is F32 [3] instead of F32 [2]"),
            (file(Self.header(offsets: "[8,0]"), data: Self.data), "a does not lie where it could"),
            (file(Self.header(offsets: "[-8,0]"), data: Self.data), "a does not lie where it could"),
            (file(Self.header(offsets: "[0,4]"), data: Self.data), "a does not lie where it could"),
            (file(Self.header(offsets: "[1,9]"), data: Self.data + [0]), "a does not lie where it could"),
            (file(Self.header(offsets: "[0]"), data: Self.data), "a does not lie where it could"),
        ]
        for (bytes, expected) in odd {
            let error = #expect(throws: EmbeddingError.self) { try read(bytes) }
            if case .unreadableFile(_, let reason)? = error { #expect(reason == expected) }
        }
    }

    @Test(.enabled(if: TestModel.isThere, TestModel.comment))
    func `of the model cut short are refused by name`() throws {
        let bytes = try Data(contentsOf: URL(filePath: TestModel.files.path(of: ModelFiles.weights)))
        let path = NSTemporaryDirectory() + "/model-\(ProcessInfo.processInfo.globallyUniqueString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try bytes.prefix(bytes.count - 1).write(to: URL(filePath: path))
        let tensors = try SafeTensors(path: path)
        let error = #expect(throws: EmbeddingError.self) {
            _ = try tensors.floats("pooler.dense.weight", shape: [384, 384])
        }
        #expect("\(try #require(error))".hasSuffix(".safetensors: it is cut short in pooler.dense.weight"))
    }
}
