// Words beyond ASCII, folded so that what a caller types finds what another has typed: lower case, compatibility
// decomposition (UAX #15, NFKD) without the accents it sets free, and the few Latin letters that have no decomposition.
// Linear in the word, whose length the caller bounds. The alphabets met most, from Latin with accents to kana, are folded
// once, character by character, into a table: the decomposition of a whole word costs a microsecond, a look there nothing.

import Foundation

/// Folds words that are not ASCII.
enum Folding {
    /// Latin letters that are letters of their own to Unicode and variants to a caller with another keyboard.
    private static let replacements: [Unicode.Scalar: String] = [
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h",
    ]

    /// Latin to Cyrillic; Latin and Greek with more accents; kana.
    private static let tabulated: [Range<UInt32>] = [0x80..<0x530, 0x1E00..<0x2000, 0x3041..<0x3100]
    /// For each tabulated character its folded form as a number of up to four bytes, 0 when it is in no word.
    private static let table = tabulated.map { range in range.map(tableEntry) }

    /// The folded form of a character as a number, its first byte highest; 0 when only `folded(_:lengthLimit:)` knows.
    static func quick(_ scalar: Unicode.Scalar) -> UInt32 {
        let value = scalar.value
        let table = table
        if value < tabulated[0].upperBound { return table[0][Int(value - tabulated[0].lowerBound)] }
        for part in 1..<tabulated.count where tabulated[part].contains(value) {
            return table[part][Int(value - tabulated[part].lowerBound)]
        }
        return 0
    }

    private static func tableEntry(_ value: UInt32) -> UInt32 {
        guard let scalar = Unicode.Scalar(value) else { return 0 }
        switch CharacterRole(scalar) {
        case .letter, .ideograph:
            let bytes = folded(Array(String(scalar).utf8), lengthLimit: 4)
            return bytes.count <= 4 ? bytes.reduce(0) { $0 << 8 | UInt32($1) } : 0
        case .mark, .apostrophe, .ignored, .separator:
            return 0
        }
    }

    /// A word's folded form, empty when nothing of it is part of a word.
    static func folded(_ word: [UInt8], lengthLimit: Int) -> [UInt8] {
        let decomposed = String(decoding: word, as: UTF8.self).lowercased().decomposedStringWithCompatibilityMapping
        var folded: [UInt8] = []
        // One character may become eighteen.
        for scalar in decomposed.unicodeScalars.prefix(lengthLimit) {
            append(scalar, to: &folded)
        }
        return folded
    }

    private static func append(_ scalar: Unicode.Scalar, to folded: inout [UInt8]) {
        if scalar.isASCII {
            let byte = UInt8(truncatingIfNeeded: scalar.value)
            if byte &- 0x30 < 10 || byte &- 0x61 < 26 {
                folded.append(byte)
            } else if byte &- 0x41 < 26 {
                folded.append(byte | 0x20)
            }
        } else if let replacement = replacements[scalar] {
            folded.append(contentsOf: replacement.utf8)
        } else if scalar.properties.generalCategory == .decimalNumber, let value = scalar.properties.numericValue {
            folded.append(UInt8(ascii: "0") + UInt8(value))
        } else {
            switch CharacterRole(scalar) {
            case .letter, .mark, .ideograph:
                folded.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            case .apostrophe, .ignored, .separator:
                break
            }
        }
    }
}
