import HTTPTypes
import RecollectTestSupport
import Testing

@testable import RecollectHTTP

@Suite struct `Identifiers over HTTP` {
    private func body(_ type: String, _ value: String) -> String {
        #"{"idType": "\#(type)", "value": "\#(value)"}"#
    }

    private func update(_ old: String, _ new: String, _ type: String = "chat") -> String {
        #"{"idType": "\#(type)", "oldValue": "\#(old)", "newValue": "\#(new)"}"#
    }

    @Test(arguments: EngineKind.available)
    func `identifiers are read back in their normal form, the configured types in their order`(
        on engine: EngineKind
    ) async throws {
        try await withProfileServer(on: engine) { profile in
            let path = "\(profile.path)/Identifiers"
            for (type, value) in [("phone", "(317) 555-0101"), ("chat", " a "), ("phone", "+4930901820")] {
                let added = try await profile.send(.post, path, body: body(type, value))
                #expect(added.status == 202 && added.text == #"{"message":"Identifier added"}"#)
                profile.server.test.clock.advance(by: .seconds(1))
            }
            let phones = #"{"idType":"phone","values":["+13175550101","+4930901820"]}"#
            #expect(
                try await profile.send(.get, path).text == """
                    {"identifiers":[{"idType":"email","values":["ada@example.com"]},\(phones),\
                    {"idType":"chat","values":["a"]}]}
                    """
            )
            #expect(try await profile.send(.get, "\(path)/phone").text == phones)
            let none = try await profile.send(.get, "\(path)/whatsapp")
            #expect(none.status == 404 && none.code == 20404)
            // The same again is no second value.
            #expect(try await profile.send(.post, path, body: body("phone", "3175550101")).status == 202)
            #expect(try await profile.send(.get, "\(path)/phone").text == phones)
        }
    }

    @Test(arguments: EngineKind.available)
    func `an identifier to be added breaks no rule`(on engine: EngineKind) async throws {
        try await withProfileServer(on: engine) { profile in
            let cases = [
                (body("fax", "1"), "idType"), (body("x", "1"), "idType"), (body("phone", "user-42"), "value"),
                (body("phone", ""), "value"), (body("chat", "  "), "value"),
                (body("chat", String(repeating: "a", count: 256)), "value"),
                (#"{"idType": "chat"}"#, "value"), (#"{"value": "a"}"#, "idType"),
                (#"{"idType": "chat", "value": null}"#, "value"), (#"{"idType": "chat", "value": ["a"]}"#, "value"),
                (#"{"idType": "chat", "value": "a", "since": "b"}"#, "since"),
            ]
            for (body, field) in cases {
                let answer = try await profile.send(.post, "\(profile.path)/Identifiers", body: body)
                #expect(answer.status == 400 && answer.code == 20001, "\(body): \(answer.text)")
                #expect(answer.message?.hasPrefix("\(field):") == true, "\(body): \(answer.text)")
            }
            let identifiers = try await profile.send(.get, "\(profile.path)/Identifiers").text
            #expect(identifiers == #"{"identifiers":[{"idType":"email","values":["ada@example.com"]}]}"#)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a value is replaced in any of its forms, and leads nowhere any more`(on engine: EngineKind) async throws {
        try await withProfileServer(on: engine) { profile in
            let path = "\(profile.path)/Identifiers"
            _ = try await profile.send(.post, path, body: body("phone", "+13175550101"))
            let change = update("(317) 555-0101", "317.555.0102", "phone")
            let changed = try await profile.send(.patch, "\(path)/phone", body: change)
            #expect(changed.status == 202 && changed.text == #"{"message":"Identifier updated"}"#)
            #expect(
                try await profile.send(.get, "\(path)/phone").text
                    == #"{"idType":"phone","values":["+13175550102"]}"#
            )
            let again = try await profile.send(.patch, "\(path)/phone", body: change)
            #expect(again.status == 404 && again.code == 20404)
            #expect(again.message?.hasPrefix("oldValue:") == true)
            let same = update("+13175550102", "3175550102", "phone")
            #expect(try await profile.send(.patch, "\(path)/phone", body: same).status == 202)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a replacement breaks no rule`(on engine: EngineKind) async throws {
        try await withProfileServer(on: engine) { profile in
            let path = "\(profile.path)/Identifiers"
            _ = try await profile.send(.post, path, body: body("chat", "a"))
            let cases = [
                ("chat", update("a", "b", "email"), "idType"), ("chat", update("a", "b", "fax"), "idType"),
                ("fax", update("a", "b", "fax"), "idType"), ("chat", update("a", ""), "newValue"),
                ("email", update("ada@example.com", " ", "email"), "newValue"),
                ("chat", #"{"idType": "chat", "newValue": "b"}"#, "oldValue"),
                ("chat", #"{"idType": "chat", "oldValue": "a"}"#, "newValue"),
                ("chat", #"{"oldValue": "a", "newValue": "b"}"#, "idType"),
                ("chat", #"{"idType": "chat", "oldValue": "a", "newValue": "b", "value": "c"}"#, "value"),
            ]
            for (type, body, field) in cases {
                let answer = try await profile.send(.patch, "\(path)/\(type)", body: body)
                #expect(answer.status == 400 && answer.code == 20001, "\(type) \(body): \(answer.text)")
                #expect(answer.message?.hasPrefix("\(field):") == true, "\(body): \(answer.text)")
            }
            #expect(try await profile.send(.get, "\(path)/chat").text == #"{"idType":"chat","values":["a"]}"#)
        }
    }

    @Test(arguments: EngineKind.available)
    func `the value of another profile is a conflict when it replaces and a merge when it is added`(
        on engine: EngineKind
    ) async throws {
        try await withProfileServer(on: engine) { profile in
            let path = "\(profile.path)/Identifiers"
            _ = try await profile.send(.post, path, body: body("chat", "a"))
            let profiles = profile.path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
            let other = try await profile.server.createProfile(#""chat": "b""#, in: profiles)
            let taken = try await profile.send(.patch, "\(path)/chat", body: update("a", "b"))
            #expect(taken.status == 409 && taken.code == 20409)
            #expect(taken.message?.hasPrefix("newValue:") == true)
            #expect(try await profile.send(.post, path, body: body("chat", "b")).status == 202)
            let merged = try await profile.send(.get, "\(profiles)/\(other)")
            #expect(profile.path == "\(profiles)/\(merged.headers[.canonicalProfileID] ?? "")")
        }
    }

    @Test(arguments: EngineKind.available)
    func `a removal takes the oldest value, or all of them`(on engine: EngineKind) async throws {
        try await withProfileServer(on: engine) { profile in
            let path = "\(profile.path)/Identifiers"
            for value in ["a", "b", "c", "d"] {
                _ = try await profile.send(.post, path, body: body("chat", value))
                profile.server.test.clock.advance(by: .seconds(1))
            }
            for query in ["", "?removeAll=false"] {
                let removed = try await profile.send(.delete, "\(path)/chat\(query)")
                #expect(removed.status == 202 && removed.text == #"{"message":"Identifiers removed"}"#)
            }
            #expect(try await profile.send(.get, "\(path)/chat").text == #"{"idType":"chat","values":["c","d"]}"#)
            let unclear = try await profile.send(.delete, "\(path)/chat?removeAll=yes")
            #expect(unclear.status == 400 && unclear.message?.hasPrefix("removeAll:") == true)
            #expect(try await profile.send(.delete, "\(path)/chat?removeAll=true").status == 202)
            #expect(try await profile.send(.get, "\(path)/chat").code == 20404)
            #expect(try await profile.send(.delete, "\(path)/chat").code == 20404)
            #expect(try await profile.send(.delete, "\(path)/fax?removeAll=true").code == 20404)
            #expect(try await profile.send(.delete, "\(path)/x").code == 20001)
            let rest = try await profile.send(.get, path).text
            #expect(rest == #"{"identifiers":[{"idType":"email","values":["ada@example.com"]}]}"#)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a profile that does not exist has no identifiers to work on`(on engine: EngineKind) async throws {
        try await withProfileServer(on: engine) { profile in
            let profiles = profile.path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
            let path = "\(profiles)/mem_profile_\(String(repeating: "0", count: 26))/Identifiers"
            let list = try await profile.send(.get, path)
            #expect(list.status == 404 && list.code == 20404)
            #expect(try await profile.send(.get, "\(path)/chat").code == 20404)
            #expect(try await profile.send(.post, path, body: body("chat", "a")).code == 20404)
            #expect(try await profile.send(.patch, "\(path)/chat", body: update("a", "b")).code == 20404)
            #expect(try await profile.send(.delete, "\(path)/chat").code == 20404)
            #expect(try await profile.send(.get, "\(profiles)/mem_profile_1/Identifiers").code == 20001)
        }
    }
}
