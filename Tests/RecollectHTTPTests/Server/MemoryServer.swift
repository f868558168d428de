import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@testable import RecollectHTTP

/// The whole server on a fresh database, and an account's way to call it.
struct MemoryServer: Sendable {
    static let publicURL = "https://memory.example.com"

    let client: any TestClientProtocol & Sendable
    let test: TestMemory

    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields = [:],
        body: String? = nil
    ) async throws -> Answer {
        let authorization = ExampleServer.authorization(test.scope.account.text, test.token)
        return try await client.send(method, path, headers, body: body, authorization: authorization)
    }

    /// Creates a store over HTTP; its path.
    func createStore(_ name: String = "support") async throws -> String {
        let answer = try await send(.post, "/v1/ControlPlane/Stores", body: #"{"displayName": "\#(name)"}"#)
        #expect(answer.status == 202)
        return "/v1/ControlPlane/Stores/\(try await resource(of: answer))"
    }

    /// The id of what a write of the control plane made.
    func resource(of answer: Answer) async throws -> String {
        let operation = try #require(answer.headers[.operationID])
        let state = try await send(.get, "/v1/ControlPlane/Operations/\(operation)")
        guard case .object(let result)? = state["result"], case .string(let id)? = result["id"] else {
            throw Rejection(.notFound, "the operation has no result: \(state.text)")
        }
        return id
    }
}

/// Runs a test on the server of a fresh database.
func withServer(
    on engine: EngineKind,
    redirectingMergedReads redirectsMergedReads: Bool = false,
    _ body: @Sendable (MemoryServer) async throws -> Void
) async throws {
    try await withMemory(on: engine) { test in
        var options = APIServer.Options(pageTokenKey: [UInt8](repeating: 1, count: 32))
        options.port = 0
        options.publicURL = MemoryServer.publicURL
        options.redirectsMergedReads = redirectsMergedReads
        let server = APIServer(
            routes: APIRoutes.routes(
                on: test.memory,
                clock: test.clock,
                uploadKey: [UInt8](repeating: 9, count: 32)
            ),
            options: options,
            clock: test.clock,
            ids: RandomIDSource(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            authenticate: test.memory.accounts.authenticate(user:password:),
            health: { Health(isReady: true) }
        )
        try await server.application().test(.router) { client in
            try await body(MemoryServer(client: client, test: test))
        }
    }
}
