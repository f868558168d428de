import Foundation
import RecollectEmbedding

// What goes over the wire. Endpoints that speak the same differ in what they answer when something is wrong, and a wrong vector
// that is stored is worse than none: so an answer is believed only if it has one vector for each text, each of the right number
// of components, all of them numbers and not all of them zero.

/// What an endpoint is asked.
struct EmbeddingRequest: Encodable {
    let model: String
    let input: [String]
    /// How many components to shorten the vectors to; nil does not mention it.
    let dimensions: Int?

    private enum CodingKeys: String, CodingKey {
        case model, input, dimensions
        case encodingFormat = "encoding_format"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(model, forKey: .model)
        try container.encode(input, forKey: .input)
        try container.encode("float", forKey: .encodingFormat)
        try container.encodeIfPresent(dimensions, forKey: .dimensions)
    }
}

/// What an endpoint answers.
struct EmbeddingAnswer: Decodable {
    private struct Item: Decodable {
        let index: Int
        // Of numbers that are too small for a Float, the decoder would say that they are no JSON.
        let embedding: [Double]
    }

    private let data: [Item]

    /// Reads an answer.
    ///
    /// - Parameter bytes: its body.
    /// - Throws: what is wrong with it.
    init(_ bytes: Data) throws(EmbeddingError) {
        do {
            self = try JSONDecoder().decode(EmbeddingAnswer.self, from: bytes)
        } catch {
            throw Self.trouble(error, bytes)
        }
    }

    /// The vectors that were asked for.
    ///
    /// - Parameters:
    ///   - count: how many texts there were.
    ///   - dimensions: how many components each has to have.
    /// - Returns: one vector a text, in their order, of length 1.
    /// - Throws: what is wrong with them.
    func vectors(count: Int, dimensions: Int) throws(EmbeddingError) -> [[Float]] {
        guard data.count == count else { throw .unusableAnswer("\(data.count) vectors came for \(count) texts") }
        var vectors = [[Float]](repeating: [], count: count)
        for item in data {
            guard vectors.indices.contains(item.index) else {
                throw .unusableAnswer("a vector has the index \(item.index) and there are \(count) texts")
            }
            guard vectors[item.index].isEmpty else {
                throw .unusableAnswer("two vectors have the index \(item.index)")
            }
            guard item.embedding.count == dimensions else {
                throw .wrongDimensions(expected: dimensions, got: item.embedding.count)
            }
            vectors[item.index] = try Self.normalised(item.embedding)
        }
        return vectors
    }

    private static func normalised(_ vector: [Double]) throws(EmbeddingError) -> [Float] {
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length.isFinite else { throw .notFinite }
        guard length > 0 else { throw .unusableAnswer("a vector has only zeros") }
        return vector.map { Float($0 / length) }
    }

    /// What to say of bytes that cannot be decoded: never what they are, for they may hold what was sent.
    private static func trouble(_ error: any Error, _ bytes: Data) -> EmbeddingError {
        let path: [any CodingKey] =
            switch error as? DecodingError {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
                context.codingPath
            case .keyNotFound(let key, let context): context.codingPath + [key]
            default: []
            }
        if let place = path.firstIndex(where: { $0.stringValue == "embedding" }) {
            return place + 1 < path.count ? .notFinite : .unusableAnswer("a vector is no list of numbers")
        }
        if path.contains(where: { $0.stringValue == "index" }) { return .unusableAnswer("a vector has no index") }
        let first = bytes.first { !" \t\r\n".utf8.contains($0) }
        switch first {
        case UInt8(ascii: "<"): return .unusableAnswer("it is a page of HTML; is the base URL right?")
        case nil: return .unusableAnswer("it is empty")
        default: break
        }
        return .unusableAnswer(path.isEmpty ? "it is no JSON object, or a broken one" : "it has no list of vectors")
    }
}
