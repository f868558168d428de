import HTTPTypes
import RecollectTestSupport
import RecollectVocabulary
import Testing

@testable import RecollectHTTP

@Suite struct `Identity settings over HTTP` {
    private let defaults = ["email", "whatsapp", "phone", "chat"].map { #"{"idType": "\#($0)"}"# }

    private func body(_ configs: [String], _ rules: String = #"["email"]"#) -> String {
        #"{"identifierConfigs": [\#(configs.joined(separator: ", "))], "matchingRules": \#(rules)}"#
    }

    @Test(arguments: EngineKind.available)
    func `a new store has the default settings`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let settings = try await server.createStore() + "/IdentityResolutionSettings"
            let fetched = try await server.send(.get, settings)
            #expect(fetched.status == 200)
            #expect(fetched.headers[.eTag] == "\"1\"")
            let configs = [("email", "email"), ("whatsapp", "trim"), ("phone", "phone"), ("chat", "trim")].map {
                """
                {"idType":"\($0.0)","matchingAlgo":"exact","matchingThreshold":75,"limit":100,"limitPolicy":"fifo",\
                "enforceUnique":true,"normalization":"\($0.1)"}
                """
            }
            #expect(
                fetched.text == """
                    {"identifierConfigs":[\(configs.joined(separator: ","))],\
                    "matchingRules":["email","whatsapp","phone","chat"],"version":1}
                    """
            )
        }
    }

    @Test(arguments: EngineKind.available)
    func `settings are replaced as a whole, and the same again keep the version`(
        on engine: EngineKind
    ) async throws {
        try await withServer(on: engine) { server in
            let settings = try await server.createStore() + "/IdentityResolutionSettings"
            let crm = """
                {"idType": "crm", "matchingAlgo": "fuzzy", "matchingThreshold": 90, "limit": 2, "limitPolicy": "lifo",
                "enforceUnique": false, "normalization": "none"}
                """
            let new = body(defaults + [crm], #"["crm", "email"]"#)
            #expect(try await server.send(.put, settings, [.ifMatch: "\"1\""], body: new).status == 202)
            #expect(try await server.send(.put, settings, body: new).status == 202)
            let fetched = try await server.send(.get, settings)
            #expect(fetched["matchingRules"] == .array([.string("crm"), .string("email")]))
            #expect(fetched["version"].map { "\($0)".contains("2") } == true)
            #expect(
                fetched.text.contains(
                    """
                    {"idType":"crm","matchingAlgo":"fuzzy","matchingThreshold":90,"limit":2,"limitPolicy":"lifo",\
                    "enforceUnique":false,"normalization":"none"}
                    """
                )
            )
            #expect(try await server.send(.put, settings, [.ifMatch: "1"], body: new).code == 520043)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a type that a trait is promoted to stays configured`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let settings = try await server.createStore() + "/IdentityResolutionSettings"
            let answer = try await server.send(.put, settings, body: body(Array(defaults.dropLast())))
            #expect(answer.status == 400)
            #expect(answer.code == 520024)
            #expect(answer.message?.contains("Contact.chat") == true)
            #expect(try await server.send(.get, settings).headers[.eTag] == "\"1\"")
        }
    }

    @Test(arguments: EngineKind.available)
    func `invalid settings are 520024 and name the field`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let settings = try await server.createStore() + "/IdentityResolutionSettings"
            func config(_ fields: String) -> String { body([#"{"idType": "email"\#(fields)}"#]) }
            let cases = [
                ("{}", "identifierConfigs"), (body([]), "identifierConfigs"), (body(defaults, "[]"), "matchingRules"),
                (body(defaults, #"["fax"]"#), "matchingRules[0]"),
                (body(defaults, #"["email", "email"]"#), "matchingRules[1]"),
                (body(defaults, "[1]"), "matchingRules[0]"),
                (body(defaults + [#"{"idType": "email"}"#]), "identifierConfigs[4].idType"),
                (body([#"{"idType": "x"}"#]), "identifierConfigs[0].idType"),
                (config(#", "limit": 0"#), "identifierConfigs[0].limit"),
                (config(#", "limit": 101"#), "identifierConfigs[0].limit"),
                (config(#", "matchingThreshold": 49"#), "identifierConfigs[0].matchingThreshold"),
                (config(#", "matchingAlgo": "best""#), "identifierConfigs[0].matchingAlgo"),
                (config(#", "enforceUnique": 1"#), "identifierConfigs[0].enforceUnique"),
                (config(#", "unknown": 1"#), "identifierConfigs[0].unknown"),
            ]
            for (body, field) in cases {
                let answer = try await server.send(.put, settings, body: body)
                #expect(answer.code == 520024, "\(body): \(answer.text)")
                #expect(answer.message?.hasPrefix("\(field):") == true, "\(field): \(answer.text)")
            }
        }
    }
}
