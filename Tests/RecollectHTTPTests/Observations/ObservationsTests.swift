import HTTPTypes
import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@testable import RecollectHTTP

@Suite struct `Observations over HTTP` {
    private static let tea = #""content": "likes tea", "source": "crm", "occurredAt": "2026-11-19T08:00:00Z""#

    @Test(arguments: EngineKind.available)
    func `an observation is created, fetched, patched, revised and deleted`(on engine: EngineKind) async throws {
        try await withProfileServer(on: engine) { profile in
            let conversations = #"["conv_conversation_0123456789abcdefghijklmnop"]"#
            let path = try await profile.observe("\(Self.tea), \"conversationIds\": \(conversations)")
            let id = path.split(separator: "/").last.map(String.init) ?? ""
            let original = """
                {"id":"\(id)","content":"likes tea","source":"crm","occurredAt":"2026-11-19T08:00:00Z",\
                "conversationIds":\(conversations),"createdAt":"2026-11-20T12:00:00Z",\
                "updatedAt":"2026-11-20T12:00:00Z"}
                """
            let fetched = try await profile.send(.get, path)
            #expect(fetched.status == 200)
            #expect(fetched.text == original)

            profile.server.test.clock.advance(by: .seconds(90))
            let patched = try await profile.send(.patch, path, body: #"{"content": "likes coffee", "source": null}"#)
            #expect(patched.status == 202)
            #expect(patched.text == #"{"message":"Observation updated"}"#)
            let current = original.replacing("likes tea", with: "likes coffee")
                .replacing(#""updatedAt":"2026-11-20T12:00:00Z""#, with: #""updatedAt":"2026-11-20T12:01:30Z""#)
            #expect(try await profile.send(.get, path).text == current)

            let revisions = try await profile.send(.get, "\(path)/Revisions")
            #expect(
                revisions.text == """
                    {"revisions":[\(current),\(original)],"meta":{"key":"revisions","pageSize":50}}
                    """
            )
            let deleted = try await profile.send(.delete, path)
            #expect(deleted.status == 202)
            #expect(deleted["message"] != nil)
            for suffix in ["", "/Revisions"] {
                let gone = try await profile.send(.get, path + suffix)
                #expect((gone.status, gone.code) == (404, 20404))
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `an empty patch is accepted and changes nothing`(on engine: EngineKind) async throws {
        try await withProfileServer(on: engine) { profile in
            let path = try await profile.observe(Self.tea)
            let before = try await profile.send(.get, path).text
            profile.server.test.clock.advance(by: .seconds(90))
            for body in ["{}", #"{"content": null, "unknown": 1}"#, "{\(Self.tea)}"] {
                #expect(try await profile.send(.patch, path, body: body).status == 202)
            }
            #expect(try await profile.send(.get, path).text == before)
            #expect(try await profile.send(.get, "\(path)/Revisions").items("revisions").count == 1)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a bare observation is one, from the API and of now`(on engine: EngineKind) async throws {
        try await withProfileServer(on: engine) { profile in
            let body = #"{"content": "likes tea", "unknown": true, "source": null, "observations": null}"#
            #expect(try await profile.send(.post, profile.observations, body: body).status == 202)
            let list = try await profile.send(.get, profile.observations).items("observations")
            #expect(list.map { $0.text("source") } == ["api"])
            #expect(list.map { $0.text("occurredAt") } == ["2026-11-20T12:00:00Z"])
            #expect(list.map { $0["conversationIds"] } == [.array([])])
        }
    }

    @Test(arguments: EngineKind.available)
    func `any form of RFC 3339 is taken and answered in UTC and whole seconds`(on engine: EngineKind) async throws {
        try await withProfileServer(on: engine) { profile in
            let form = "2026-11-20T19:47:09.252921+02:00"
            let path = try await profile.observe(#""content": "a", "source": "b", "occurredAt": "\#(form)""#)
            #expect(try await profile.send(.get, path)["occurredAt"] == .string("2026-11-20T17:47:09Z"))
        }
    }

    @Test(arguments: [
        (#"{"observations": []}"#, "observations"),
        (#"{"observations": [\#(Array(repeating: "{\(tea)}", count: 11).joined(separator: ","))]}"#, "observations"),
        (#"{"observations": {}}"#, "observations"),
        ("{}", "observations"),
        (#"{"observations": [{\#(tea)}], "more": 1}"#, "more"),
        (
            #"{"observations": [{\#(tea)}, {"source": "a", "occurredAt": "2026-11-19T08:00:00Z"}]}"#,
            "observations[1].content"
        ),
        (
            #"{"observations": [{"content": "", "source": "a", "occurredAt": "2026-11-19T08:00:00Z"}]}"#,
            "observations[0].content"
        ),
        (
            #"{"observations": [{"content": "a", "source": "a/b", "occurredAt": "2026-11-19T08:00:00Z"}]}"#,
            "observations[0].source"
        ),
        (
            #"{"observations": [{"content": "a", "source": "b", "occurredAt": "yesterday"}]}"#,
            "observations[0].occurredAt"
        ),
        (#"{"observations": [{\#(tea), "conversationIds": ["conv_1"]}]}"#, "observations[0].conversationIds[0]"),
        (#"{"content": 5}"#, "content"),
        (#"{"content": "\#(String(repeating: "a", count: 4097))"}"#, "content"),
    ])
    func `a wrong observation is refused by name, and nothing is created`(body: String, field: String) async throws {
        try await withProfileServer(on: .sqlite) { profile in
            let refused = try await profile.send(.post, profile.observations, body: body)
            #expect((refused.status, refused.code) == (400, 20001))
            #expect(refused.message?.hasPrefix("\(field): ") == true, "\(refused.text)")
            #expect(try await profile.send(.get, profile.observations).items("observations").isEmpty)
        }
    }

    @Test(arguments: ["\\u0000", "\\ud800", "\u{0}"])
    func `text that cannot be stored is refused`(text: String) async throws {
        try await withProfileServer(on: .sqlite) { profile in
            let refused = try await profile.send(.post, profile.observations, body: #"{"content": "a\#(text)b"}"#)
            #expect((refused.status, refused.code) == (400, 20001))
        }
    }

    @Test(arguments: EngineKind.available)
    func `ids in the path are refused when malformed and not found when unknown`(on engine: EngineKind) async throws {
        try await withProfileServer(on: engine) { profile in
            for method in [HTTPRequest.Method.get, .patch, .delete] {
                let body = method == .patch ? "{}" : nil
                let malformed = try await profile.send(method, "\(profile.observations)/None", body: body)
                #expect((malformed.status, malformed.code) == (400, 20001))
                // The second fits the pattern of the contract but not the alphabet of ours.
                for digits in ["00000000000000000000000000", "0uuuuuuuuuuuuuuuuuuuuuuuuu"] {
                    let path = "\(profile.observations)/mem_observation_\(digits)"
                    let unknown = try await profile.send(method, path, body: body)
                    #expect((unknown.status, unknown.code) == (404, 20404))
                }
            }
        }
    }
}
