import HTTPTypes
import RecollectTestSupport
import RecollectVocabulary
import Testing

@testable import RecollectHTTP

@Suite struct `Data mappings over HTTP` {
    private let dataset = "tdi_dataset_0ulio" + String(repeating: "z", count: 21)

    private func body(
        _ name: String = "people",
        from source: String = #"{"type": "INGRESS", "columns": ["E-Mail", "Vorname"]}"#,
        to mappings: String = #"[{"expression": "E-Mail", "traitGroup": "contact", "traitName": "email"}]"#
    ) -> String {
        """
        {"displayName": "\(name)", "mappingFrom": \(source), "mappingTo": {"type": "TRAITS", "mappings": \(mappings)}}
        """
    }

    @Test(arguments: EngineKind.available)
    func `a mapping is read back in the contract's form`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let path = try await server.createStore() + "/DataMappings"
            let created = try await server.send(.post, path, body: body())
            #expect(created.status == 202)
            #expect(created.headers[.location]?.hasPrefix(MemoryServer.publicURL) == true)
            let id = try await server.resource(of: created)
            let fetched = try await server.send(.get, "\(path)/\(id)")
            #expect(fetched.status == 200)
            #expect(fetched.headers[.eTag] == "\"1\"")
            let mapping = """
                {"id":"\(id)","displayName":"people","isEnabled":true,\
                "mappingFrom":{"type":"INGRESS","columns":["E-Mail","Vorname"]},\
                "mappingTo":{"type":"TRAITS","mappings":[\
                {"expression":"E-Mail","traitGroup":"Contact","traitName":"email"}]},\
                "createdAt":"2026-11-20T12:00:00Z","updatedAt":"2026-11-20T12:00:00Z","version":1}
                """
            #expect(fetched.text == mapping)
            let list = try await server.send(.get, path)
            #expect(list.text == #"{"dataMappings":[\#(mapping)],"meta":{"key":"dataMappings","pageSize":50}}"#)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a dataset's id is kept exactly, and filters stay on every page`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let path = try await server.createStore() + "/DataMappings"
            for (number, kind) in ["CLOUDAPP", "WAREHOUSE", "CLOUDAPP"].enumerated() {
                let source = #"{"type": "DATASET_\#(kind)", "datasetId": "\#(dataset)"}"#
                let created = try await server.send(.post, path, body: body("m\(number)", from: source))
                #expect(created.status == 202, "\(created.text)")
            }
            let first = try await server.send(.get, "\(path)?type=DATASET_CLOUDAPP&pageSize=1")
            #expect(first.text.contains(#""mappingFrom":{"type":"DATASET_CLOUDAPP","datasetId":"\#(dataset)"}"#))
            #expect(first.text.contains("m2"))
            guard case .object(let meta)? = first["meta"], case .string(let next)? = meta["nextToken"] else {
                Issue.record("no next page: \(first.text)")
                return
            }
            let second = try await server.send(.get, "\(path)?pageToken=\(next)")
            #expect(second.text.contains("m0") && !second.text.contains("nextToken"))
            #expect(try await server.send(.get, "\(path)?type=INGRESS").text.contains(#""dataMappings":[]"#))
            #expect(try await server.send(.get, "\(path)?type=ingress").code == 20001)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a patch obeys If-Match and changes what is given`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let path = try await server.createStore() + "/DataMappings"
            let id = try await server.resource(of: server.send(.post, path, body: body()))
            #expect(try await server.send(.patch, "\(path)/\(id)").status == 202)
            let change = #"{"isEnabled": false, "description": "d", "displayName": null}"#
            #expect(try await server.send(.patch, "\(path)/\(id)", [.ifMatch: "\"1\""], body: change).status == 202)
            let fetched = try await server.send(.get, "\(path)/\(id)")
            #expect(fetched.headers[.eTag] == "\"2\"")
            #expect(fetched.text.contains(#""displayName":"people","description":"d","isEnabled":false"#))
            #expect(try await server.send(.patch, "\(path)/\(id)", [.ifMatch: "1"], body: "{}").code == 520043)
            let wrong = """
                {"mappingTo": {"type": "TRAITS", "mappings": [
                {"expression": "E-Mail", "traitGroup": "Contact", "traitName": "email"},
                {"expression": "Vorname", "traitGroup": "Contact", "traitName": "firstName"},
                {"expression": "Vorname", "traitGroup": "Contact", "traitName": "nickName"}]}}
                """
            let refused = try await server.send(.patch, "\(path)/\(id)", body: wrong)
            #expect(refused.code == 520046)
            #expect(
                refused.message == "mappingTo.mappings[2].traitName: the trait group Contact has no trait nickName"
            )
            #expect(try await server.send(.delete, "\(path)/\(id)").status == 202)
            #expect(try await server.send(.get, "\(path)/\(id)").code == 520048)
            #expect(try await server.send(.delete, "\(path)/\(id)").code == 520048)
        }
    }

    @Test(arguments: EngineKind.available)
    func `bad input names field and rule`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let path = try await server.createStore() + "/DataMappings"
            func item(_ column: String, _ group: String, _ trait: String) -> String {
                #"{"expression": "\#(column)", "traitGroup": "\#(group)", "traitName": "\#(trait)"}"#
            }
            let email = item("E-Mail", "Contact", "email")
            let posts = [
                "{}", body("1a"), body(""), body("a_b"), body(from: "{}"), body(from: #"{"type": "CSV"}"#),
                body(from: #"{"type": "INGRESS"}"#), body(from: #"{"type": "INGRESS", "columns": []}"#),
                body(from: #"{"type": "INGRESS", "columns": ["E-Mail", "E-Mail"]}"#),
                body(from: #"{"type": "INGRESS", "columns": ["E-Mail", ""]}"#),
                body(from: #"{"type": "INGRESS", "columns": ["E-Mail", 1]}"#),
                body(from: #"{"type": "INGRESS", "columns": ["E-Mail"], "datasetId": "\#(dataset)"}"#),
                body(from: #"{"type": "DATASET_CLOUDAPP", "columns": ["E-Mail"]}"#),
                body(from: #"{"type": "DATASET_WAREHOUSE", "datasetId": "x"}"#),
                body(to: "[]"), body(to: "[1]"), body(to: "[\(email), \(email)]"), body(to: "[{}]"),
                body(to: "[\(item("Nachname", "Contact", "email"))]"),
                body(to: "[\(item("E-Mail", "Other", "email"))]"),
                body(to: "[\(item("E-Mail", "a b", "email"))]"),
                body(to: "[\(item("E-Mail", "Contact", "mail"))]"),
                body(to: "[\(item("E-Mail", "Contact", "__"))]"),
                body(to: "[\(item("", "Contact", "email"))]"),
            ]
            for body in posts {
                let answer = try await server.send(.post, path, body: body)
                #expect(answer.code == 520046, "\(body): \(answer.text)")
            }
            #expect(try await server.send(.post, path, body: body()).status == 202)
            #expect(try await server.send(.post, path, body: body("PEOPLE")).code == 520056)
            let malformed = try await server.send(.get, "\(path)/mem_datamapping_1")
            #expect(malformed.code == 20001 && malformed.status == 400)
            let unknown = "mem_datamapping_" + String(repeating: "0", count: 26)
            #expect(try await server.send(.get, "\(path)/\(unknown)").code == 520048)
            #expect(try await server.send(.patch, "\(path)/\(unknown)", body: "{}").code == 520048)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a group that a mapping uses is not deleted`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let store = try await server.createStore()
            let plan = #"{"displayName": "Plan", "traits": {"tier": {"dataType": "STRING"}}}"#
            _ = try await server.send(.post, "\(store)/TraitGroups", body: plan)
            let mapping = #"[{"expression": "E-Mail", "traitGroup": "PLAN", "traitName": "tier"}]"#
            #expect(try await server.send(.post, "\(store)/DataMappings", body: body(to: mapping)).status == 202)
            let deleted = try await server.send(.delete, "\(store)/TraitGroups/Plan")
            #expect(deleted.status == 409 && deleted.code == 20409)
            #expect(deleted.message?.contains("people") == true)
            let removal = #"{"traits": {"tier": {"dataType": ""}}}"#
            let patched = try await server.send(.patch, "\(store)/TraitGroups/Plan", body: removal)
            #expect(patched.status == 409)
            #expect(patched.message?.hasPrefix("traits.tier: the data mapping people uses") == true)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a suggestion is read back in the contract's form`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let path = try await server.createStore() + "/DataMappings/Suggestions"
            let columns = #"{"type": "INGRESS", "columns": ["E-Mail Address", "Size"]}"#
            let body = #"{"mappingFrom": \#(columns), "mappingTo": {"type": "TRAITS"}}"#
            let created = try await server.send(.post, path, body: body)
            #expect(created.status == 202)
            let id = try await server.resource(of: created)
            let suggestion = """
                {"id":"\(id)","mappingFrom":{"type":"INGRESS","columns":["E-Mail Address","Size"]},\
                "mappingTo":{"type":"TRAITS","mappings":[{"mapping":\
                {"expression":"E-Mail Address","traitGroup":"Contact","traitName":"email"},"confidence":0.95,\
                "rationale":"the words of 'E-Mail Address' contain the trait name 'email'"}]},\
                "createdAt":"2026-11-20T12:00:00Z","expiresAt":"2026-11-27T12:00:00Z"}
                """
            #expect(try await server.send(.get, "\(path)/\(id)").text == suggestion)
            let list = try await server.send(.get, path)
            #expect(
                list.text
                    == #"{"dataMappingSuggestions":[\#(suggestion)],"meta":{"key":"dataMappingSuggestions","pageSize":50}}"#
            )
            server.test.clock.advance(by: DataMappingSuggestion.lifetime + .seconds(1))
            let expired = try await server.send(.get, "\(path)/\(id)")
            #expect(expired.status == 404 && expired.code == 520058)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a suggestion for a dataset is empty, and bad input is told`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let path = try await server.createStore() + "/DataMappings/Suggestions"
            let source = #"{"type": "DATASET_WAREHOUSE", "datasetId": "\#(dataset)"}"#
            let good = #"{"mappingFrom": \#(source), "mappingTo": {"type": "TRAITS"}}"#
            let id = try await server.resource(of: server.send(.post, path, body: good))
            let text = try await server.send(.get, "\(path)/\(id)").text
            #expect(text.contains(#""mappingTo":{"type":"TRAITS","mappings":[]}"#))
            let posts = [
                "{}", #"{"mappingFrom": \#(source)}"#, #"{"mappingFrom": \#(source), "mappingTo": {}}"#,
                #"{"mappingFrom": \#(source), "mappingTo": {"type": "TRAITS", "mappings": []}}"#,
                #"{"mappingFrom": \#(source), "mappingTo": {"type": "TRAIT"}}"#,
                #"{"mappingFrom": \#(source), "mappingTo": {"type": "TRAITS"}, "x": 1}"#,
            ]
            for body in posts {
                #expect(try await server.send(.post, path, body: body).code == 520046, "\(body)")
            }
            let malformed = try await server.send(.get, "\(path)/mem_mapsuggestion_1")
            #expect(malformed.status == 400 && malformed.code == 520057)
            let unknown = try await server.send(.get, "\(path)/mem_mapsuggestion_\(String(repeating: "0", count: 26))")
            #expect(unknown.status == 404 && unknown.code == 520058)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a repeated create is applied once`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let path = try await server.createStore() + "/DataMappings"
            let first = try await server.send(.post, path, [.idempotencyKey: "k"], body: body())
            let second = try await server.send(.post, path, [.idempotencyKey: "k"], body: body())
            #expect(first.status == 202 && second.status == 202)
            #expect(first.headers[.operationID] == second.headers[.operationID])
        }
    }

    @Test(arguments: EngineKind.available)
    func `the sync of a mapping tells its state, and why it cannot start`(on engine: EngineKind) async throws {
        try await withServer(on: engine) { server in
            let path = try await server.createStore() + "/DataMappings"
            let source = #"{"type": "DATASET_WAREHOUSE", "datasetId": "\#(dataset)"}"#
            let id = try await server.resource(of: server.send(.post, path, body: body(from: source)))
            let state = try await server.send(.get, "\(path)/\(id)/Sync")
            let pending = """
                {"dataMappingId":"\(id)","status":"PENDING","rowsApplied":0,"rowsRefused":0,\
                "latestRun":{"created":0,"updated":0,"merged":0,"failed":0},\
                "nextDueAt":"2026-11-20T12:00:00Z","errors":[]}
                """
            #expect(state.status == 200 && state.text == pending)
            let started = try await server.send(.post, "\(path)/\(id)/Sync")
            #expect(started.status == 409 && started.code == 20409)
            #expect(started.text.contains(dataset))

            let columns = try await server.resource(of: server.send(.post, path, body: body("columns")))
            for method in [HTTPRequest.Method.get, .post] {
                let answer = try await server.send(method, "\(path)/\(columns)/Sync")
                #expect(answer.status == 404 && answer.code == 20404)
            }
            let unknown = "mem_datamapping_" + String(repeating: "0", count: 26)
            #expect(try await server.send(.get, "\(path)/\(unknown)/Sync").status == 404)
        }
    }
}
