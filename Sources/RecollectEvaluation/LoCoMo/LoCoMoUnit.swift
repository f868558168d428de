import RecollectVocabulary

// What of a conversation becomes an item of the memory. Key merging decides how well an item is found, so two of the units give
// their items the lines around them as evidence: a turn is often understood only by the one it answers.

/// What an item of the memory holds of a conversation.
package enum LoCoMoUnit: String, Sendable, CaseIterable, Encodable {
    /// An observation: its text.
    case observation
    /// An observation with the turns that it was drawn from, and the turns before and after them, as evidence.
    case evidence
    /// A turn, with the turns before and after and the observations drawn from it as evidence.
    case turn
    /// The summary of a session.
    case summary

    /// The unit in words.
    package var title: String {
        switch self {
        case .observation: "observation"
        case .evidence: "observation with evidence"
        case .turn: "turn, enriched"
        case .summary: "session summary"
        }
    }
}

/// An item, and the turns that it stands for.
struct LoCoMoItem: Sendable {
    let content: String
    var evidence: [String] = []
    let occurredAt: Timestamp
    let turns: Set<String>
}

extension LoCoMoConversation {
    /// The items of a unit, in the order in which they occurred; a blank text makes no item.
    func items(of unit: LoCoMoUnit) -> [LoCoMoItem] {
        let items: [LoCoMoItem] =
            switch unit {
            case .observation: notes.map(Self.item)
            case .evidence: observationsWithEvidence
            case .turn: enrichedTurns
            case .summary: summaries
            }
        return items.filter { !$0.content.unicodeScalars.allSatisfy(\.properties.isWhitespace) }
    }

    private var notes: [(note: Note, session: Session)] {
        sessions.flatMap { session in session.observations.map { ($0, session) } }
    }

    private static func item(of note: Note, in session: Session) -> LoCoMoItem {
        LoCoMoItem(content: note.text, occurredAt: session.date, turns: Set(note.turns))
    }

    private var observationsWithEvidence: [LoCoMoItem] {
        var places: [String: TurnPlace] = [:]
        for (session, turns) in sessions.map(\.turns).enumerated() {
            for (turn, said) in turns.enumerated() { places[said.id] = TurnPlace(session: session, turn: turn) }
        }
        return notes.map { note, session in
            var item = Self.item(of: note, in: session)
            let around = note.turns.compactMap { places[$0] }.flatMap { place in
                neighbourhood(of: place.turn, in: sessions[place.session]).map {
                    TurnPlace(session: place.session, turn: $0)
                }
            }
            item.evidence = Set(around).sorted().map { sessions[$0.session].turns[$0.turn].line }
            return item
        }
    }

    private var enrichedTurns: [LoCoMoItem] {
        var drawn: [String: [String]] = [:]
        for (note, _) in notes {
            for turn in note.turns { drawn[turn, default: []].append(note.text) }
        }
        return sessions.flatMap { session in
            session.turns.indices.map { index in
                let turn = session.turns[index]
                let around = neighbourhood(of: index, in: session).filter { $0 != index }
                return LoCoMoItem(
                    content: turn.line,
                    evidence: around.map { session.turns[$0].line } + drawn[turn.id, default: []],
                    occurredAt: session.date,
                    turns: [turn.id]
                )
            }
        }
    }

    private var summaries: [LoCoMoItem] {
        sessions.compactMap { session in
            session.summary.map {
                LoCoMoItem(content: $0, occurredAt: session.date, turns: Set(session.turns.map(\.id)))
            }
        }
    }

    /// A turn with the one before and the one after within the session.
    private func neighbourhood(of turn: Int, in session: Session) -> Range<Int> {
        (turn - 1..<turn + 2).clamped(to: session.turns.indices)
    }
}

/// Where a turn stands.
private struct TurnPlace: Hashable, Comparable {
    let session: Int
    let turn: Int

    static func < (one: TurnPlace, other: TurnPlace) -> Bool {
        (one.session, one.turn) < (other.session, other.turn)
    }
}
