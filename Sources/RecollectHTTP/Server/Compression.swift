import HTTPTypes
import RecollectCompression
import RecollectVocabulary

/// Compressed bodies, both ways.
enum Compression {
    /// Responses below this many bytes are sent as they are.
    ///
    /// Source: ours; smaller ones hardly shrink.
    static let responseBytesThreshold = 128

    /// The body of a request, decompressed.
    ///
    /// One client sets the header and does not compress, so a body that begins like JSON is taken as it is. gzip and zlib never
    /// begin like that; Brotli may, and is tried first.
    static func decompress(_ body: [UInt8], _ headers: HTTPFields, limit: Int) throws(Rejection) -> [UInt8] {
        let codings = (headers[.contentEncoding] ?? "").split(separator: ",").map { trimmed($0[...]).lowercased() }
            .filter { $0 != "identity" && !$0.isEmpty }
        guard !codings.isEmpty, !body.isEmpty else { return body }
        guard codings.count == 1, let coding = coding(codings[0]) else {
            guard beginsLikeJSON(body) else {
                throw Rejection(.unsupportedMediaType, "Content-Encoding", "must be gzip, deflate or br")
            }
            return body
        }
        if coding != .br, beginsLikeJSON(body) { return body }
        do {
            return try coding.decompress(body, limit: limit)
        } catch {
            switch error {
            case .tooLarge:
                throw Rejection(.tooLarge, "body", "must be at most \(limit) bytes once decompressed")
            case .corrupt, .trailingData:
                if beginsLikeJSON(body) { return body }
                throw Rejection(.malformed, "body", "is not whole \(coding.rawValue) data")
            }
        }
    }

    /// The response with its body compressed as the caller likes it best, if it likes that at all.
    static func compress(_ response: APIResponse, _ acceptEncoding: String?) -> APIResponse {
        guard !response.body.isEmpty else { return response }
        var response = response
        response.headers[.vary] = "Accept-Encoding"
        guard response.body.count >= responseBytesThreshold, response.headers[.contentEncoding] == nil,
            let coding = acceptEncoding.flatMap(preferred)
        else { return response }
        response.body = coding.compress(response.body)
        response.headers[.contentEncoding] = coding.rawValue
        return response
    }

    /// The coding of the highest weight; of equals gzip, then deflate, then br, which some clients ask for and cannot read.
    static func preferred(_ acceptEncoding: String) -> ContentCoding? {
        var weights: [String: Double] = [:]
        for item in acceptEncoding.split(separator: ",") {
            let parts = item.split(separator: ";").map { trimmed($0[...]).lowercased() }
            guard let name = parts.first else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            weights[name == "x-gzip" ? "gzip" : name] = weight
        }
        var best: (coding: ContentCoding, weight: Double)?
        for coding in [ContentCoding.gzip, .deflate, .br] {
            let weight = weights[coding.rawValue] ?? (coding == .br ? 0 : weights["*"] ?? 0)
            if weight > best?.weight ?? 0 { best = (coding, weight) }
        }
        return best?.coding
    }

    private static func coding(_ name: String) -> ContentCoding? {
        ContentCoding(rawValue: name == "x-gzip" ? "gzip" : name)
    }

    private static func beginsLikeJSON(_ body: [UInt8]) -> Bool {
        switch body[0] {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), 0x20, 0x0A, 0x0D, 0x09: true
        default: false
        }
    }
}
