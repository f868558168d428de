import Foundation
import RecollectEmbedding
import RecollectMiniLM
import Testing

/// What an independent implementation makes of some texts: see `Reference/README.md`.
enum Reference {
    struct Entry: Decodable {
        let text: String
        let tokens: [Int32]
    }

    static func entries() throws -> [Entry] {
        try JSONDecoder().decode([Entry].self, from: Data(PackageResources.texts_json))
    }

    /// The first texts with their vectors.
    static func embedded() throws -> [(text: String, vector: [Float])] {
        let size = 384 * MemoryLayout<Float>.size
        let bytes = PackageResources.vectors_bin
        let vectors = stride(from: 0, to: bytes.count, by: size).map { start in
            bytes[start..<start + size].withUnsafeBytes { raw in
                (0..<384).map { Float(bitPattern: raw.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)) }
            }
        }
        return zip(try entries().map(\.text), vectors).map { ($0, $1) }
    }

    /// The hash of the tokens of every scalar of the first two planes.
    static func scalarsDigest() throws -> String {
        String(decoding: PackageResources.scalars_sha256, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    static func cosine(_ left: [Float], _ right: [Float]) -> Float { zip(left, right).map(*).reduce(0, +) }
}

/// The model under test, where there is one.
enum TestModel {
    static let folder = ProcessInfo.processInfo.environment["RECOLLECT_TEST_MODEL"]
    static let isThere = folder != nil
    static let comment: Comment = "RECOLLECT_TEST_MODEL names no folder with the model"

    static var files: ModelFiles { ModelFiles(folder: folder ?? "") }

    /// One encoder of each precision for all tests: loading takes longer than most of them.
    static let encoders: [MiniLMEncoder.Precision: Result<MiniLMEncoder, EmbeddingError>] = Dictionary(
        uniqueKeysWithValues: [.float32, .bfloat16, .int8].filter(\.isSupported).map { precision in
            (
                precision,
                Result { () throws(EmbeddingError) in
                    try MiniLMEncoder(files: files, precision: precision, threads: 2)
                }
            )
        }
    )

    static func encoder(_ precision: MiniLMEncoder.Precision = .float32) throws -> MiniLMEncoder {
        try #require(encoders[precision]).get()
    }

    /// Those of some precisions that this CPU has, each with what is asked of it.
    static func precisions(_ least: [MiniLMEncoder.Precision: Float]) -> [(MiniLMEncoder.Precision, Float)] {
        least.filter(\.key.isSupported).map { ($0, $1) }
    }
}
