/// What a check found.
struct Finding: Encodable, Equatable {
    /// How it is.
    enum Verdict: String, Encodable {
        /// As it should be.
        case good
        /// It works, and should be looked at.
        case warning
        /// It does not work, or what is kept is in danger.
        case bad

        /// The verdict as a sign.
        var sign: String {
            switch self {
            case .good: "✓"
            case .warning: "!"
            case .bad: "✗"
            }
        }
    }

    /// What was checked.
    let check: String
    /// How it is.
    let verdict: Verdict
    /// What was found.
    let found: String
    /// What to do about it; nil where there is nothing to do.
    let remedy: String?

    static func good(_ check: String, _ found: String) -> Finding {
        Finding(check: check, verdict: .good, found: found, remedy: nil)
    }

    static func warning(_ check: String, _ found: String, remedy: String) -> Finding {
        Finding(check: check, verdict: .warning, found: found, remedy: remedy)
    }

    static func bad(_ check: String, _ found: String, remedy: String) -> Finding {
        Finding(check: check, verdict: .bad, found: found, remedy: remedy)
    }

    /// The finding in one line.
    var line: String {
        let name = check.padding(to: 14)
        return "\(verdict.sign) \(name)\(found)\(remedy.map { "; \($0)" } ?? "")"
    }
}

extension String {
    /// The text with spaces behind it, one at least.
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
