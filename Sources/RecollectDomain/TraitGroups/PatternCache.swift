import RecollectPatterns

/// The patterns of one request, each compiled once.
final class PatternCache {
    private var patterns: [String: Pattern] = [:]

    /// Whether a text contains a match of a pattern that was accepted when it was defined.
    func matches(_ source: String, _ text: String) throws -> Bool {
        if let pattern = patterns[source] { return pattern.matches(text) }
        let pattern = try Pattern(source)
        patterns[source] = pattern
        return pattern.matches(text)
    }
}
