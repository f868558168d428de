import HTTPTypes
import RecollectTestSupport
import RecollectVocabulary
import Testing

@testable import RecollectHTTP

@Suite struct `Trait groups over HTTP` {
    private let plan = """
        {"displayName": "Plan", "description": "loyalty", "traits": {
        "preferred_channel": {"dataType": "STRING", "description": "d", "idTypePromotion": "chat",
        "validationRule": {"ruleType": "STRING", "pattern": "^[a-z]+$", "minLength": 1, "maxLength": 9}},
        "age": {"dataType": "NUMBER", "validationRule": {"ruleType": "NUMBER", "min": 0.5, "max": 120}},
        "tags": {"dataType": "ARRAY", "validationRule": {"ruleType": "ARRAY", "maxItems": 3}},
        "member": {"dataType": "BOOLEAN", "validationRule": {"ruleType": "BOOLEAN"}}}}
        """

    @Test(arguments: EngineKind.available)
    func `a group is read back in the contract's form`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let groups = try await server.createStore() + "/TraitGroups"
            let created = try await server.send(.post, groups, body: plan)
            #expect(created.status == 202)
            #expect(try await server.resource(of: created) == "Plan")
            let fetched = try await server.send(.get, "\(groups)/plan")
            #expect(fetched.status == 200)
            #expect(fetched.headers[.eTag] == "\"1\"")
            let channel = #"{"ruleType":"STRING","pattern":"^[a-z]+$","minLength":1,"maxLength":9}"#
            #expect(
                fetched.text == """
                    {"traitGroup":{"displayName":"Plan","description":"loyalty","traits":{\
                    "preferredChannel":{"dataType":"STRING","description":"d","validationRule":\(channel),\
                    "idTypePromotion":"chat"},\
                    "age":{"dataType":"NUMBER","validationRule":{"ruleType":"NUMBER","min":0.5,"max":120}},\
                    "tags":{"dataType":"ARRAY","validationRule":{"ruleType":"ARRAY","maxItems":3}},\
                    "member":{"dataType":"BOOLEAN","validationRule":{"ruleType":"BOOLEAN"}}},"version":1},\
                    "meta":{"key":"traits","pageSize":50}}
                    """
            )
            let without = try await server.send(.get, "\(groups)/Plan?includeTraits=false")
            #expect(
                without.text.hasPrefix(#"{"traitGroup":{"displayName":"Plan","description":"loyalty","version":1}"#)
            )
        }
    }

    @Test(arguments: EngineKind.available)
    func `a list leaves traits out unless asked, on every page`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let groups = try await server.createStore() + "/TraitGroups"
            _ = try await server.send(.post, groups, body: plan)
            let plain = try await server.send(.get, groups)
            #expect(!plain.text.contains("dataType"))
            #expect(plain.text.contains(#""meta":{"key":"traitGroups","pageSize":50}"#))
            let first = try await server.send(.get, "\(groups)?includeTraits=true&pageSize=1&orderBy=ASC")
            #expect(first.text.contains("firstName"))
            guard case .object(let meta)? = first["meta"], case .string(let next)? = meta["nextToken"] else {
                Issue.record("no next page: \(first.text)")
                return
            }
            let second = try await server.send(.get, "\(groups)?pageToken=\(next)")
            #expect(second.text.contains("preferredChannel"))
            #expect(try await server.send(.get, "\(groups)?includeTraits=maybe").code == 20001)
        }
    }

    @Test(arguments: EngineKind.available)
    func `one group's traits are paged when a size is asked for`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let contact = try await server.createStore() + "/TraitGroups/Contact"
            var names: [String] = []
            var query = "pageSize=5&orderBy=ASC"
            while true {
                let page = try await server.send(.get, "\(contact)?\(query)")
                guard case .object(let group)? = page["traitGroup"], case .object(let traits)? = group["traits"],
                    case .object(let meta)? = page["meta"]
                else {
                    Issue.record("no group: \(page.text)")
                    return
                }
                names += traits.members.map(\.name)
                guard case .string(let next)? = meta["nextToken"] else { break }
                query = "pageToken=\(next)"
            }
            #expect(names.count == 12)
            #expect(names.first == "email" && names.last == "preferredLanguage")
        }
    }

    @Test(arguments: EngineKind.available)
    func `a patch merges by trait, and an empty dataType removes`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let groups = try await server.createStore() + "/TraitGroups"
            _ = try await server.send(.post, groups, body: plan)
            let body = """
                {"traits": {"age": {"dataType": ""}, "Preferred Channel": {"dataType": "STRING", "idTypePromotion": ""},
                "new": {"dataType": "STRING"}}}
                """
            let patched = try await server.send(.patch, "\(groups)/PLAN", [.ifMatch: "\"1\""], body: body)
            #expect(patched.status == 202)
            let fetched = try await server.send(.get, "\(groups)/Plan")
            #expect(fetched.headers[.eTag] == "\"2\"")
            #expect(!fetched.text.contains(#""age":"#))
            #expect(!fetched.text.contains("idTypePromotion"))
            #expect(fetched.text.contains(#""new":{"dataType":"STRING"}"#))
            #expect(fetched.text.contains(#""pattern":"^[a-z]+$""#))
            #expect(try await server.send(.patch, "\(groups)/Plan", [.ifMatch: "1"], body: "{}").code == 520043)
            #expect(try await server.send(.delete, "\(groups)/Plan").status == 202)
            #expect(try await server.send(.get, "\(groups)/Plan").code == 520047)
        }
    }

    @Test(arguments: EngineKind.available)
    func `bad input names field and rule`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let groups = try await server.createStore() + "/TraitGroups"
            func trait(_ definition: String) -> String { #"{"displayName": "G", "traits": {"a": \#(definition)}}"# }
            let rule = #"{"dataType": "STRING", "validationRule": "#
            let posts = [
                "{}", #"{"displayName": "a b"}"#, #"{"displayName": "G", "unknown": 1}"#, trait("null"), trait("{}"),
                trait(#"{"dataType": "STRIN"}"#), trait(#"{"dataType": ""}"#),
                trait(#"{"dataType": "STRING", "x": 1}"#),
                trait(rule + #"{"ruleType": "NUMBER"}}"#), trait(rule + "{}}"),
                trait(rule + #"{"ruleType": "STRING", "min": 1}}"#),
                trait(rule + #"{"ruleType": "STRING", "minLength": 3, "maxLength": 2}}"#),
                trait(rule + #"{"ruleType": "STRING", "maxLength": 0}}"#),
                trait(rule + #"{"ruleType": "STRING", "pattern": "("}}"#),
                trait(#"{"dataType": "STRING", "idTypePromotion": "fax"}"#),
                trait(#"{"dataType": "BOOLEAN", "idTypePromotion": "email"}"#),
                #"{"displayName": "G", "traits": {"a_b": {"dataType": "STRING"}, "aB": {"dataType": "STRING"}}}"#,
                #"{"displayName": "G", "traits": {"__": {"dataType": "STRING"}}}"#,
                #"{"displayName": "G", "traits": []}"#,
            ]
            for body in posts {
                let answer = try await server.send(.post, groups, body: body)
                #expect(answer.code == 520046, "\(body): \(answer.text)")
            }
            #expect(try await server.send(.post, groups, body: #"{"displayName": "CONTACT"}"#).code == 520055)
            #expect(try await server.send(.get, "\(groups)/none").code == 520047)
            #expect(try await server.send(.get, "\(groups)/no%20such%2Fname").code == 520047)
            #expect(try await server.send(.delete, "\(groups)/Contact").code == 520050)
            let message = try await server.send(.post, groups, body: trait(rule + "{}}")).message
            #expect(message == "traits.a.validationRule.ruleType: is required")
        }
    }

    @Test(arguments: EngineKind.available)
    func `a 96th trait is refused whether in one body or by a patch`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let groups = try await server.createStore() + "/TraitGroups"
            func body(_ count: Int) -> String {
                let traits = (0..<count).map { #""t\#($0)": {"dataType": "STRING"}"# }.joined(separator: ", ")
                return #"{"displayName": "Big", "traits": {\#(traits)}}"#
            }
            #expect(try await server.send(.post, groups, body: body(96)).code == 520046)
            #expect(try await server.send(.post, groups, body: body(95)).status == 202)
            let more = #"{"traits": {"more": {"dataType": "STRING"}}}"#
            #expect(try await server.send(.patch, "\(groups)/Big", body: more).code == 520054)
        }
    }
}
