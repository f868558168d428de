import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import RecollectEmbedding

/// Why one request had no answer, and whether another may have one.
struct RemoteFailure: Error {
    let error: EmbeddingError
    /// Whether to try again; it is of no use when the endpoint has understood and refused.
    let isPassing: Bool
    /// How long the endpoint asks to be left alone.
    var retryAfter: Duration?

    private init(_ error: EmbeddingError, isPassing: Bool, retryAfter: Duration? = nil) {
        self.error = error
        self.isPassing = isPassing
        self.retryAfter = retryAfter
    }

    /// The answer came and cannot be used.
    init(_ error: EmbeddingError) {
        self.init(error, isPassing: false)
    }

    /// The endpoint answered with a status that is no success.
    ///
    /// - Parameters:
    ///   - status: the status. The text of the answer is not told: it may hold the key, or what was sent.
    ///   - headers: the answer's headers.
    init(_ status: HTTPResponseStatus, _ headers: HTTPHeaders) {
        let hint =
            switch status.code {
            case 300..<400: "; a redirect is not followed: set the base URL to where it leads"
            case 401, 403: "; is the key right?"
            case 404: "; are the base URL and the model's name right?"
            case 400, 413, 422: "; it refuses the texts, their number or the model"
            default: ""
            }
        self.init(
            .unavailable("the endpoint answers \(status.code)\(hint)"),
            isPassing: [408, 429].contains(status.code) || status.code >= 500,
            // A date is not read: the endpoints in question send seconds.
            retryAfter: headers.first(name: "Retry-After").flatMap { Int($0) }.map { .seconds(max(0, $0)) }
        )
    }

    /// The connection failed, or the request was given up.
    init(_ error: any Error) {
        switch error {
        case is CancellationError:
            self.init(.late)
        case let error as HTTPClientError where [.cancelled, .deadlineExceeded].contains(error):
            self.init(.late)
        case let error as HTTPClientError:
            self.init(
                .unavailable("no answer: \(error.shortDescription.lowercased())"),
                isPassing: error != .alreadyShutdown
            )
        case let error as NIOTooManyBytesError:
            self.init(.unusableAnswer("it has more than \(error.maxBytes ?? RemoteEmbedder.answerBytesLimit) bytes"))
        case let error as IOError where Self.isUnreachable(error.errnoCode):
            self.init(.unavailable("the endpoint cannot be reached"), isPassing: true)
        case is NIOConnectionError:
            self.init(.unavailable("the endpoint cannot be reached"), isPassing: true)
        case is IOError, is ChannelError:
            self.init(.unavailable("the connection broke"), isPassing: true)
        default:
            self.init(.unavailable("no answer: \(type(of: error))"), isPassing: true)
        }
    }
    private static func isUnreachable(_ code: CInt) -> Bool {
        [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH].contains(code)
    }
}
