import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import RecollectVocabulary

/// The body of a request: of a media type that is understood, and not too large.
enum RequestBodyReader {
    /// A refusal after which the rest of the body is not worth reading: the connection ends with the response.
    private static let closing: HTTPFields = [.connection: "close"]

    /// Reads the whole body.
    ///
    /// Bodies of GET, HEAD and DELETE mean nothing: they are dropped, whatever their type.
    static func read(_ request: Request, limit: Int) async throws -> [UInt8] {
        let headers = request.headers
        let counts = [.post, .put, .patch].contains(request.method)
        let declared = headers[.contentLength].flatMap { Int($0) } ?? 0
        if counts, declared > 0 { try requireJSON(headers) }
        let tooLarge = Refusal(Rejection(.tooLarge, "body", "must be at most \(limit) bytes"), closing)
        guard declared <= limit else { throw tooLarge }
        var body: [UInt8] = []
        body.reserveCapacity(declared)
        do {
            for try await buffer in request.body {
                guard body.count + buffer.readableBytes <= limit else { throw tooLarge }
                body.append(contentsOf: buffer.readableBytesView)
            }
        } catch is HTTPParserError {
            throw Refusal(Rejection(.malformed, "body", "breaks the rules of HTTP/1.1"), closing)
        }
        guard counts else { return [] }
        if !body.isEmpty { try requireJSON(headers) }
        return body
    }

    /// A body without a Content-Type is taken for JSON.
    static func requireJSON(_ headers: HTTPFields) throws(Refusal) {
        guard let type = headers[.contentType] else { return }
        let essence = trimmed(type.prefix { $0 != ";" }).lowercased()
        let isJSON = essence == "application/json" || (essence.hasPrefix("application/") && essence.hasSuffix("+json"))
        guard isJSON else {
            throw Refusal(Rejection(.unsupportedMediaType, "Content-Type", "must be application/json"))
        }
    }
}
