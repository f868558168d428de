import Foundation
import RecollectRanking

/// The words that the name of a column or a trait is made of.
struct NameWords: Sendable {
    /// The most words of a name that are looked at.
    ///
    /// Source: ours; bounds the work on names made up to be costly.
    static let wordLimit = 16

    /// The words as they are written, in lower case and without accents.
    let words: [String]
    /// The stems of the words, each once, with well-known synonyms replaced.
    let terms: Set<String>
    /// Whether a synonym was replaced.
    let hasSynonym: Bool

    /// The words of a name.
    ///
    /// - Parameters:
    ///   - name: the name in camelCase, snake_case, or as it is spoken.
    ///   - analyser: what stems the words.
    init(_ name: String, analysedBy analyser: Analyser) {
        words = Array(Self.split(name).prefix(Self.wordLimit))
        let replaced = TraitSynonyms.replaced(words)
        terms = Set(analyser.terms(of: replaced.words.joined(separator: " ")))
        hasSynonym = replaced.any
    }

    /// The words without anything between them.
    var joined: String { words.joined() }

    /// Whether some of the words in a row spell a name.
    func spell(_ name: String) -> Bool {
        words.indices.contains { start in
            var spelled = ""
            for word in words[start...] where spelled.count < name.count { spelled += word }
            return spelled == name
        }
    }

    /// Cuts a name at what is no letter or digit, before a capital that follows a small letter or starts a word after other
    /// capitals (`HTTPServer`), and between letters and digits.
    private static func split(_ name: String) -> [String] {
        let characters = Array(name.folding(options: [.diacriticInsensitive, .widthInsensitive], locale: nil))
        var words: [String] = []
        var word = ""
        for (place, character) in characters.enumerated() {
            guard character.isLetter || character.isNumber else {
                if !word.isEmpty { words.append(word) }
                word = ""
                continue
            }
            if let last = word.isEmpty ? nil : characters[place - 1],
                startsWord(character, after: last, before: place + 1 < characters.count ? characters[place + 1] : nil)
            {
                words.append(word)
                word = ""
            }
            word.append(contentsOf: character.lowercased())
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    private static func startsWord(_ character: Character, after last: Character, before next: Character?) -> Bool {
        if last.isNumber != character.isNumber { return true }
        guard character.isUppercase else { return false }
        return last.isLowercase || (last.isUppercase && next?.isLowercase == true)
    }
}
