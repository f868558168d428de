import RecollectVocabulary

/// A long conversation of the data set LoCoMo (Maharana et al., ACL 2024) with questions about it.
struct LoCoMoConversation: Sendable {
    /// A session: what was said on one occasion, and what others noted about it.
    struct Session: Sendable {
        let number: Int
        let date: Timestamp
        let turns: [Turn]
        let observations: [Note]
        let summary: String?
    }

    /// What one speaker said at once.
    struct Turn: Sendable, Decodable {
        private enum CodingKeys: String, CodingKey {
            case speaker, text
            case id = "dia_id"
            case caption = "blip_caption"
        }

        let id: String
        let speaker: String
        let text: String
        /// What the picture shows that was sent with it.
        let caption: String?

        /// The turn as items hold it.
        var line: String {
            caption.map { "\(speaker): \(text) [shares \($0)]" } ?? "\(speaker): \(text)"
        }
    }

    /// An observation, with the ids of the turns it was drawn from.
    struct Note: Sendable {
        let text: String
        let turns: [String]
    }

    /// A question, with the ids of the turns that hold its answer, as the file spells them.
    struct Question: Sendable {
        let text: String
        let evidence: [String]
        let category: LoCoMoCategory
    }

    /// The sessions, the earliest first.
    let sessions: [Session]
    let questions: [Question]
}

/// The kinds of questions.
package enum LoCoMoCategory: Int, Sendable, CaseIterable {
    case multiHop = 1
    case temporal = 2
    case openDomain = 3
    case singleHop = 4
    case adversarial = 5

    /// In the order in which the paper's tables show them.
    package static let inPaperOrder: [LoCoMoCategory] = [.singleHop, .multiHop, .temporal, .openDomain, .adversarial]

    /// Its name in the paper.
    package var name: String {
        switch self {
        case .multiHop: "multi-hop"
        case .temporal: "temporal"
        case .openDomain: "open-domain"
        case .singleHop: "single-hop"
        case .adversarial: "adversarial"
        }
    }
}
