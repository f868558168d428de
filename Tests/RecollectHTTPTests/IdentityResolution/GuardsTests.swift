import HTTPTypes
import RecollectTestSupport
import Testing

@testable import RecollectHTTP

@Suite struct `Guards over HTTP` {
    private func blocked(_ type: String, _ value: String) -> String {
        #"{"blockedIdentifiers": [{"idType": "\#(type)", "value": "\#(value)"}]}"#
    }

    @Test(arguments: EngineKind.available)
    func `guards are replaced as a whole and read back in the form that is compared`(
        on engine: EngineKind
    ) async throws {
        try await withServer(on: engine) { server in
            let path = try await server.createStore() + "/IdentityResolutionSettings/Guards"
            #expect(try await server.send(.get, path).text == #"{"blockedIdentifiers":[]}"#)
            let body = """
                {"dailyMergesLimit": 3, "blockedIdentifiers": [{"idType": "phone", "value": "(317) 555-0101"},
                {"idType": "email", "value": "Nobody@Example.com"}, {"idType": "phone", "value": "+13175550101"}]}
                """
            let replaced = try await server.send(.put, path, body: body)
            #expect(replaced.status == 202 && replaced.headers[.location]?.isEmpty == false)
            let resource = try await server.resource(of: replaced)
            #expect(path.contains(resource))
            #expect(
                try await server.send(.get, path).text == """
                    {"dailyMergesLimit":3,"blockedIdentifiers":[{"idType":"email","value":"nobody@example.com"},\
                    {"idType":"phone","value":"+13175550101"}]}
                    """
            )
            #expect(try await server.send(.put, path, body: "{}").status == 202)
            #expect(try await server.send(.get, path).text == #"{"blockedIdentifiers":[]}"#)
        }
    }

    @Test(arguments: EngineKind.available)
    func `guards that break a rule are 520024 and name the field`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let path = try await server.createStore() + "/IdentityResolutionSettings/Guards"
            let many = (0...1000).map { #"{"idType": "chat", "value": "\#($0)"}"# }.joined(separator: ", ")
            let cases = [
                (#"{"dailyMergesLimit": -1}"#, "dailyMergesLimit"),
                (#"{"dailyMergesLimit": 1000001}"#, "dailyMergesLimit"),
                (#"{"dailyMergesLimit": "3"}"#, "dailyMergesLimit"), (#"{"limit": 3}"#, "limit"),
                (#"{"blockedIdentifiers": {}}"#, "blockedIdentifiers"),
                (#"{"blockedIdentifiers": [\#(many)]}"#, "blockedIdentifiers"),
                (#"{"blockedIdentifiers": ["a"]}"#, "blockedIdentifiers[0]"),
                (#"{"blockedIdentifiers": [{"idType": "chat"}]}"#, "blockedIdentifiers[0].value"),
                (blocked("fax", "1"), "blockedIdentifiers[0]"), (blocked("phone", "user-42"), "blockedIdentifiers[0]"),
                (blocked("chat", ""), "blockedIdentifiers[0].value"),
                (blocked("x", "1"), "blockedIdentifiers[0].idType"),
            ]
            for (body, field) in cases {
                let answer = try await server.send(.put, path, body: body)
                #expect(answer.status == 400 && answer.code == 520024, "\(body.prefix(80)): \(answer.text)")
                #expect(answer.message?.hasPrefix("\(field):") == true, "\(field): \(answer.text)")
            }
            #expect(try await server.send(.get, path).text == #"{"blockedIdentifiers":[]}"#)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a blocked value identifies nobody`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let store = try await server.createStore()
            let profiles = store.replacing("/v1/ControlPlane", with: "/v1") + "/Profiles"
            let guards = "\(store)/IdentityResolutionSettings/Guards"
            #expect(try await server.send(.put, guards, body: blocked("chat", "guest")).status == 202)
            let first = try await server.createProfile(#""phone": "+13175550101", "chat": "guest""#, in: profiles)
            let second = try await server.createProfile(#""phone": "+13175550102", "chat": "guest""#, in: profiles)
            #expect(first != second)
            let guest = #"{"idType": "chat", "value": "guest"}"#
            let found = try await server.send(.post, "\(profiles)/Lookup", body: guest)
            #expect(found.text == #"{"normalizedValue":"guest","profiles":[]}"#)
            let added = try await server.send(.post, "\(profiles)/\(first)/Identifiers", body: guest)
            #expect(added.status == 400 && added.message?.hasPrefix("value: is blocked") == true)
            let bulk = #"{"profiles": [{"traits": {"Contact": {"chat": "guest"}}}]}"#
            #expect(try await server.send(.put, "\(profiles)/Bulk", body: bulk).code == 520010)
            let alone = try await server.send(.post, profiles, body: #"{"traits": {"Contact": {"chat": "guest"}}}"#)
            #expect(alone.status == 400 && alone.message?.hasPrefix("traits:") == true)
        }
    }

    @Test(arguments: EngineKind.available)
    func `at the limit of merges a day the newcomer stays by itself, and the next day it is merged`(
        on engine: EngineKind
    ) async throws {
        try await withServer(on: engine) { server in
            let store = try await server.createStore()
            let profiles = store.replacing("/v1/ControlPlane", with: "/v1") + "/Profiles"
            let guards = "\(store)/IdentityResolutionSettings/Guards"
            #expect(try await server.send(.put, guards, body: #"{"dailyMergesLimit": 1}"#).status == 202)
            let first = try await server.createProfile(#""phone": "+13175550101""#, in: profiles)
            for chat in ["b", "c"] { _ = try await server.createProfile(#""chat": "\#(chat)""#, in: profiles) }
            let join = { (chat: String) in #""phone": "+13175550101", "chat": "\#(chat)""# }
            let lookup = #"{"idType": "chat", "value": "c"}"#
            for chat in ["b", "c"] { #expect(try await server.createProfile(join(chat), in: profiles) == first) }
            let separate = try await server.send(.post, "\(profiles)/Lookup", body: lookup).text
            #expect(!separate.contains(first) && separate.contains("mem_profile_"))
            server.test.clock.advance(by: .seconds(24 * 60 * 60 + 1))
            #expect(try await server.createProfile(join("c"), in: profiles) == first)
            #expect(try await server.send(.post, "\(profiles)/Lookup", body: lookup).text.contains(first))
        }
    }
}
