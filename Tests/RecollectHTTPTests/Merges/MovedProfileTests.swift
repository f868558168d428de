import HTTPTypes
import RecollectTestSupport
import Testing

@testable import RecollectHTTP

@Suite struct `Merged profiles over HTTP` {
    private static let nobody = String(repeating: "0", count: 26)

    /// What is read of a profile, below its path.
    private static let reads = [
        "", "?traitGroups=Contact", "/Traits?pageSize=5&orderBy=ASC", "/Identifiers", "/Identifiers/phone",
        "/Observations", "/ConversationSummaries", "/Merges",
    ]
    /// What is written to a profile, below its path, and its recall.
    private static let writes: [(HTTPRequest.Method, String, String?)] = [
        (.patch, "", #"{"traits": {"Contact": {"city": "Rome"}}}"#),
        (.patch, "", #"{"traits": {"Contact": {"phone": "+13175550103"}}}"#),
        (.post, "/Observations", #"{"content": "Moved house"}"#),
        (.patch, "/Observations/mem_observation_\(nobody)", #"{"content": "Moved house"}"#),
        (.delete, "/Observations/mem_observation_\(nobody)", nil),
        (
            .post, "/ConversationSummaries",
            """
            {"summaries": [{"content": "x", "source": "s", "occurredAt": "2026-11-20T12:00:00Z",
            "conversationId": "conv_conversation_\(nobody)"}]}
            """
        ),
        (.patch, "/ConversationSummaries/mem_summary_\(nobody)", #"{"content": "y"}"#),
        (.delete, "/ConversationSummaries/mem_summary_\(nobody)", nil),
        (.post, "/Identifiers", #"{"idType": "chat", "value": "ann"}"#),
        (
            .patch, "/Identifiers/phone",
            #"{"idType": "phone", "oldValue": "+13175550101", "newValue": "+13175550103"}"#
        ),
        (.delete, "/Identifiers/phone?removeAll=true&note=a%20b%26c+d", nil),
        (.delete, "/Identifiers/ph%6Fne?removeAll=tr%75e", nil),
        (.post, "/Recall?trace=1", "{}"),
        (.post, "/Recall", #"{"query": "tea"}"#),
        (.post, "/Merges/mem_merge_\(nobody)/Undo", nil),
        (.delete, "", nil),
    ]

    @Test(arguments: EngineKind.available)
    func `a write and a recall are sent on with the rest of the path and the query`(
        on engine: EngineKind
    ) async throws {
        try await withMergedPair(on: engine) { pair in
            let before = try await pair.send(.get, "\(pair.profiles)/\(pair.winner)").text
            for (method, below, body) in Self.writes {
                let answer = try await pair.send(method, "\(pair.profiles)/\(pair.loser)\(below)", body: body)
                let target = "\(pair.profiles)/\(pair.winner)\(below)"
                #expect(answer.status == 308, "\(method) \(below): \(answer.text)")
                #expect(answer.headers[.location] == target)
                #expect(answer.headers[.canonicalProfileID] == pair.winner)
                #expect(answer.headers[.contentType] == "application/json")
                let message = "The profile was merged into \(pair.winner)"
                #expect(answer.text == #"{"message":"\#(message)","uri":"\#(MemoryServer.publicURL)\#(target)"}"#)
            }
            #expect(try await pair.send(.get, "\(pair.profiles)/\(pair.winner)").text == before)
            let identifiers = try await pair.send(.get, "\(pair.profiles)/\(pair.winner)/Identifiers").text
            #expect(
                identifiers == """
                    {"identifiers":[{"idType":"email","values":["ann@example.com"]},\
                    {"idType":"phone","values":["+13175550101"]}]}
                    """
            )
        }
    }

    @Test(arguments: EngineKind.available)
    func `a read is answered as that of the canonical profile, with its id`(on engine: EngineKind) async throws {
        try await withMergedPair(on: engine) { pair in
            for below in Self.reads {
                let answer = try await pair.send(.get, "\(pair.profiles)/\(pair.loser)\(below)")
                #expect(answer.status == 200, "\(below): \(answer.text)")
                #expect(answer.headers[.canonicalProfileID] == pair.winner)
                #expect(answer.headers[.location] == nil)
                let canonical = try await pair.send(.get, "\(pair.profiles)/\(pair.winner)\(below)")
                #expect(answer.text == canonical.text)
                #expect(canonical.status == 200 && canonical.headers[.canonicalProfileID] == nil)
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `one memory of a merged profile is read under both ids`(on engine: EngineKind) async throws {
        try await withMergedPair(on: engine) { pair in
            let (winner, loser) = ("\(pair.profiles)/\(pair.winner)", "\(pair.profiles)/\(pair.loser)")
            _ = try await pair.send(.post, "\(winner)/Observations", body: #"{"content": "Likes tea"}"#)
            let listed = try await pair.send(.get, "\(loser)/Observations").items("observations").first
            let observation = try #require(listed?.text("id"))
            for below in ["/Observations/\(observation)", "/Observations/\(observation)/Revisions"] {
                let answer = try await pair.send(.get, loser + below)
                #expect(answer.status == 200 && answer.text.contains("Likes tea"), "\(answer.text)")
                #expect(answer.headers[.canonicalProfileID] == pair.winner)
                #expect(answer.text == (try await pair.send(.get, winner + below).text))
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `by a setting reads are sent on with 301, and nothing else is`(on engine: EngineKind) async throws {
        try await withMergedPair(on: engine, redirectingMergedReads: true) { pair in
            for below in Self.reads {
                let answer = try await pair.send(.get, "\(pair.profiles)/\(pair.loser)\(below)")
                let target = "\(pair.profiles)/\(pair.winner)\(below)"
                #expect(answer.status == 301, "\(below): \(answer.text)")
                #expect(answer.headers[.location] == target)
                #expect(answer.headers[.canonicalProfileID] == pair.winner)
                guard case .string(let uri)? = answer["uri"] else {
                    Issue.record("no uri: \(answer.text)")
                    return
                }
                #expect(uri == MemoryServer.publicURL + target)
                let followed = try await pair.send(.get, target)
                #expect(followed.status == 200 && followed.headers[.canonicalProfileID] == nil)
            }
            for (method, below, body) in Self.writes {
                let answer = try await pair.send(method, "\(pair.profiles)/\(pair.loser)\(below)", body: body)
                #expect(answer.status == 308, "\(method) \(below): \(answer.text)")
            }
            #expect(try await pair.send(.get, pair.profiles).text.contains(#"["\#(pair.winner)"]"#))
        }
    }

    @Test(arguments: EngineKind.available)
    func `a request repeated where it began is sent on again, and applied once`(on engine: EngineKind) async throws {
        try await withMergedPair(on: engine) { pair in
            let headers: HTTPFields = [.idempotencyKey: "moved-house"]
            let body = #"{"content": "Moved house"}"#
            // As a client does whose answer was lost after it had been sent on.
            for _ in 0..<2 {
                let began = try await pair.server.send(
                    .post,
                    "\(pair.profiles)/\(pair.loser)/Observations",
                    headers,
                    body: body
                )
                #expect(began.status == 308, "\(began.text)")
                let followed = try #require(began.headers[.location])
                #expect(try await pair.server.send(.post, followed, headers, body: body).status == 202)
            }
            let observations = try await pair.send(.get, "\(pair.profiles)/\(pair.winner)/Observations")
            #expect(observations.items("observations").count == 1)
            let other = try await pair.server.send(
                .post,
                "\(pair.profiles)/\(pair.winner)/Observations",
                headers,
                body: #"{"content": "Other"}"#
            )
            #expect(other.status == 409)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a chain of merges leads to its last profile at once`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let profiles = "/v1/Stores/\(try await server.test.store())/Profiles"
            var ids: [String] = []
            for chat in ["a", "b", "c"] {
                ids.append(try await server.createProfile(#""chat": "\#(chat)""#, in: profiles))
            }
            for (profile, chat) in [(ids[1], "c"), (ids[0], "b")] {
                let body = #"{"idType": "chat", "value": "\#(chat)"}"#
                #expect(try await server.send(.post, "\(profiles)/\(profile)/Identifiers", body: body).status == 202)
            }
            for profile in ids.dropFirst() {
                let read = try await server.send(.get, "\(profiles)/\(profile)")
                #expect(read.status == 200 && read.headers[.canonicalProfileID] == ids[0])
                let written = try await server.send(.delete, "\(profiles)/\(profile)")
                #expect(written.status == 308 && written.headers[.location] == "\(profiles)/\(ids[0])")
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `with the canonical profile its aliases are gone`(on engine: EngineKind) async throws {
        try await withMergedPair(on: engine) { pair in
            let deleted = try await pair.send(.delete, "\(pair.profiles)/\(pair.winner)")
            #expect(deleted.status == 202)
            for profile in [pair.winner, pair.loser] {
                #expect(try await pair.send(.get, "\(pair.profiles)/\(profile)").code == 20404)
                #expect(try await pair.send(.post, "\(pair.profiles)/\(profile)/Recall", body: "{}").code == 20404)
            }
        }
    }
}
