import RecollectEngine

/// Settings of a session or, behind a pooler, of a transaction.
struct SessionSettings: Sendable {
    /// How long a statement may take, unless it is stuck.
    static let statementTimeout = "30s"
    /// How long a statement may wait for a lock before its transaction is repeated.
    static let lockTimeout = "5s"
    /// How long a transaction may wait for its next statement: ours never do, so one that does is broken.
    ///
    /// A server that hangs keeps the rows it has locked for so long: less than the time after which others go on with its jobs.
    /// The servers apply it to transactions that wait for the rest of a statement, too (`ServerQueries.endStalledSessions`).
    static let idleTransactionTimeout = "15s"

    /// Settings of every connection of ours.
    static let limits = SessionSettings([
        ("statement_timeout", statementTimeout),
        ("lock_timeout", lockTimeout),
        ("idle_in_transaction_session_timeout", idleTransactionTimeout),
        ("client_min_messages", "warning"),
    ])

    private let values: [(name: String, value: String)]

    init(_ values: [(name: String, value: String)]) {
        self.values = values
    }

    /// Settings as the `options` of a URL give them: `-c name=value` or `--name=value`, a backslash before what is meant as it is.
    init(options: String) throws(EngineError) {
        var values: [(name: String, value: String)] = []
        var words = Self.words(of: options)[...]
        while var word = words.popFirst() {
            if word == "-c" {
                word = words.popFirst() ?? ""
            } else if word.hasPrefix("-c") || word.hasPrefix("--") {
                word.removeFirst(2)
            } else {
                throw EngineError(.unavailable, "options: \(word) cannot be set behind a pooler")
            }
            let parts = word.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { throw EngineError(.unavailable, "options: \(word) has no value") }
            // As PostgreSQL does it, so that --search-path is search_path.
            values.append((String(parts[0].replacing("-", with: "_")), String(parts[1])))
        }
        self.values = values
    }

    /// These settings and others, which win.
    func merging(_ others: SessionSettings) -> SessionSettings {
        SessionSettings(values + others.values)
    }

    /// The statement that makes the settings those of the session, or of the transaction alone.
    ///
    /// A function rather than SET: one statement, and without a warning where a pipeline is the transaction.
    func statement(ofTransaction isLocal: Bool) -> String {
        let calls = values.map { name, value in
            "pg_catalog.set_config(\(Self.literal(name)), \(Self.literal(value)), \(isLocal))"
        }
        return "SELECT \(calls.joined(separator: ", "))"
    }

    private static func literal(_ text: String) -> String {
        "'" + text.replacing("'", with: "''") + "'"
    }

    private static func words(of options: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isEscaped = false
        for character in options {
            if isEscaped {
                word.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character.isWhitespace {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        return word.isEmpty ? words : words + [word]
    }
}
