import HTTPTypes
import RecollectTestSupport
import Testing

@testable import RecollectHTTP

@Suite struct `Bulk over HTTP` {
    private let good = entry(#""chat": "a", "city": "Rome""#)

    private static func entry(_ contact: String) -> String {
        #"{"traits": {"Contact": {\#(contact)}}}"#
    }

    private func body(_ entries: [String]) -> String {
        #"{"profiles": [\#(entries.joined(separator: ", "))]}"#
    }

    @Test(arguments: EngineKind.available)
    func `a bulk is applied before it is accepted, and its operation tells what was done`(
        on engine: EngineKind
    ) async throws {
        try await withServer(on: engine) { server in
            let store = try await server.test.store()
            let profiles = "/v1/Stores/\(store)/Profiles"
            let known = try await server.createProfile(#""chat": "a""#, in: profiles)
            let joined = try await server.createProfile(#""phone": "+13175550101""#, in: profiles)
            let entries = [
                good, Self.entry(#""chat": "b", "city": "Oslo""#), Self.entry(#""chat": "b", "city": "Bern""#),
                Self.entry(#""chat": "a", "phone": "3175550101""#),
            ]
            let accepted = try await server.send(.put, "\(profiles)/Bulk", body: body(entries))
            #expect(accepted.status == 202)
            let operation = try #require(accepted.headers[.operationID])
            let status = "\(MemoryServer.publicURL)/v1/ControlPlane/Operations/\(operation)"
            #expect(
                accepted.text == """
                    {"message":"Profiles accepted","operationId":"\(operation)",\
                    "createdAt":"2026-11-20T12:00:00Z","statusUrl":"\(status)"}
                    """
            )
            let state = try await server.send(.get, "/v1/ControlPlane/Operations/\(operation)")
            #expect(
                state.text == """
                    {"operationId":"\(operation)","status":"COMPLETED","createdAt":"2026-11-20T12:00:00Z",\
                    "statusUrl":"\(status)","completedAt":"2026-11-20T12:00:00Z",\
                    "result":{"type":"RESOURCE_ID","id":"\(store)","created":1,"updated":1,"merged":1,"failed":0}}
                    """
            )
            #expect(try await server.send(.get, "\(profiles)/\(known)").text.contains(#""city":"Rome""#))
            #expect(try await server.send(.get, "\(profiles)/\(joined)").headers[.canonicalProfileID] == known)
            let list = try await server.send(.get, profiles).text
            #expect(list.components == 2, "\(list)")
            // Of two entries of one customer the later wins.
            let lookup = #"{"idType": "chat", "value": "b"}"#
            let found = try await server.send(.post, "\(profiles)/Lookup", body: lookup)
            guard case .array(let ids)? = found["profiles"], case .string(let id)? = ids.first else {
                Issue.record("nobody was found: \(found.text)")
                return
            }
            #expect(try await server.send(.get, "\(profiles)/\(id)").text.contains(#""city":"Bern""#))
        }
    }

    @Test(arguments: EngineKind.available)
    func `one bad entry refuses the whole bulk and is named`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let store = try await server.createStore()
            let profiles = store.replacing("/v1/ControlPlane", with: "/v1") + "/Profiles"
            let group = """
                {"displayName": "Plan", "traits": {"seats": {"dataType": "NUMBER"}, "code": {"dataType": "STRING",
                "validationRule": {"ruleType": "STRING", "pattern": "^[A-Z]+$"}}}}
                """
            let defined = try await server.send(.post, "\(store)/TraitGroups", body: group)
            #expect(defined.status == 202, "\(defined.text)")
            let plan = { (values: String) in #"{"traits": {"Contact": {"chat": "b"}, "Plan": {\#(values)}}}"# }
            let cases = [
                (Self.entry(#""chat": "b", "shoeSize": 43"#), "traits.Contact.shoeSize"),
                (#"{"traits": {"Contact": {"chat": "b"}, "Loyalty": {"tier": "gold"}}}"#, "traits.Loyalty.tier"),
                (plan(#""seats": "many""#), "traits.Plan.seats"), (plan(#""code": "abc""#), "traits.Plan.code"),
                (Self.entry(#""chat": "b", "city": 1"#), "traits.Contact.city"),
                (Self.entry(#""chat": "b", "city": {"name": "Rome"}"#), "traits.Contact.city"),
                (Self.entry(#""phone": "user-42""#), "traits.Contact.phone"),
                (Self.entry(#""city": "Rome""#), "traits"), (Self.entry(#""chat": null"#), "traits"),
                (Self.entry(#""chat": """#), "traits"), (Self.entry(""), "traits"), ("{}", "traits"),
                (#"{"traits": {"Contact": "chat"}}"#, "traits.Contact"), (#"{"traits": []}"#, "traits"),
                (#"{"traits": {"Contact": {"chat": "b"}}, "id": "x"}"#, "id"), ("1", ""), ("null", ""),
            ]
            for (bad, field) in cases {
                let answer = try await server.send(.put, "\(profiles)/Bulk", body: body([good, bad, good]))
                let name = field.isEmpty ? "profiles[1]" : "profiles[1].\(field)"
                #expect(answer.status == 400 && answer.code == 520010, "\(bad): \(answer.text)")
                #expect(answer.message?.hasPrefix("\(name): ") == true, "\(bad): \(answer.text)")
            }
            #expect(try await server.send(.get, profiles).text.contains(#""profiles":[]"#))
        }
    }

    @Test(arguments: EngineKind.available)
    func `a bulk has 1 to 1,000 entries`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let profiles = "/v1/Stores/\(try await server.test.store())/Profiles"
            let entries = (0...1000).map { Self.entry(#""chat": "\#($0)""#) }
            let bodies = [body([]), body(entries), "{}", #"{"profiles": null}"#, #"{"profiles": {}}"#]
            for body in bodies {
                let answer = try await server.send(.put, "\(profiles)/Bulk", body: body)
                #expect(answer.status == 400 && answer.code == 20001, "\(answer.text)")
                #expect(answer.message?.hasPrefix("profiles: ") == true, "\(answer.text)")
            }
            #expect(try await server.send(.get, profiles).text.contains(#""profiles":[]"#))
            #expect(try await server.send(.put, "\(profiles)/Bulk", body: body(entries.dropLast())).status == 202)
            #expect(try await server.send(.get, "\(profiles)?pageSize=1000").text.components == 1000)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a repeated bulk is applied once`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let profiles = "/v1/Stores/\(try await server.test.store())/Profiles"
            let first = try await server.send(.put, "\(profiles)/Bulk", [.idempotencyKey: "k"], body: body([good]))
            let second = try await server.send(.put, "\(profiles)/Bulk", [.idempotencyKey: "k"], body: body([good]))
            #expect(first.status == 202 && second.status == 202)
            #expect(first.text == second.text)
            let other = body([Self.entry(#""chat": "c""#)])
            #expect(try await server.send(.put, "\(profiles)/Bulk", [.idempotencyKey: "k"], body: other).code == 20409)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a store that does not exist takes no bulk`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let nowhere = "/v1/Stores/mem_store_\(String(repeating: "0", count: 26))/Profiles/Bulk"
            let answer = try await server.send(.put, nowhere, body: body([good]))
            #expect(answer.status == 404 && answer.code == 520041)
            #expect(try await server.send(.post, nowhere, body: body([good])).status == 405)
        }
    }
}

extension String {
    /// How many ids of profiles the text holds.
    fileprivate var components: Int { split(separator: "mem_profile_").count - 1 }
}
