import Crypto
import Foundation
package import RecollectEmbedding

/// An embedding endpoint that speaks OpenAI's `POST /embeddings`, and the model that is asked for there.
package struct RemoteEndpoint: Sendable {
    /// How many components the vectors of a remote model may have.
    ///
    /// Source: the largest of today's models have 4,096.
    package static let dimensions = 1...8192

    /// Where it is, without a slash at the end.
    package let baseURL: String
    /// The model whose vectors it gives.
    package let model: EmbeddingModel
    /// What `Authorization` says.
    let authorization: String?
    /// Whether it is asked for vectors of the model's dimensions, rather than trusted to have no others.
    let shortensVectors: Bool

    /// Where texts are sent.
    var url: String { baseURL + "/embeddings" }

    /// An endpoint.
    ///
    /// - Parameters:
    ///   - baseURL: what stands before `/embeddings`, with or without a slash at its end.
    ///   - key: the key that is sent with each request; it is never logged and in no error.
    ///   - model: the model's name, as the endpoint knows it.
    ///   - dimensions: how many components its vectors have.
    ///   - shortensVectors: whether the endpoint is asked to shorten its vectors to so many components; some refuse that.
    /// - Throws: what is wrong.
    package init(
        baseURL: String,
        key: String?,
        model: String,
        dimensions: Int,
        shortensVectors: Bool = false
    ) throws(InvalidEndpoint) {
        self.baseURL = try Self.normalised(baseURL)
        if let key {
            // A line break would end the header; what a client library says of that would show the key.
            guard !key.isEmpty, key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .key }
        }
        guard !model.isEmpty else { throw .model }
        guard Self.dimensions.contains(dimensions) else { throw .dimensions }
        authorization = key.map { "Bearer " + $0 }
        self.model = EmbeddingModel(
            name: model,
            dimensions: dimensions,
            digest: Self.digest(self.baseURL, model, dimensions)
        )
        self.shortensVectors = shortensVectors
    }

    private static func normalised(_ text: String) throws(InvalidEndpoint) -> String {
        guard let parts = URLComponents(string: text), ["http", "https"].contains(parts.scheme?.lowercased()),
            parts.host?.isEmpty == false, parts.query == nil, parts.fragment == nil
        else { throw .url }
        guard parts.user == nil, parts.password == nil else { throw .credentialsInURL }
        let slashes = text.reversed().prefix { $0 == "/" }
        return String(text.dropLast(slashes.count))
    }

    /// What tells this model's vectors from any others: the same name elsewhere may be another model.
    private static func digest(_ baseURL: String, _ model: String, _ dimensions: Int) -> String {
        SHA256.hash(data: Array("\(baseURL)\n\(model)\n\(dimensions)".utf8)).prefix(8).hexadecimal
    }
}

extension RemoteEndpoint: CustomStringConvertible {
    /// What to tell a person; not the key.
    package var description: String { "\(model.name) at \(baseURL)" }
}

/// What is wrong with the description of an endpoint.
package enum InvalidEndpoint: Error, Hashable {
    /// The URL is none of http or https, or has a query or a fragment.
    case url
    /// The URL holds a user or a password.
    case credentialsInURL
    /// The key has characters that no header can carry.
    case key
    /// The model has no name.
    case model
    /// There are no vectors of so few or so many components.
    case dimensions
}
