import HTTPTypes
import RecollectVocabulary

// What a refusal looks like on the wire. This is the one place that knows codes and statuses. Source: behaviour.md.

/// A refusal on its way out, with the headers that belong to it.
struct Refusal: Error {
    let rejection: Rejection
    let headers: HTTPFields

    init(_ rejection: Rejection, _ headers: HTTPFields = [:]) {
        self.rejection = rejection
        self.headers = headers
    }
}

/// Makes responses of what went wrong.
enum ErrorResponse {
    /// The longest message sent, in characters.
    ///
    /// Source: openapi.yaml.
    static let messageLengthLimit = 1024
    /// How long to wait when the server is out of something for a moment, in seconds.
    ///
    /// Source: ours.
    private static let retrySeconds = "1"

    static func of(_ refusal: Refusal) -> APIResponse {
        let (code, status) = codeAndStatus(of: refusal.rejection.reason)
        var response = make(code: code, status: status, message: refusal.rejection.message)
        if refusal.rejection.reason == .unavailable || refusal.rejection.reason == .tooManyRequests {
            response.headers[.retryAfter] = retrySeconds
        }
        for field in refusal.headers { response.headers[field.name] = field.value }
        return response
    }

    /// The answer to an error that nobody expected.
    ///
    /// Its text stays in the log, where the request's id finds it.
    static var internalError: APIResponse {
        make(code: 20500, status: 500, message: "internal error; the server's log has details under this request's id")
    }

    /// The answer to a request whose header is larger than the server reads.
    static var headerTooLarge: APIResponse {
        make(code: 20001, status: 431, message: "header: must be smaller")
    }

    private static func make(code: Int, status: Int, message: String) -> APIResponse {
        let scalars = message.unicodeScalars.prefix(messageLengthLimit)
        return APIResponse.json(HTTPResponse.Status(code: status)) { writer in
            writer.object { writer in
                writer.field("code", code)
                writer.field("message", String(String.UnicodeScalarView(scalars)))
                writer.field("more_info", "https://www.twilio.com/docs/errors/\(code)")
                writer.field("status", status)
            }
        }
    }

    static func codeAndStatus(of reason: Rejection.Reason) -> (code: Int, status: Int) {
        switch reason {
        case .malformed: (20001, 400)
        case .unauthenticated: (20003, 401)
        case .forbidden: (20403, 403)
        case .notFound: (20404, 404)
        case .methodNotAllowed: (20004, 405)
        case .conflict: (20409, 409)
        case .preconditionFailed: (20412, 412)
        case .tooLarge: (20413, 413)
        case .unsupportedMediaType: (20422, 415)
        case .tooManyRequests: (20429, 429)
        case .unavailable: (20503, 503)
        case .malformedStoreID: (520049, 400)
        case .malformedOperationID: (520051, 400)
        case .malformedSuggestionID: (520057, 400)
        case .controlPlanePayload: (520046, 400)
        case .storeNotFound: (520041, 404)
        case .storeNotActive: (520042, 409)
        case .staleVersion: (520043, 412)
        case .storeLimit: (520044, 409)
        case .storeNameTaken: (520045, 409)
        case .traitGroupNotFound: (520047, 404)
        case .traitGroupNameTaken: (520055, 409)
        case .traitGroupLimit: (520053, 409)
        case .traitLimit: (520054, 409)
        case .builtIn: (520050, 409)
        case .identitySettingsInvalid: (520024, 400)
        case .dataMappingNotFound: (520048, 404)
        case .dataMappingNameTaken: (520056, 409)
        case .operationNotFound: (520052, 404)
        case .suggestionNotFound: (520058, 404)
        case .bulkEntry: (520010, 400)
        }
    }
}
