import HTTPTypes
package import RecollectDomain
import RecollectVocabulary

/// HTTP Basic authentication (RFC 7617).
package enum Authentication {
    /// Finds whose credentials these are: an account's SID and token, or an API key's SID and secret.
    package typealias Authenticate =
        @Sendable (_ user: String, _ password: String) async throws -> AccountScope?

    private static let challenge: HTTPFields = [.wwwAuthenticate: "Basic realm=\"Recollect\", charset=\"UTF-8\""]

    /// - Throws: a refusal with the challenge that RFC 9110 asks for.
    static func scope(of headers: HTTPFields, _ authenticate: Authenticate) async throws -> AccountScope {
        guard let header = headers[.authorization] else {
            throw Refusal(Rejection(.unauthenticated, "Authorization", "is required"), challenge)
        }
        guard let (user, password) = credentials(header) else {
            throw Refusal(Rejection(.unauthenticated, "Authorization", "must be Basic credentials"), challenge)
        }
        guard let scope = try await authenticate(user, password) else {
            throw Refusal(Rejection(.unauthenticated, "Authorization", "unknown SID or wrong secret"), challenge)
        }
        return scope
    }

    static func credentials(_ header: String) -> (user: String, password: String)? {
        let words = header.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "basic", let bytes = Base64.standard.decode(words[1]),
            let text = String(validating: bytes, as: UTF8.self),
            let colon = text.firstIndex(of: ":")
        else { return nil }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }
}
