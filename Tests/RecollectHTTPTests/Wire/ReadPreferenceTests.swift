import HTTPTypes
import RecollectTestSupport
import Testing

@testable import RecollectHTTP

@Suite struct `Recollect-Read` {
    @Test(arguments: EngineKind.available)
    func `an answer says what it was read from where that was asked`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let store = try await server.createStore()
            let asked = try await server.send(.get, store, [.recollectRead: "replica"])
            #expect(asked.status == 200)
            #expect(asked.headers[.recollectRead] == "primary")
            let unasked = try await server.send(.get, store)
            #expect(unasked.headers[.recollectRead] == nil)
            let primary = try await server.send(.get, store, [.recollectRead: "primary"])
            #expect(primary.headers[.recollectRead] == nil)
        }
    }

    @Test func `other values are refused`() async throws {
        try await withServer(on: .sqlite) { server in
            let answer = try await server.send(.get, "/v1/ControlPlane/Stores", [.recollectRead: "nearest"])
            #expect(answer.status == 400)
            #expect(answer.code == 20001)
        }
    }
}
