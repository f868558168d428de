// From text to terms. Lower case, accents folded, words cut at everything that is no letter or digit, a short stop list,
// Snowball's stemmers (Porter, 2001). Other languages than English have no stop list here, as the weights of terms do most of its
// work, and their accents are folded only after stemming, as their stemmers read them. Measured on conversations, this analysis is worth more than any refinement of
// the ranking after it.
//
// One pass over the text's UTF-8. A word is gathered in a buffer that never grows past `wordLengthLimit` characters, so the
// cost is linear whatever the text: a flood of accents or a word without end is read once and not kept. A writing without
// spaces gives one term an ideograph, which BM25 handles well enough for names and short facts.

import Foundation

/// Turns texts into the terms they are found by.
package struct Analyser: Sendable {
    /// The longest word that is a term, in characters; the rest is cut off.
    ///
    /// Source: ours; nobody searches for more.
    package static let wordLengthLimit = 64

    private static let english = "en"

    private let isEnglish: Bool
    private let stemmers: StemmerPool

    /// An analyser.
    ///
    /// - Parameter language: whose stems its terms are: the ISO 639-1 code of one that Snowball has a stemmer for.
    package init(language: String = "en") {
        isEnglish = language == Self.english
        stemmers = StemmerPool(language: language)
    }

    /// The terms of a text, in its order, repeated as often as they stand there.
    ///
    /// - Parameter text: any text.
    /// - Returns: the terms.
    package func terms(of text: String) -> [String] {
        reading { reader in reader.terms(of: text) }
    }

    /// Lends what reads texts, for as many as there are to read.
    ///
    /// Lent for each text instead, it would be what the threads that make indexes stand in line for: eight of them on two processors
    /// spent half of their time on that.
    func reading<Result>(_ body: (inout TextReader) -> Result) -> Result {
        stemmers.withStemmer { stemmer in
            var reader = TextReader(stemmer: stemmer, isEnglish: isEnglish)
            return body(&reader)
        }
    }
}

/// Reads texts, one after the other.
struct TextReader {
    private let isEnglish: Bool
    private var cutter: WordCutter

    fileprivate init(stemmer: Stemmer, isEnglish: Bool) {
        self.isEnglish = isEnglish
        cutter = WordCutter(stemmer: stemmer, isEnglish: isEnglish)
    }

    /// The terms of a text, as of `Analyser.terms(of:)`.
    mutating func terms(of text: String) -> [String] {
        var text = isEnglish ? text : text.lowercased().precomposedStringWithCanonicalMapping
        return text.withUTF8 { bytes in cutter.terms(of: bytes) }
    }
}

/// Gathers a text's words, and makes each a term at its end.
private struct WordCutter {
    /// What may follow an apostrophe at the end of a word and says nothing: Anna's, I'm, they're, we've, she'll, he'd.
    private static let endings: [[UInt8]] = ["s", "m", "re", "ve", "ll", "d"].map { Array($0.utf8) }
    private static let apostrophe = UInt8(ascii: "'")

    private var terms: [String] = []
    private let stemmer: Stemmer
    private let isEnglish: Bool
    /// The word so far, without its apostrophes, folded unless `needsFolding`.
    private var word: [UInt8] = []
    private var length = 0
    private var needsFolding = false
    /// Where in the word the last apostrophe stood.
    private var lastApostrophe: Int?

    init(stemmer: Stemmer, isEnglish: Bool) {
        self.stemmer = stemmer
        self.isEnglish = isEnglish
        word.reserveCapacity(Analyser.wordLengthLimit * 4)
    }

    mutating func terms(of bytes: UnsafeBufferPointer<UInt8>) -> [String] {
        terms = []
        // About one term every six bytes in English; too many cost nothing that lasts.
        terms.reserveCapacity(bytes.count / 6 + 1)
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte < 0x80 {
                position += 1
                read(ascii: byte)
            } else {
                let (scalar, width) = decodeScalar(bytes, at: position)
                position += width
                read(scalar)
            }
        }
        endWord()
        return terms
    }

    @inline(__always)
    private mutating func read(ascii byte: UInt8) {
        let lowered = byte | 0x20
        if lowered &- 0x61 < 26 {
            append(lowered)
        } else if byte &- 0x30 < 10 {
            append(byte)
        } else if byte == Self.apostrophe {
            readApostrophe()
        } else {
            endWord()
        }
    }

    private mutating func read(_ scalar: Unicode.Scalar) {
        let folded = Folding.quick(scalar)
        let isKana = scalar.value > 0x3000
        if folded != 0, isEnglish || isKana {
            if isKana { endWord() }
            append(packed: folded)
            if isKana { endWord() }
            return
        }
        switch CharacterRole(scalar) {
        case .letter:
            append(scalar)
        case .mark where length > 0:
            append(scalar)
        case .ideograph:
            endWord()
            append(scalar)
            endWord()
        case .apostrophe:
            readApostrophe()
        case .ignored:
            break
        case .mark, .separator:
            endWord()
        }
    }

    /// An apostrophe counts only inside a word.
    private mutating func readApostrophe() {
        if length > 0 { lastApostrophe = word.count }
    }

    private mutating func append(_ byte: UInt8) {
        guard length < Analyser.wordLengthLimit else { return }
        word.append(byte)
        length += 1
    }

    private mutating func append(packed bytes: UInt32) {
        guard length < Analyser.wordLengthLimit else { return }
        for shift in stride(from: 24, through: 0, by: -8) {
            let byte = UInt8(truncatingIfNeeded: bytes >> shift)
            if byte != 0 { word.append(byte) }
        }
        length += 1
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        guard length < Analyser.wordLengthLimit else { return }
        word.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        length += 1
        // The common Chinese characters have but one form.
        if !(0x4E00...0x9FFF).contains(scalar.value) { needsFolding = true }
    }

    private mutating func endWord() {
        guard length > 0 else { return }
        if let lastApostrophe, Self.endings.contains(where: { word[lastApostrophe...].elementsEqual($0) }) {
            word.removeSubrange(lastApostrophe...)
        }
        if isEnglish { endEnglishWord() } else { endForeignWord() }
        word.removeAll(keepingCapacity: true)
        length = 0
        needsFolding = false
        lastApostrophe = nil
    }
}

extension WordCutter {
    private mutating func endEnglishWord() {
        if needsFolding { word = Folding.folded(word, lengthLimit: Analyser.wordLengthLimit) }
        if !word.isEmpty, !StopWords.contains(word) { terms.append(stemmer.stemEnglish(word)) }
    }

    private mutating func endForeignWord() {
        let stem = stemmer.stem(word)
        let folded = needsFolding ? Folding.folded(stem, lengthLimit: Analyser.wordLengthLimit) : stem
        if !folded.isEmpty { terms.append(String(decoding: folded, as: UTF8.self)) }
    }
}

/// The scalar at a position of well-formed UTF-8 that is no ASCII, and its width in bytes.
private func decodeScalar(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> (Unicode.Scalar, Int) {
    let lead = UInt32(bytes[position])
    let width = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    var value = lead & (0xFF >> UInt32(width + 1))
    for offset in 1..<width {
        value = value << 6 | UInt32(bytes[position + offset] & 0x3F)
    }
    // A String's UTF-8 is well formed; the replacement character is what it would show otherwise.
    return (Unicode.Scalar(value) ?? "\u{FFFD}", width)
}
