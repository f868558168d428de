import Crypto
import Foundation
import RecollectVocabulary

/// A file of LoCoMo.
package struct LoCoMoFile: Sendable {
    /// The SHA-256 of its bytes, hexadecimal.
    package let sha256: String
    let conversations: [LoCoMoConversation]

    /// How many conversations it has.
    package var conversationCount: Int { conversations.count }
    /// How many questions are asked about them.
    package var questionCount: Int { conversations.reduce(0) { $0 + $1.questions.count } }

    /// Reads a file.
    ///
    /// - Parameter path: the file.
    /// - Throws: `EvaluationFileError` when it cannot be read or is no such file.
    package init(path: String) throws {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw EvaluationFileError(path, "cannot be read")
        }
        sha256 = Array(SHA256.hash(data: bytes)).hexadecimal
        do {
            conversations = try JSONDecoder().decode([LoCoMoConversation].self, from: bytes)
        } catch let error as DecodingError {
            throw EvaluationFileError(path, decoding: error)
        }
        guard questionCount > 0 else { throw EvaluationFileError(path, "has no questions") }
    }
}
