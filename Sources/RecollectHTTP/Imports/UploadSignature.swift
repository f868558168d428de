import Crypto
import RecollectDomain
import RecollectVocabulary

// The URL of an upload says for which import it is and until when it is good, and carries an HMAC-SHA-256 (RFC 2104) over both:
// whoever has it may upload that one file, and needs no other credentials. Nothing is kept of it, so any server can check it.

/// Signs the URLs of uploads.
struct UploadSignature: Sendable {
    /// Where uploads go.
    static let pathPrefix = "/v1/Uploads/"
    static let template = "\(pathPrefix){importId}"

    private let key: SymmetricKey

    init(key: [UInt8]) {
        self.key = SymmetricKey(data: key)
    }

    /// The URL under which a file may be uploaded.
    func url(of announced: AnnouncedImport, base: String) -> String {
        let expiry = announced.expiresAt.microseconds / 1_000_000
        let signature = HMAC<SHA256>.authenticationCode(for: Self.text(announced.id, expiry), using: key)
        return "\(base)\(Self.pathPrefix)\(announced.id)?expires=\(expiry)&signature=\(Array(signature).hexadecimal)"
    }

    /// Refuses a URL that is not ours, or not good any more.
    func verify(_ id: ImportID, _ query: [String: String], at now: Timestamp) throws(Rejection) {
        guard let expiry = query["expires"].flatMap({ Int64($0) }), let text = query["signature"],
            let signature = [UInt8](hexadecimal: text),
            HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: Self.text(id, expiry), using: key)
        else { throw Rejection(.forbidden, "signature", "is not that of an upload of this server") }
        guard now.microseconds < expiry * 1_000_000 else {
            throw Rejection(.forbidden, "expires", "the URL was good for 30 minutes")
        }
    }

    private static func text(_ id: ImportID, _ expiry: Int64) -> [UInt8] {
        Array("\(id) \(expiry)".utf8)
    }
}
