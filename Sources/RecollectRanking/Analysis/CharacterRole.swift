/// What a character beyond ASCII is to a word.
enum CharacterRole {
    /// Part of a word.
    case letter
    /// Part of the word before it, such as the vowel signs of Indian scripts; none begins a word.
    case mark
    /// A word of its own: Chinese characters and Japanese kana are written without spaces.
    case ideograph
    case apostrophe
    /// Neither part of a word nor its end: accents, and what only steers line breaking or the look of a character.
    case ignored
    case separator

    init(_ scalar: Unicode.Scalar) {
        let value = scalar.value
        if (0x2010...0x2BFF).contains(value) {
            self = Self.ofPunctuation(value)
        } else if Self.isIgnored(value) {
            self = .ignored
        } else if Self.isIdeograph(scalar) {
            self = .ideograph
        } else if value == 0x2BC || value == 0xFF07 {
            self = .apostrophe
        } else {
            self = Self.ofCategory(scalar)
        }
    }

    /// The block of quotes, dashes and symbols, which stands in most texts beyond ASCII, without a look at the tables.
    private static func ofPunctuation(_ value: UInt32) -> CharacterRole {
        switch value {
        case 0x2018, 0x2019: .apostrophe
        case 0x2060, 0x20D0...0x20FF: .ignored
        // Letters among the symbols: Ångström's sign, Roman numerals, circled letters.
        case 0x2102...0x2188, 0x24B6...0x24E9: Unicode.Scalar(value).map(ofCategory) ?? .separator
        default: .separator
        }
    }

    private static func ofCategory(_ scalar: Unicode.Scalar) -> CharacterRole {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: .mark
        case .decimalNumber: .letter
        default: scalar.properties.isAlphabetic ? .letter : .separator
        }
    }

    /// Marks that fold away, and characters without a look of their own.
    static func isIgnored(_ value: UInt32) -> Bool {
        switch value {
        // Accents; the last two are the sound marks of kana, which then folds as one character or two.
        case 0x300...0x36F, 0x1AB0...0x1AFF, 0x1DC0...0x1DFF, 0x20D0...0x20FF, 0x3099, 0x309A: true
        // Hebrew points, Arabic vowels and the stretching of Arabic lines.
        case 0x591...0x5BD, 0x5BF, 0x5C1, 0x5C2, 0x5C4, 0x5C5, 0x5C7, 0x640, 0x64B...0x65F, 0x670: true
        // The soft hyphen, joiners, the byte order mark, and selectors of a character's look.
        case 0xAD, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFE00...0xFE0F, 0xE0100...0xE01EF: true
        default: false
        }
    }

    private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3041...0x30FF, 0x31F0...0x31FF, 0x4E00...0x9FFF, 0xFF66...0xFF9F: scalar.value != 0x30FB
        case 0..<0x3000: false
        default: scalar.properties.isIdeographic
        }
    }
}
