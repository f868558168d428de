import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
package import RecollectEmbedding

/// The vectors of an endpoint that speaks OpenAI's `POST /embeddings`.
///
/// The texts of a call go out in batches, one after the other. A request that fails in passing is sent again after a pause; none
/// of it takes longer than the call's deadline. Whoever makes one shuts it down.
package final class RemoteEmbedder: Embedder {
    /// How large an answer may be.
    ///
    /// Source: ours; 64 vectors of 8,192 components with ten digits each have 6 MiB.
    package static let answerBytesLimit = 16 << 20

    /// The model behind it.
    package var model: EmbeddingModel { endpoint.model }

    private let endpoint: RemoteEndpoint
    private let limits: Limits
    private let pause: @Sendable (Duration) async throws -> Void
    private let client: HTTPClient

    /// The vectors of an endpoint, which need not be there yet.
    ///
    /// - Parameters:
    ///   - endpoint: the endpoint.
    ///   - limits: bounds of time.
    ///   - pause: how a pause between two attempts is made; throws when the task is cancelled.
    package init(
        _ endpoint: RemoteEndpoint,
        limits: Limits = Limits(),
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.endpoint = endpoint
        self.limits = limits
        self.pause = pause
        // A redirect would carry the key and the texts to where nobody meant them to go.
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        // Attempts are counted here; the client's own would hide a refused connection until its timeout.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Closes the connections, after which nothing can be embedded.
    ///
    /// - Throws: when it was shut down before.
    package func shutdown() async throws {
        try await client.shutdown()
    }

    /// The vectors of some texts.
    ///
    /// - Parameter texts: any texts; of a long one the first 4,096 Unicode scalars count.
    /// - Returns: one vector a text, in their order, of the model's dimensions and of length 1.
    /// - Throws: `EmbeddingError`, also when one of several requests fails.
    package func embed(_ texts: [String]) async throws(EmbeddingError) -> [[Float]] {
        let deadline = ContinuousClock.now + limits.deadline
        var vectors: [[Float]] = []
        vectors.reserveCapacity(texts.count)
        for batch in TextBatches(texts) { vectors += try await self.vectors(of: batch, by: deadline) }
        return vectors
    }

    /// The vectors of one request's texts, asked for as often as it is worth it.
    private func vectors(
        of batch: [String],
        by deadline: ContinuousClock.Instant
    ) async throws(EmbeddingError) -> [[Float]] {
        let request = try request(for: batch)
        var pauses = limits.retryPauses[...]
        while true {
            let left = deadline - .now
            guard left > .zero else { throw .late }
            do throws(RemoteFailure) {
                return try await vectors(for: request, count: batch.count, within: min(left, limits.requestTimeout))
            } catch {
                guard error.isPassing, let next = pauses.popFirst() else { throw error.error }
                let wait = max(next, error.retryAfter ?? .zero)
                guard wait <= max(next, limits.retryAfterLimit), wait < deadline - .now else { throw error.error }
                do { try await pause(wait) } catch { throw .late }
            }
        }
    }

    private func request(for batch: [String]) throws(EmbeddingError) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: endpoint.url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Accept", value: "application/json")
        if let authorization = endpoint.authorization {
            request.headers.add(name: "Authorization", value: authorization)
        }
        let question = EmbeddingRequest(
            model: model.name,
            input: batch,
            dimensions: endpoint.shortensVectors ? model.dimensions : nil
        )
        do {
            request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(question)))
        } catch {
            throw .unavailable("the texts cannot be sent")
        }
        return request
    }

    /// The answer to one request, which is given up when it takes too long.
    private func vectors(
        for request: HTTPClientRequest,
        count: Int,
        within timeout: Duration
    ) async throws(RemoteFailure) -> [[Float]] {
        // The client's own deadline ends with the head of an answer; a body may drip for ever.
        let body = await withTaskGroup(of: Result<ByteBuffer, RemoteFailure>.self) { [client] group in
            group.addTask { await Self.body(of: request, client) }
            group.addTask {
                try? await Task.sleep(for: timeout)
                return .failure(RemoteFailure(.late))
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failure(RemoteFailure(.late))
        }
        let bytes = Data(try body.get().readableBytesView)
        do throws(EmbeddingError) {
            return try EmbeddingAnswer(bytes).vectors(count: count, dimensions: model.dimensions)
        } catch {
            throw RemoteFailure(error)
        }
    }

    private static func body(
        of request: HTTPClientRequest,
        _ client: HTTPClient
    ) async -> Result<ByteBuffer, RemoteFailure> {
        do {
            let response = try await client.execute(request, deadline: .distantFuture)
            guard (200..<300).contains(response.status.code) else {
                return .failure(RemoteFailure(response.status, response.headers))
            }
            return .success(try await response.body.collect(upTo: answerBytesLimit))
        } catch {
            return .failure(RemoteFailure(error))
        }
    }
}
