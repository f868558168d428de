import RecollectPatterns
import Testing

@Suite struct `Patterns` {
    @Test(arguments: [
        ("^[A-Z]{2}$", "DE", true), ("b", "abc", true), ("^b$", "abc", false), ("^\\p{L}+$", "Zoë", true),
    ])
    func `a pattern matches anywhere unless it is anchored`(pattern: String, text: String, matches: Bool) throws {
        #expect(try Pattern(pattern).matches(text) == matches)
    }

    @Test func `a catastrophic pattern is linear`() throws {
        let pattern = try Pattern("(a+)+$")
        let clock = ContinuousClock()
        let time = clock.measure { _ = pattern.matches(String(repeating: "a", count: 100_000) + "b") }
        #expect(time < .seconds(1))
    }

    @Test(arguments: ["(", "[", "a**", "(?<x", "\\1"])
    func `what is no pattern is refused with a reason`(source: String) {
        #expect(throws: PatternError.self) { try Pattern(source) }
    }

    @Test func `what is too large is refused`() {
        #expect(throws: PatternError.tooLong) { try Pattern(String(repeating: "a", count: 1001)) }
        #expect(throws: PatternError.self) { try Pattern("((a{1000}){1000}){1000}") }
    }
}
