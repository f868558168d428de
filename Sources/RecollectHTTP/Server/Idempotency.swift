import Crypto
import HTTPTypes
import RecollectVocabulary

/// The Idempotency-Key header.
enum Idempotency {
    private static let methods: Set<HTTPRequest.Method> = [.post, .put, .patch]

    /// What the key stands for: this method on this path and query with this body, decompressed.
    ///
    /// - Returns: the claim; nil without the header, or where the method makes it meaningless.
    static func claim(
        method: HTTPRequest.Method,
        target: RequestTarget,
        headers: HTTPFields,
        body: [UInt8]
    ) throws(Rejection) -> IdempotencyClaim? {
        guard methods.contains(method), let key = headers[.idempotencyKey] else { return nil }
        var digest = SHA256()
        digest.update(data: Array("\(method.rawValue) \(target.path)?\(target.rawQuery)\n".utf8))
        digest.update(data: body)
        return try IdempotencyClaim(key: key, requestDigest: Array(digest.finalize()))
    }
}
