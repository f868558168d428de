import Foundation
import RecollectVocabulary

// A conversation as the file spells it: sessions are members `session_N` and `session_N_date_time` of one object,
// what was noted about them members of others, and a note is a list of its text and of ids in three spellings.

extension LoCoMoConversation: Decodable {
    private enum Keys: String, CodingKey {
        case conversation, observation
        case questions = "qa"
        case summaries = "session_summary"
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Keys.self)
        let dialogue = try members.nestedContainer(keyedBy: SessionKey.self, forKey: .conversation)
        let noted = try members.nestedContainer(keyedBy: SessionKey.self, forKey: .observation)
        let summaries = try members.nestedContainer(keyedBy: SessionKey.self, forKey: .summaries)
        let numbers = Set(dialogue.allKeys.compactMap(\.turnsNumber))
        for key in noted.allKeys where !(key.number(before: "_observation").map(numbers.contains) ?? false) {
            throw DecodingError.dataCorruptedError(forKey: key, in: noted, debugDescription: "is of no session")
        }
        sessions = try numbers.sorted().map { number in
            let session = "session_\(number)"
            return Session(
                number: number,
                date: try dialogue.date(SessionKey("\(session)_date_time")),
                turns: try dialogue.decode([Turn].self, forKey: SessionKey(session)),
                observations: try noted.notes(SessionKey("\(session)_observation")),
                summary: try summaries.decodeIfPresent(String.self, forKey: SessionKey("\(session)_summary"))
            )
        }
        questions = try members.decode([Question].self, forKey: .questions)
    }
}

extension LoCoMoConversation.Note: Decodable {
    init(from decoder: any Decoder) throws {
        var parts = try decoder.unkeyedContainer()
        text = try parts.decode(String.self)
        let ids: [String]
        do {
            ids = [try parts.decode(String.self)]
        } catch DecodingError.typeMismatch {
            ids = try parts.decode([String].self)
        }
        turns = ids.flatMap { $0.split(whereSeparator: { $0 == "," || $0 == ";" }) }
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }
}

extension LoCoMoConversation.Question: Decodable {
    private enum CodingKeys: String, CodingKey {
        case text = "question"
        case evidence, category
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        text = try members.decode(String.self, forKey: .text)
        evidence = try members.decodeIfPresent([String].self, forKey: .evidence) ?? []
        guard let category = LoCoMoCategory(rawValue: try members.decode(Int.self, forKey: .category)) else {
            throw DecodingError.dataCorruptedError(
                forKey: .category,
                in: members,
                debugDescription: "must be 1 to \(LoCoMoCategory.allCases.count)"
            )
        }
        self.category = category
    }
}

/// A member whose name holds a session's number.
private struct SessionKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }

    /// N of `session_N`; nil for other members.
    var turnsNumber: Int? { number(before: "") }

    /// N of `session_N` and an ending; nil for other members.
    func number(before ending: String) -> Int? {
        let prefix = "session_"
        guard stringValue.hasPrefix(prefix), stringValue.hasSuffix(ending) else { return nil }
        return Int(stringValue.dropFirst(prefix.count).dropLast(ending.count))
    }
}

extension KeyedDecodingContainer<SessionKey> {
    /// The notes on a session, which are kept by speaker; in the order of the speakers' names, as an object has none.
    fileprivate func notes(_ key: SessionKey) throws -> [LoCoMoConversation.Note] {
        let bySpeaker = try decodeIfPresent([String: [LoCoMoConversation.Note]].self, forKey: key) ?? [:]
        return bySpeaker.sorted { $0.key < $1.key }.flatMap(\.value)
    }

    /// A date such as `1:56 pm on 8 May, 2023`.
    fileprivate func date(_ key: SessionKey) throws -> Timestamp {
        let text = try decode(String.self, forKey: key)
        guard let date = SessionDate.moment(text) else {
            throw DecodingError.dataCorruptedError(
                forKey: key,
                in: self,
                debugDescription: "must be a date such as 1:56 pm on 8 May, 2023, not \(text)"
            )
        }
        return date
    }
}

/// The dates of sessions.
private enum SessionDate {
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// The moment, as if it were of UTC: the data set knows no time zones.
    static func moment(_ text: String) -> Timestamp? {
        let pattern = /(\d{1,2}):(\d{2}) (am|pm) on (\d{1,2}) (\w+),? (\d{4})/
        guard let found = text.wholeMatch(of: pattern)?.output, let hour = Int(found.1), (1...12).contains(hour),
            let month = months.firstIndex(of: String(found.5))
        else { return nil }
        let hourOfDay = hour % 12 + (found.3 == "pm" ? 12 : 0)
        let date = "\(found.6)-\(twoDigits(month + 1))-\(twoDigits(Int(found.4) ?? 0))"
        return try? Timestamp(rfc3339: "\(date)T\(twoDigits(hourOfDay)):\(found.2):00Z", field: "date")
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
