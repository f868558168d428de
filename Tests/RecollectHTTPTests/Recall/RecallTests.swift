import HTTPTypes
import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@testable import RecollectHTTP

@Suite struct `Recall over HTTP` {
    private static let conversation = "conv_conversation_0123456789abcdefghijklmnop"

    private func fill(_ profile: ProfileServer) async throws {
        let observations = ["likes tea", "has a cat"].enumerated().map { day, content in
            #"{"content": "\#(content)", "source": "crm", "occurredAt": "2026-11-1\#(day)T08:00:00Z"}"#
        }
        let summary = """
            {"content": "a talk about tea", "conversationId": "\(Self.conversation)", \
            "occurredAt": "2026-11-10T09:00:00Z"}
            """
        let all = observations.joined(separator: ",")
        #expect(
            try await profile.send(.post, profile.observations, body: #"{"observations": [\#(all)]}"#).status == 202
        )
        #expect(try await profile.send(.post, profile.summaries, body: #"{"summaries": [\#(summary)]}"#).status == 202)
    }

    @Test(arguments: EngineKind.available)
    func `an empty request answers with the most recent, without scores`(on engine: EngineKind) async throws {
        try await withProfileServer(on: engine) { profile in
            try await fill(profile)
            for body in ["{}", #"{"query": null, "observationsLimit": null, "unknown": 1}"#, #"{"query": ""}"#] {
                let answer = try await profile.send(.post, profile.recall, body: body)
                #expect(answer.status == 200)
                let observations = answer.items("observations")
                #expect(observations.map { $0.text("content") } == ["has a cat", "likes tea"])
                #expect(observations.allSatisfy { $0["score"] == nil && $0.text("source") == "crm" })
                #expect(observations.allSatisfy { $0["conversationIds"] == .array([]) && $0.text("id") != nil })
                #expect(answer.items("summaries").map { $0.text("conversationId") } == [Self.conversation])
                #expect(answer["communications"] == .array([]))
                #expect(answer.meta("queryTime").flatMap(Int.init) != nil)
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `a query answers with scores, whatever conversation it names`(on engine: EngineKind) async throws {
        try await withProfileServer(on: engine) { profile in
            try await fill(profile)
            let body = """
                {"query": "Does she like tea?", "conversationId": "\(Self.conversation)", "communicationsLimit": 10, \
                "relevanceThreshold": 0.01, "beginDate": "2026-11-10T08:00:00Z", "endDate": "2026-11-11T08:00:00Z"}
                """
            let answer = try await profile.send(.post, profile.recall, body: body)
            #expect(answer.status == 200)
            #expect(answer.items("observations").map { $0.text("content") } == ["likes tea"])
            let score = try #require(answer.items("observations").first?.text("score").flatMap(Double.init))
            #expect((0.01...1).contains(score))
            #expect(answer.items("summaries").count == 1)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a new profile can be recalled at once, an unknown one not`(on engine: EngineKind) async throws {
        try await withProfileServer(on: engine) { profile in
            let answer = try await profile.send(.post, profile.recall, body: "{}")
            #expect(answer.status == 200)
            #expect(answer["observations"] == .array([]) && answer["summaries"] == .array([]))
            let store = profile.path.split(separator: "/")[2]
            let unknown = "/v1/Stores/\(store)/Profiles/mem_profile_00000000000000000000000000/Recall"
            let missing = try await profile.send(.post, unknown, body: "{}")
            #expect((missing.status, missing.code) == (404, 20404))
        }
    }

    @Test(arguments: [
        (#"{"query": "\#(String(repeating: "a", count: 1025))"}"#, "query"),
        (#"{"query": 5}"#, "query"),
        (#"{"observationsLimit": 101}"#, "observationsLimit"),
        (#"{"summariesLimit": -1}"#, "summariesLimit"),
        (#"{"summariesLimit": 1.5}"#, "summariesLimit"),
        (#"{"communicationsLimit": 1}"#, "communicationsLimit"),
        (#"{"conversationId": "conv_1"}"#, "conversationId"),
        (#"{"relevanceThreshold": 1.01}"#, "relevanceThreshold"),
        (#"{"beginDate": "2026-11-12T00:00:00Z", "endDate": "2026-11-11T00:00:00Z"}"#, "beginDate"),
        (#"{"beginDate": "2026-11-12"}"#, "beginDate"),
    ])
    func `a wrong request is refused by name`(body: String, field: String) async throws {
        try await withProfileServer(on: .sqlite) { profile in
            let refused = try await profile.send(.post, profile.recall, body: body)
            #expect((refused.status, refused.code) == (400, 20001))
            #expect(refused.message?.hasPrefix("\(field): ") == true, "\(refused.text)")
        }
    }
}
