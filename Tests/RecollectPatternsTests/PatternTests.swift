import RecollectPatterns
import Testing

@Suite struct `Patterns` {
    @Test(arguments: [
        ("b", "abc", true), ("^b$", "abc", false), ("^abc$", "abc", true), ("", "", true), ("", "anything", true),
        ("^$", "", true), ("^$", "a", false), ("a$", "a\n", false), ("^b", "a\nb", false),
        ("^.$", "\u{1F600}", true), ("^..$", "e\u{301}", true), ("^\\p{Han}+$", "東京", true), ("(?i)zoë", "ZOË", true),
        ("^[^a]$", "ß", true), ("\\bcat\\b", "a cat.", true), ("^\\d{3}-\\d{4}$", "555-0100", true),
        ("^[A-Z]{2}$", "DE", true), ("^\\p{L}+$", "Zoë", true), ("^\\+[1-9]\\d{1,14}$", "+4930123456", true),
        ("\\x{1F600}", "\u{1F600}", true),
    ])
    func `a pattern is searched for in characters, not bytes`(source: String, text: String, matches: Bool) throws {
        #expect(try Pattern(source).matches(text) == matches)
    }

    @Test func `NUL is a character like any other`() throws {
        #expect(try Pattern("^a\\x00b$").matches("a\0b"))
        #expect(try Pattern("a\0b").matches("xa\0by"))
        #expect(try !Pattern("^a$").matches("a\0"))
    }

    @Test(arguments: ["(a+)+$", "(a|a)*$", "(a|aa)+$", "(.*)(.*)(.*)(.*)b$", "^(([a-z])+.)+[A-Z]([a-z])+$"])
    func `patterns that ruin backtracking engines take no time`(source: String) throws {
        let pattern = try Pattern(source)
        let text = String(repeating: "a", count: 10_000) + "b!"
        // The shortest of some times: what else the machine does is none of it.
        let times = (0..<5).map { _ in ContinuousClock().measure { _ = pattern.matches(text) } }
        #expect(try #require(times.min()) < .milliseconds(50))
    }

    @Test(arguments: [
        "(", ")", "[", "a**", "*", "a{2,1}", "(?<x", "\\1", "(?=a)", "\\", "[z-a]", "\\p{Nonsense}",
        "((a{1000}){1000}){1000}",
    ])
    func `what RE2 cannot run is refused with a reason`(source: String) {
        let error = #expect(throws: PatternError.self) { try Pattern(source) }
        guard case .invalid(let reason) = error else {
            Issue.record("\(source) gave \(String(describing: error))")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test func `a long reason is cut, and is still text`() {
        let error = #expect(throws: PatternError.self) { try Pattern("(" + String(repeating: "東", count: 900)) }
        guard case .invalid(let reason) = error else {
            Issue.record("gave \(String(describing: error))")
            return
        }
        #expect(!reason.isEmpty && reason.utf8.count <= 300)
    }

    @Test func `the length limit counts characters`() throws {
        let longest = String(repeating: "東", count: Pattern.lengthLimit)
        #expect(try Pattern(longest).matches(longest))
        #expect(throws: PatternError.tooLong) { try Pattern(longest + "a") }
    }

    @Test(arguments: ["((\\pL{100}){10}){1}", "(\\pL\\pN\\pS){300}"])
    func `a program of too much memory is refused`(source: String) {
        #expect(throws: PatternError.tooLarge) { try Pattern(source) }
    }

    @Test func `many threads may match with one pattern`() async throws {
        let pattern = try Pattern("^(\\w+)@(\\w+\\.)+\\w+$")
        await withTaskGroup { group in
            for number in 0..<8 {
                group.addTask {
                    for turn in 0..<200 {
                        #expect(pattern.matches("user\(number)@host\(turn).example"))
                        #expect(!pattern.matches("user\(number) at host"))
                    }
                }
            }
        }
    }
}
