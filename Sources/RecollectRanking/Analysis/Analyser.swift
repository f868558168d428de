// From text to terms. Lower case, accents folded, words cut at everything that is no letter or digit, a short stop list,
// Snowball's English stemmer (Porter, 2001). Measured on conversations, this analysis is worth more than any refinement of
// the ranking after it. Linear in the text; a writing without spaces gives one term an ideograph, which BM25 handles well
// enough for names and short facts.

import Foundation

/// Turns texts into the terms they are found by.
package struct Analyser: Sendable {
    /// The longest word that is a term; more is cut off, as nobody searches for it.
    private static let wordLengthLimit = 64

    private let stemmers: StemmerPool

    /// An analyser for English.
    package init() {
        stemmers = StemmerPool(language: "english")
    }

    /// The terms of a text, in its order, repeated as often as they stand there.
    ///
    /// - Parameter text: any text.
    /// - Returns: the terms.
    package func terms(of text: String) -> [String] {
        stemmers.withStemmer { stemmer in
            var terms: [String] = []
            func add(_ word: String) {
                if !StopWords.english.contains(word) { terms.append(stemmer.stem(word)) }
            }
            if text.utf8.allSatisfy({ $0 < 0x80 }) {
                Self.forEachASCIIWord(of: text, add)
            } else {
                Self.forEachWord(of: Self.folded(text), add)
            }
            return terms
        }
    }

    /// Lower case without accents.
    private static func folded(_ text: String) -> String {
        let scalars = text.lowercased().decomposedStringWithCompatibilityMapping.unicodeScalars
        return String(String.UnicodeScalarView(scalars.filter { !$0.properties.generalCategory.isMark }))
    }

    private static func forEachWord(of text: String, _ body: (String) -> Void) {
        var word = String.UnicodeScalarView()
        var length = 0
        func end() {
            // An apostrophe counts only inside a word.
            while word.last == "'" { word.removeLast() }
            if !word.isEmpty { body(String(word)) }
            word = String.UnicodeScalarView()
            length = 0
        }
        for scalar in text.unicodeScalars {
            if isIdeograph(scalar) {
                end()
                body(String(scalar))
            } else if isWordPart(scalar) || (isApostrophe(scalar) && !word.isEmpty) {
                if length < wordLengthLimit { word.append(isApostrophe(scalar) ? "'" : scalar) }
                length += 1
            } else {
                end()
            }
        }
        end()
    }

    /// The words of a text that is all ASCII, in lower case: what `forEachWord` would find, without Unicode's tables.
    private static func forEachASCIIWord(of text: String, _ body: (String) -> Void) {
        var word: [UInt8] = []
        func end() {
            while word.last == UInt8(ascii: "'") { word.removeLast() }
            if !word.isEmpty { body(String(decoding: word, as: UTF8.self)) }
            word.removeAll(keepingCapacity: true)
        }
        for character in text.utf8 {
            switch character {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                if word.count < wordLengthLimit { word.append(character) }
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                if word.count < wordLengthLimit { word.append(character | 0x20) }
            case UInt8(ascii: "'") where !word.isEmpty:
                if word.count < wordLengthLimit { word.append(character) }
            default:
                end()
            }
        }
        end()
    }

    private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
        }
        return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    private static func isApostrophe(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "'" || scalar == "\u{2019}"
    }

    /// Scripts that are written without spaces: Chinese characters, and Japanese kana.
    private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isIdeographic || (0x3040...0x30FF).contains(scalar.value)
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isMark: Bool {
        self == .nonspacingMark || self == .enclosingMark || self == .spacingMark
    }
}
