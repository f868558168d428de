import Foundation

/// Takes case and accents off a scalar: canonical decomposition, without its nonspacing marks, in lower case.
struct ScalarFolding: Sendable {
    /// The scripts in which accents are common; their foldings are computed once.
    private static let tabulated: [Range<UInt32>] = [
        0xA0..<0x250, 0x370..<0x530, 0x1E00..<0x2000, 0x3040..<0x3100,
    ]

    /// The one scalar that a scalar becomes; 0 where that is not known or not one.
    private let table: [UInt32]

    init() {
        var table = [UInt32](repeating: 0, count: 0x3100)
        for value in Self.tabulated.joined() {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let folded = Self.compute(scalar)
            if folded.count == 1 { table[Int(value)] = folded[0].value }
        }
        self.table = table
    }

    /// The scalars that remain of one.
    func fold(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        if scalar.value < table.count, table[Int(scalar.value)] != 0,
            let folded = Unicode.Scalar(table[Int(scalar.value)])
        {
            return [folded]
        }
        if let letters = Self.hangulLetters(scalar) { return letters }
        return Self.compute(scalar)
    }

    private static func compute(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars.flatMap { part -> [Unicode.Scalar] in
            ScalarClass(part) == .dropped ? [] : Array(part.properties.lowercaseMapping.unicodeScalars)
        }
    }

    /// The letters of a Hangul syllable, by the arithmetic of the Unicode Standard, section 3.12.
    private static func hangulLetters(_ scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
        guard (0xAC00...0xD7A3).contains(scalar.value) else { return nil }
        let index = scalar.value - 0xAC00
        let trailing = index % 28
        let values = [0x1100 + index / 588, 0x1161 + index % 588 / 28] + (trailing == 0 ? [] : [0x11A7 + trailing])
        return values.compactMap(Unicode.Scalar.init)
    }
}
