import HTTPTypes
import RecollectTestSupport
import Testing

@testable import RecollectHTTP

@Suite struct `Look-up over HTTP` {
    private func body(_ type: String, _ value: String) -> String {
        #"{"idType": "\#(type)", "value": "\#(value)"}"#
    }

    @Test(arguments: EngineKind.available)
    func `the normal form is always told, whatever is found`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let profiles = "/v1/Stores/\(try await server.test.store())/Profiles"
            let contact = #""phone": "317 555 0101", "email": "Ann@Example.com", "whatsapp": "whatsapp:+13175550101""#
            let profile = try await server.createProfile(contact, in: profiles)
            let cases = [
                ("phone", "(317) 555-0101", "+13175550101", true), ("phone", "sms:+13175550101", "+13175550101", true),
                ("email", " ANN@example.com", "ann@example.com", true),
                ("whatsapp", "+13175550101", "+13175550101", true),
                ("phone", "+13175550102", "+13175550102", false), ("chat", " ann ", "ann", false),
                // What can be no phone number is nobody's, and told as it is.
                ("phone", "user-42", "user-42", false), ("phone", "12", "12", false), ("phone", "", "", false),
                ("email", "", "", false),
            ]
            for (type, value, normalised, isFound) in cases {
                let answer = try await server.send(.post, "\(profiles)/Lookup", body: body(type, value))
                let found = isFound ? #""\#(profile)""# : ""
                #expect(answer.status == 200, "\(type) \(value)")
                #expect(answer.text == #"{"normalizedValue":"\#(normalised)","profiles":[\#(found)]}"#)
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `profiles that share a value are found oldest first`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let store = try await server.createStore()
            let configs = ["email", "whatsapp", "phone", "chat"].map { type in
                #"{"idType": "\#(type)", "enforceUnique": \#(type != "chat")}"#
            }
            let settings =
                #"{"identifierConfigs": [\#(configs.joined(separator: ", "))], "matchingRules": ["phone", "chat"]}"#
            #expect(try await server.send(.put, "\(store)/IdentityResolutionSettings", body: settings).status == 202)
            let profiles = store.replacing("/v1/ControlPlane", with: "/v1") + "/Profiles"
            var ids: [String] = []
            for number in 1...3 {
                let contact = #""phone": "+1317555010\#(number)", "chat": "reception""#
                ids.append(try await server.createProfile(contact, in: profiles))
            }
            let found = try await server.send(.post, "\(profiles)/Lookup", body: body("chat", "reception"))
            let list = ids.map { #""\#($0)""# }.joined(separator: ",")
            #expect(found.text == #"{"normalizedValue":"reception","profiles":[\#(list)]}"#)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a merged profile is found under its canonical id`(on engine: EngineKind) async throws {
        try await withMergedPair(on: engine) { pair in
            let found = try await pair.send(.post, "\(pair.profiles)/Lookup", body: body("email", "ann@example.com"))
            #expect(found.text == #"{"normalizedValue":"ann@example.com","profiles":["\#(pair.winner)"]}"#)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a type that is not configured and a body that breaks its schema are refused`(
        on engine: EngineKind
    ) async throws {
        try await withServer(on: engine) { server in
            let lookup = "/v1/Stores/\(try await server.test.store())/Profiles/Lookup"
            let cases = [
                (body("fax", "1"), "idType"), (body("Phone", "1"), "idType"), (body("x", "1"), "idType"),
                (body(String(repeating: "x", count: 31), "1"), "idType"),
                (body("phone", String(repeating: "1", count: 256)), "value"),
                (#"{"value": "1"}"#, "idType"), (#"{"idType": "phone"}"#, "value"),
                (#"{"idType": "phone", "value": 13175550101}"#, "value"),
                (#"{"idType": "phone", "value": "1", "store": "x"}"#, "store"),
            ]
            for (body, field) in cases {
                let answer = try await server.send(.post, lookup, body: body)
                #expect(answer.status == 400 && answer.code == 20001, "\(body): \(answer.text)")
                #expect(answer.message?.hasPrefix("\(field):") == true, "\(body): \(answer.text)")
            }
            let nowhere = "/v1/Stores/mem_store_\(String(repeating: "0", count: 26))/Profiles/Lookup"
            #expect(try await server.send(.post, nowhere, body: body("phone", "1")).code == 520041)
        }
    }
}
