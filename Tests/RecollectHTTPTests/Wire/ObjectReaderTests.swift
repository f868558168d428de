import RecollectVocabulary
import Testing

@testable import RecollectHTTP

@Suite struct `Reading a body into values` {
    private func body(_ text: String, _ reason: Rejection.Reason = .malformed) throws -> ObjectReader {
        try ValueReader(JSONReader.read(Array(text.utf8)), path: "", reason: reason).object()
    }

    private func message<Value>(_ read: () throws -> Value) -> String? {
        do {
            _ = try read()
            return nil
        } catch {
            return (error as? Rejection)?.message
        }
    }

    @Test func `a refusal names field and rule`() throws {
        let body = try body(
            #"{"observations":[{"content":"a"},{"content":"b"},{"content":""}],"n":1.5,"s":7,"z":null}"#
        )
        let items = try body["observations"].required().array(1...10)
        #expect(
            message { try items[2].object()["content"].required().string(1...4096) }
                == "observations[2].content: must be 1 to 4096 characters"
        )
        #expect(message { try body["observations"].required().array(1...2) } == "observations: must have 1 to 2 items")
        #expect(message { try items[0].object()["source"].required() } == "observations[0].source: is required")
        #expect(message { try body["z"].required() } == "z: is required")
        #expect(message { try body["n"].required().integer(1...5) } == "n: must be an integer from 1 to 5")
        #expect(message { try body["n"].required().number(0...1) } == "n: must be a number from 0.0 to 1.0")
        #expect(message { try body["s"].required().string() } == "s: must be a string, not a number")
        #expect(message { try body["s"].required().timestamp() } == "s: must be a string, not a number")
        #expect(message { try body["n"].required().bool() } == "n: must be true or false, not a number")
        #expect(message { try body["s"].required().object() } == "s: must be an object, not a number")
        #expect(
            message { try body.allowOnly("observations", "n", "s") }
                == "z: is not a known field; known are observations, n, s"
        )
        #expect(message { try body.requireCount(5...6) } == "body: must have 5 to 6 fields")
        #expect(message { try self.body("[1]") } == "body: must be an object, not an array")
    }

    @Test func `null is the same as absent, and can be told apart`() throws {
        let body = try body(#"{"a":null,"b":1}"#)
        #expect(body["a"].optional == nil && body["a"].isNull && body["a"].isPresent)
        #expect(body["c"].optional == nil && !body["c"].isNull && !body["c"].isPresent)
        #expect(try body["b"].optional?.integer(0...9) == 1)
    }

    @Test func `characters are counted as JSON Schema counts them`() throws {
        let family = "\u{1F468}\u{200D}\u{1F469}"
        let body = try body("{\"a\":\"\(family)\",\"b\":\"x-y\"}")
        #expect(try body["a"].required().string(3...3) == family)
        let letters = CharacterRule("may contain letters only") { $0.properties.isAlphabetic }
        #expect(message { try body["b"].required().string(1...9, letters) } == "b: may contain letters only")
    }

    @Test func `a payload's plane decides the reason, also for values of the vocabulary`() throws {
        let body = try body(#"{"at":"yesterday","id":"x"}"#, .controlPlanePayload)
        #expect(
            throws: Rejection(
                .controlPlanePayload,
                "at",
                "must be a date and time of RFC 3339, such as 2026-11-20T19:47:09Z"
            )
        ) {
            try body["at"].required().timestamp()
        }
        #expect {
            try body["id"].required().text(StoreID.init(_:field:))
        } throws: {
            ($0 as? Rejection)?.reason == .malformedStoreID
        }
    }

    @Test func `strings by name are read whole`() throws {
        let body = try body(#"{"m":{"a":"1","b":"2"},"bad":{"a":1}}"#)
        #expect(try body["m"].required().stringMap(0...2, length: 1...1) == ["a": "1", "b": "2"])
        #expect(message { try body["bad"].required().stringMap() } == "bad.a: must be a string, not a number")
    }
}
