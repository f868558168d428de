import HTTPTypes
import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@testable import RecollectHTTP

@Suite struct `Stores over HTTP` {
    private let path = "/v1/ControlPlane/Stores"

    @Test(arguments: EngineKind.available)
    func `a store is created, followed and fetched`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let body = #"{"displayName": "support", "description": "for agents", "unknown": 1}"#
            let created = try await server.send(.post, path, body: body)
            #expect(created.status == 202)
            let operation = try #require(created.headers[.operationID])
            let statusURL = "\(MemoryServer.publicURL)/v1/ControlPlane/Operations/\(operation)"
            #expect(created.text == #"{"message":"Store created","statusUrl":"\#(statusURL)"}"#)
            #expect(created.headers[.location] == statusURL)
            #expect(created.headers[.retryAfter] == "1")
            let id = try await server.resource(of: created)
            let state = try await server.send(.get, "/v1/ControlPlane/Operations/\(operation)")
            #expect(
                state.text == """
                    {"operationId":"\(operation)","status":"COMPLETED","createdAt":"2026-11-20T12:00:00Z",\
                    "statusUrl":"\(statusURL)","completedAt":"2026-11-20T12:00:00Z",\
                    "result":{"type":"RESOURCE_ID","id":"\(id)"}}
                    """
            )
            let fetched = try await server.send(.get, "\(path)/\(id)")
            #expect(fetched.status == 200)
            #expect(fetched.headers[.eTag] == "\"1\"")
            #expect(
                fetched.text == """
                    {"id":"\(id)","displayName":"support","description":"for agents","status":"ACTIVE",\
                    "intelligenceServiceId":null,"version":1}
                    """
            )
        }
    }

    @Test(arguments: EngineKind.available)
    func `a patch changes what is given, and an empty one nothing`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let store = try await server.createStore()
            for body in [nil, "{}", #"{"displayName": null}"#] {
                #expect(try await server.send(.patch, store, body: body).status == 202)
            }
            #expect(try await server.send(.get, store).headers[.eTag] == "\"1\"")
            #expect(try await server.send(.patch, store, body: #"{"description": "new"}"#).status == 202)
            let fetched = try await server.send(.get, store)
            #expect(fetched["displayName"] == .string("support"))
            #expect(fetched["description"] == .string("new"))
            #expect(fetched.headers[.eTag] == "\"2\"")
        }
    }

    @Test(arguments: EngineKind.available)
    func `of 32 writers with one If-Match one is accepted in each round`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let store = try await server.createStore()
            for round in 1...5 {
                let statuses = try await withThrowingTaskGroup { tasks in
                    for writer in 0..<32 {
                        tasks.addTask {
                            try await server.send(
                                .patch,
                                store,
                                [.ifMatch: "\"\(round)\""],
                                body: #"{"description": "round \#(round) writer \#(writer)"}"#
                            )
                        }
                    }
                    return try await tasks.reduce(into: [Int]()) { statuses, answer in
                        if answer.status == 412 { #expect(answer.code == 520043) }
                        statuses.append(answer.status)
                    }
                }
                #expect(statuses.filter { $0 == 202 }.count == 1)
                #expect(statuses.filter { $0 == 412 }.count == 31)
                let tag = try await server.send(.get, store).headers[.eTag]
                #expect(tag == "\"\(round + 1)\"")
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `If-Match is accepted quoted, bare and as a star`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let store = try await server.createStore()
            let tags = ["\"1\"", "2", "*", "W/\"4\""]
            for (number, tag) in tags.enumerated() {
                let answer = try await server.send(
                    .patch,
                    store,
                    [.ifMatch: tag],
                    body: #"{"description": "\#(number)"}"#
                )
                #expect(answer.status == 202)
            }
            #expect(try await server.send(.patch, store, [.ifMatch: "1"], body: "{}").code == 520043)
        }
    }

    @Test(arguments: EngineKind.available)
    func `lists are pages of ids`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            var ids: [JSONValue] = []
            for name in ["a", "b", "c"] {
                let store = try await server.createStore(name)
                ids.insert(.string(String(store.dropFirst(path.count + 1))), at: 0)
            }
            let first = try await server.send(.get, "\(path)?pageSize=2")
            #expect(first["stores"] == .array(Array(ids.prefix(2))))
            guard case .object(let meta)? = first["meta"], case .string(let next)? = meta["nextToken"] else {
                Issue.record("no next page: \(first.text)")
                return
            }
            #expect(meta["key"] == .string("stores"))
            #expect(meta["previousToken"] == nil)
            let second = try await server.send(.get, "\(path)?pageToken=\(next)")
            #expect(second["stores"] == .array([ids[2]]))
            let ascending = try await server.send(.get, "\(path)?orderBy=ASC&pageSize=500")
            #expect(ascending["stores"] == .array(ids.reversed()))
            #expect(ascending.text.contains(#""pageSize":100"#))
            #expect(try await server.send(.get, "\(path)?pageToken=\(next)x").code == 20001)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a deleted store is gone at once, and its operation completes in the background`(
        on engine: EngineKind
    ) async throws {
        try await withServer(on: engine) { server in
            let store = try await server.createStore()
            let deleted = try await server.send(.delete, store)
            #expect(deleted.status == 202)
            #expect(try await server.send(.get, store).code == 520041)
            #expect(try await server.send(.get, "\(store)/TraitGroups").code == 520041)
            let operation = "/v1/ControlPlane/Operations/\(try #require(deleted.headers[.operationID]))"
            let running = try await server.send(.get, operation)
            #expect(running["status"] == .string("RUNNING"))
            #expect(running["result"] == nil)
            #expect(running.headers[.retryAfter] == "1")
            await server.test.memory.jobs.runDueJobs()
            #expect(try await server.send(.get, operation)["status"] == .string("COMPLETED"))
            _ = try await server.createStore()
        }
    }

    @Test(arguments: EngineKind.available)
    func `bad input names field and rule`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let store = try await server.createStore()
            let long = String(repeating: "x", count: 129)
            let cases: [(HTTPRequest.Method, String, String?, Int)] = [
                (.post, path, "{}", 520046), (.post, path, #"{"displayName": 1}"#, 520046),
                (.post, path, #"{"displayName": ""}"#, 520046), (.post, path, #"{"displayName": "a b"}"#, 520046),
                (.post, path, #"{"displayName": "a", "description": "\#(long)"}"#, 520046),
                (.post, path, "[]", 520046), (.post, path, "{", 20001), (.post, path, nil, 20001),
                (.post, path, #"{"displayName": "SUPPORT"}"#, 520045),
                (.patch, store, #"{"description": ""}"#, 520046), (.patch, store, "1", 520046),
                (.get, "\(path)/None", nil, 520049), (.get, "\(path)?pageSize=0", nil, 20001),
                (.get, "\(path)?orderBy=up", nil, 20001),
                (.get, "\(path)/mem_store_00000000000000000000000000", nil, 520041),
                (.get, "/v1/ControlPlane/Operations/x", nil, 520051),
                (.get, "/v1/ControlPlane/Operations/mem_operation_00000000000000000000000000", nil, 520052),
            ]
            for (method, path, body, code) in cases {
                let answer = try await server.send(method, path, body: body)
                #expect(answer.code == code, "\(method) \(path) \(body ?? ""): \(answer.text)")
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `an account has at most 15 stores`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            for number in 0..<15 { _ = try await server.createStore("store-\(number)") }
            #expect(try await server.send(.post, path, body: #"{"displayName": "more"}"#).code == 520044)
        }
    }

    @Test(arguments: EngineKind.available)
    func `an Idempotency-Key is applied once`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let headers: HTTPFields = [.idempotencyKey: "k"]
            let first = try await server.send(.post, path, headers, body: #"{"displayName": "once"}"#)
            let again = try await server.send(.post, path, headers, body: #"{"displayName": "once"}"#)
            #expect(again.status == 202)
            #expect(again.text == first.text)
            #expect(again.headers[.operationID] == first.headers[.operationID])
            #expect(try await server.send(.post, path, headers, body: #"{"displayName": "two"}"#).code == 20409)
        }
    }
}
