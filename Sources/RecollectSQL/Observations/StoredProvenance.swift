import RecollectEngine
package import RecollectVocabulary

// Where an observation comes from stands in two text columns. Ids hold no space and are joined by one. Snippets may hold any
// character, so each follows its length in bytes and a colon ("5:hello3:you"): read without a parser, which matters because
// recall reads all of a profile at once.

extension Provenance {
    /// The messages' ids as they stand in a column.
    package var joinedCommunicationIDs: String {
        communicationIDs.map(\.text).joined(separator: " ")
    }

    /// The snippets as they stand in a column.
    package var joinedEvidence: String {
        evidence.map { "\($0.text.utf8.count):\($0.text)" }.joined()
    }

    /// Reads the two columns.
    init(from columns: inout Columns) throws(EngineError) {
        let ids: String = try columns.next()
        let snippets: String = try columns.next()
        self.init(
            communicationIDs: ids.split(separator: " ").map { CommunicationID(stored: String($0)) },
            evidence: try Self.evidence(in: snippets)
        )
    }

    private static func evidence(in text: String) throws(EngineError) -> [EvidenceSnippet] {
        var snippets: [EvidenceSnippet] = []
        var rest = Substring(text).utf8
        while let colon = rest.firstIndex(of: UInt8(ascii: ":")) {
            guard let length = Int(Substring(rest[..<colon])), length >= 0, length < rest.count,
                let snippet = Substring(rest[rest.index(after: colon)...].prefix(length)).nonEmpty
            else { throw EngineError(.corrupt, "evidence that is not lengths and snippets") }
            snippets.append(EvidenceSnippet(stored: String(snippet)))
            rest = rest[rest.index(after: colon)...].dropFirst(length)
        }
        return snippets
    }
}

extension Substring {
    fileprivate var nonEmpty: Substring? { isEmpty ? nil : self }
}
