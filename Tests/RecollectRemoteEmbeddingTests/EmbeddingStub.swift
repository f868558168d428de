import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import RecollectEmbedding
import RecollectRemoteEmbedding
import RecollectTestSupport
import Synchronization

/// A small server that answers `POST /v1/embeddings`, or misbehaves as it is told.
final class EmbeddingStub: Sendable {
    /// What it does with a request.
    enum Behaviour: Sendable {
        /// Answers as it should.
        case right
        /// Answers with a status and a text.
        case answers(Int, retryAfter: String? = nil, String)
        /// Answers 200 with what is made of the right items.
        case mangles(@Sendable ([Item]) -> String)
        /// Never answers.
        case hangs
        /// Sends the head of an answer, and never its body.
        case stalls
        /// Ends the connection in the middle of a right answer.
        case breaksOff
        /// Resets the connection without an answer.
        case resets
    }

    /// One item of an answer.
    struct Item: Codable, Sendable {
        var index: Int
        var embedding: [Float]
    }

    /// What was asked.
    struct Question: Decodable, Sendable {
        let model: String
        let input: [String]
        let encoding_format: String
        let dimensions: Int?
    }

    /// A request that came.
    struct Seen: Sendable {
        let path: String
        let authorization: String?
        let question: Question?
    }

    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    private let state = Mutex<(script: [Behaviour], seen: [Seen])>(([], []))
    private let words = WordEmbedder()

    /// What it does with the requests to come, one after the other; with those after the last, it answers as it should.
    func script(_ behaviours: [Behaviour]) {
        state.withLock { $0.script = behaviours }
    }

    /// The requests so far.
    var seen: [Seen] { state.withLock { $0.seen } }

    /// An answer with these items.
    static func answer(_ items: [Item]) -> String {
        struct Answer: Encodable {
            let object = "list"
            let data: [Item]
        }
        let bytes = try? JSONEncoder().encode(Answer(data: items))
        return String(decoding: bytes ?? Data(), as: UTF8.self)
    }

    /// Runs it on a port of the system's choice while `body` runs.
    func run(_ body: (_ port: Int) async throws -> Void) async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(ChannelOptions.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    return channel
                }
            }
        let port = server.channel.localAddress?.port ?? 0
        try await withThrowingTaskGroup { group in
            group.addTask { try await self.serve(server) }
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(port))
            } catch {
                outcome = .failure(error)
            }
            try? await server.channel.close()
            try await group.waitForAll()
            try outcome.get()
        }
    }

    /// Serves connections until the server is closed; those that hang are then let go.
    private func serve(_ server: NIOAsyncChannel<any Channel, Never>) async throws {
        try await server.executeThenClose { channels in
            try await withThrowingDiscardingTaskGroup { group in
                for try await channel in channels {
                    // A client that has gone is what some of the tests are about.
                    group.addTask { try? await self.serve(channel) }
                }
                group.cancelAll()
            }
        }
    }

    /// Serves a connection, which nothing is read of until then: one that is accepted while the server is closed may never be
    /// served, and NIO allows that of channels, but of none that was made a `Connection`.
    private func serve(_ channel: any Channel) async throws {
        let connection = try await channel.eventLoop.submit { try Connection(wrappingChannelSynchronously: channel) }
            .get()
        try await channel.setOption(ChannelOptions.autoRead, value: true).get()
        try await connection.executeThenClose { inbound, outbound in
            var head: HTTPRequestHead?
            var body = ByteBuffer()
            for try await part in inbound {
                switch part {
                case .head(let next):
                    head = next
                    body.clear()
                case .body(let bytes):
                    body.writeImmutableBuffer(bytes)
                case .end:
                    guard let head, try await answer(head, body, outbound, connection.channel) else { return }
                }
            }
        }
    }

    /// Answers a request; tells whether the connection goes on.
    private func answer(
        _ head: HTTPRequestHead,
        _ body: ByteBuffer,
        _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>,
        _ channel: any Channel
    ) async throws -> Bool {
        let question = try? JSONDecoder().decode(Question.self, from: Data(body.readableBytesView))
        let behaviour = state.withLock { state in
            state.seen.append(
                Seen(path: head.uri, authorization: head.headers.first(name: "Authorization"), question: question)
            )
            return state.script.isEmpty ? .right : state.script.removeFirst()
        }
        let vectors = try await words.embed(question?.input ?? [])
        let items = vectors.enumerated().map { Item(index: $0, embedding: $1) }
        var (status, text) = (200, Self.answer(items))
        var headers = HTTPHeaders()
        var length: Int?
        switch behaviour {
        case .right: break
        case .answers(let code, let retryAfter, let answer):
            (status, text) = (code, answer)
            if let retryAfter { headers.add(name: "Retry-After", value: retryAfter) }
        case .mangles(let mangle): text = mangle(items)
        case .hangs: try await Task.sleep(for: .seconds(3600))
        case .stalls, .breaksOff: length = text.utf8.count
        case .resets:
            try await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
            return false
        }
        headers.add(name: "Content-Length", value: "\(length ?? text.utf8.count)")
        try await outbound.write(
            .head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers))
        )
        if case .stalls = behaviour { try await Task.sleep(for: .seconds(3600)) }
        if case .breaksOff = behaviour {
            try await outbound.write(.body(.byteBuffer(ByteBuffer(string: String(text.prefix(text.count / 2))))))
            return false
        }
        try await outbound.write(contentsOf: [.body(.byteBuffer(ByteBuffer(string: text))), .end(nil)])
        return true
    }
}

