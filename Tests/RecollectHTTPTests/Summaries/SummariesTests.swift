import HTTPTypes
import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@testable import RecollectHTTP

@Suite struct `Summaries over HTTP` {
    private static let conversation = "conv_conversation_0123456789abcdefghijklmnop"
    private static let talk = """
        "content": "a talk about tea", "conversationId": "\(conversation)", "occurredAt": "2026-11-19T08:00:00+01:00"
        """

    @Test(arguments: EngineKind.available)
    func `a summary is created, listed, fetched, patched and deleted`(on engine: EngineKind) async throws {
        try await withProfileServer(on: engine) { profile in
            let body = "{\"summaries\": [{\(Self.talk)}]}"
            let created = try await profile.send(.post, profile.summaries, body: body)
            #expect((created.status, created.headers[.contentType]) == (202, "application/json"))
            let list = try await profile.send(
                .get,
                "\(profile.summaries)?conversationId=\(Self.conversation)&orderBy=?"
            )
            let id = try #require(list.items("summaries").first?.text("id"))
            let original = """
                {"id":"\(id)","content":"a talk about tea","occurredAt":"2026-11-19T07:00:00Z",\
                "conversationId":"\(Self.conversation)","createdAt":"2026-11-20T12:00:00Z",\
                "updatedAt":"2026-11-20T12:00:00Z"}
                """
            #expect(
                list.text == """
                    {"summaries":[\(original)],"meta":{"key":"summaries","pageSize":50}}
                    """
            )
            let path = "\(profile.summaries)/\(id)"
            #expect(try await profile.send(.get, path).text == original)

            profile.server.test.clock.advance(by: .seconds(1))
            #expect(try await profile.send(.patch, path, body: "{}").status == 202)
            #expect(try await profile.send(.get, path).text == original)
            #expect(try await profile.send(.patch, path, body: #"{"source": "crm"}"#).status == 202)
            let patched = try await profile.send(.get, path)
            #expect(patched["source"] == .string("crm"))
            #expect(patched["updatedAt"] == .string("2026-11-20T12:00:01Z"))

            #expect(try await profile.send(.delete, path).status == 202)
            let gone = try await profile.send(.get, path)
            #expect((gone.status, gone.code) == (404, 20404))
        }
    }

    @Test(arguments: [
        (#"{"summaries": []}"#, "summaries"),
        ("{\(talk)}", "content"),
        (#"{"summaries": [{\#(talk)}, {\#(talk), "source": ""}]}"#, "summaries[1].source"),
        (#"{"summaries": [{"content": "a", "occurredAt": "2026-11-19T08:00:00Z"}]}"#, "summaries[0].conversationId"),
        (#"{"summaries": [{\#(talk), "conversationId": "conv_1"}]}"#, ""),
    ])
    func `a wrong summary is refused by name, and nothing is created`(body: String, field: String) async throws {
        try await withProfileServer(on: .sqlite) { profile in
            let refused = try await profile.send(.post, profile.summaries, body: body)
            #expect((refused.status, refused.code) == (400, 20001))
            #expect(refused.message?.hasPrefix(field) == true, "\(refused.text)")
            #expect(try await profile.send(.get, profile.summaries).items("summaries").isEmpty)
        }
    }
}
