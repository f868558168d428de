import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import RecollectVocabulary

// Stands at the front of every connection, for what has to be decided before there is a request or after its response:
// - A request must be read within a time, however steadily its bytes drip. (Hummingbird closes silent connections only.)
// - `Expect: 100-continue` is answered, unless the body announced is too large anyway: then the responder's 413 is the answer.
// - What cannot be parsed gets our error body and request id, with 431 where the header is too large.
// - After a response that says `Connection: close` our side is closed and what still comes in is dropped for a while: closing
//   at once would let unread bytes reset the connection, and the caller would never see the response.

/// Guards one connection.
///
/// Belongs to its event loop.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long a request may take to arrive.
    ///
    /// Source: ours; 8 MiB at 70 kB a second, and larger bodies at the same pace.
    static let readTimeLimit = TimeAmount.seconds(120)
    private static let bytesPerSecond = 70_000
    /// How long unread bytes are dropped after the last response.
    ///
    /// Source: ours; nginx drops for 30 seconds at most.
    static let lingerTimeLimit = TimeAmount.seconds(10)

    private let bodyBytesLimit: @Sendable (HTTPRequest) -> Int
    private let ids: any IDSource
    private var responsesDue = 0
    /// The caller waits to be asked for a body that is never asked for: where the next request begins is unknown.
    private var isBodyWithheld = false
    private var isLastResponse = false
    private var isLingering = false
    private var deadline: Scheduled<Void>?

    init(bodyBytesLimit: @escaping @Sendable (HTTPRequest) -> Int, ids: any IDSource) {
        self.bodyBytesLimit = bodyBytesLimit
        self.ids = ids
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isLingering else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            responsesDue += 1
            let bytes = Int64(bodyBytesLimit(head) / Self.bytesPerSecond)
            closeConnection(of: context, after: max(Self.readTimeLimit, .seconds(bytes)))
            if responsesDue == 1, expectsContinue(head) { answerExpectation(of: head, context) }
        case .body:
            break
        case .end:
            deadline?.cancel()
            deadline = nil
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if isBodyWithheld { head.headerFields[.connection] = "close" }
            isLastResponse = head.headerFields[.connection] == "close"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            responsesDue -= 1
            let written = promise ?? context.eventLoop.makePromise()
            if isLastResponse { linger(context, after: written.futureResult) }
            context.write(data, promise: written)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isLingering else { return }
        // With a request under way the error reaches its responder, which answers.
        guard responsesDue == 0, error is HTTPParserError || error is HTTP1TypeConversionError else {
            context.fireErrorCaught(error)
            return
        }
        let isTooLarge = (error as? HTTPParserError) == .headerOverflow
        let unparsable = Refusal(Rejection(.malformed, "request", "breaks the rules of HTTP/1.1"))
        let response = (isTooLarge ? ErrorResponse.headerTooLarge : ErrorResponse.of(unparsable))
            .header(.twilioRequestID, RequestID.next(from: ids))
            .header(.connection, "close")
        send(response, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
    }

    private func send(_ response: APIResponse, _ context: ChannelHandlerContext) {
        let head = HTTPResponse(
            status: response.status,
            headerFields: response.header(.contentLength, String(response.body.count)).headers
        )
        let written = context.eventLoop.makePromise(of: Void.self)
        linger(context, after: written.futureResult)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: response.body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
    }

    private func linger(_ context: ChannelHandlerContext, after written: EventLoopFuture<Void>) {
        isLingering = true
        closeConnection(of: context, after: Self.lingerTimeLimit)
        written.assumeIsolated().whenComplete { _ in context.close(mode: .output, promise: nil) }
    }

    private func closeConnection(of context: ChannelHandlerContext, after time: TimeAmount) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
    }

    private func expectsContinue(_ head: HTTPRequest) -> Bool {
        head.headerFields[.expect]?.lowercased() == "100-continue"
    }

    private func answerExpectation(of head: HTTPRequest, _ context: ChannelHandlerContext) {
        isBodyWithheld = head.headerFields[.contentLength].flatMap { Int($0) } ?? 0 > bodyBytesLimit(head)
        guard !isBodyWithheld else { return }
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }
}