/// How long the embedder paused, without anybody waiting.
final class Pauses: Sendable {
    private let made = Mutex<[Duration]>([])

    var durations: [Duration] { made.withLock { $0 } }

    func pause(_ duration: Duration) throws {
        try Task.checkCancellation()
        made.withLock { $0.append(duration) }
    }
}

extension RemoteEmbedder.Limits {
    /// The usual ones, but for the times that a busy machine may not keep.
    static var patient: RemoteEmbedder.Limits {
        var limits = RemoteEmbedder.Limits()
        (limits.requestTimeout, limits.deadline) = (.seconds(240), .seconds(240))
        return limits
    }
}

/// A stub, an embedder that asks it, and the pauses that it made.
struct RemoteSetUp: Sendable {
    let stub: EmbeddingStub
    let embedder: RemoteEmbedder
    let pauses: Pauses
}

/// Runs a test with a stub and an embedder.
func withRemote(
    _ script: [EmbeddingStub.Behaviour] = [],
    key: String? = "sk-confidential",
    dimensions: Int = 64,
    shortensVectors: Bool = false,
    limits: RemoteEmbedder.Limits = .patient,
    _ body: (RemoteSetUp) async throws -> Void
) async throws {
    let stub = EmbeddingStub()
    stub.script(script)
    try await stub.run { port in
        let endpoint = try RemoteEndpoint(
            baseURL: "http://127.0.0.1:\(port)/v1/",
            key: key,
            model: "words",
            dimensions: dimensions,
            shortensVectors: shortensVectors
        )
        try await withEmbedder(endpoint, limits: limits) { embedder, pauses in
            try await body(RemoteSetUp(stub: stub, embedder: embedder, pauses: pauses))
        }
    }
}

/// Runs a test with an embedder, which is shut down whatever happens.
func withEmbedder(
    _ endpoint: RemoteEndpoint,
    limits: RemoteEmbedder.Limits = .patient,
    _ body: (RemoteEmbedder, Pauses) async throws -> Void
) async throws {
    let pauses = Pauses()
    let embedder = RemoteEmbedder(endpoint, limits: limits) { try pauses.pause($0) }
    do {
        try await body(embedder, pauses)
    } catch {
        try await embedder.shutdown()
        throw error
    }
    try await embedder.shutdown()
}
