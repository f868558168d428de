import RecollectEmbedding

// A text becomes tokens as in BERT's uncased models: control characters go, Chinese characters and punctuation stand alone,
// letters lose case and accents, and a word is cut greedily into the longest pieces that the vocabulary has. One pass over the
// bytes does all of it: ASCII by a table, everything else a scalar at a time. It stops as soon as the model's room is full.
//
// The reference decomposes whole texts and then drops the marks. Here each scalar is decomposed alone, which can only change the
// order of marks that stay; none of those is in the vocabulary, so a word with one is unknown in any order.

/// Cuts texts into the model's tokens, exactly as the reference does.
struct WordPieceTokenizer: Sendable {
    /// How many tokens the model reads, with the one at either end.
    static let tokenLimit = 256
    /// A word of more characters is unknown.
    static let wordLimit = 100

    private let vocabulary: Vocabulary
    private let folding: ScalarFolding

    /// A tokenizer.
    init(vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
        self.folding = ScalarFolding()
    }

    /// The tokens of a text, at most `tokenLimit`, between those for start and end.
    func tokens(of text: String) -> [Int32] {
        var text = text
        return text.withUTF8 { bytes in
            var cut = Cut(vocabulary: vocabulary)
            cut.read(bytes, folding: folding)
            return cut.finish()
        }
    }
}

/// A text on its way into tokens.
private struct Cut {
    private let vocabulary: Vocabulary
    private var tokens: [Int32] = [Vocabulary.Special.start]
    /// The word that is being read, as far as it matters.
    private var word: [UInt8] = []
    private var characters = 0
    private var hashes: [UInt32] = []

    init(vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
        tokens.reserveCapacity(32)
        word.reserveCapacity(64)
    }

    private var isFull: Bool { tokens.count >= WordPieceTokenizer.tokenLimit - 1 }

    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, folding: ScalarFolding) {
        var index = 0
        while index < bytes.count, !isFull {
            let byte = bytes[index]
            guard byte < 0x80 else {
                let (scalar, length) = Self.scalar(bytes, at: index)
                append(scalar, folding)
                index += length
                continue
            }
            index += 1
            switch ASCII.table[Int(byte)] {
            case ASCII.dropped:
                continue
            case ASCII.space:
                endWord()
            case ASCII.alone:
                if byte == UInt8(ascii: "["), let (token, length) = Self.special(bytes, at: index - 1) {
                    endWord()
                    tokens.append(token)
                    index += length - 1
                } else {
                    appendAlone(CollectionOfOne(byte))
                }
            case let letter:
                appendLetter(letter)
            }
        }
    }

    mutating func finish() -> [Int32] {
        endWord()
        tokens.removeLast(max(0, tokens.count - (WordPieceTokenizer.tokenLimit - 1)))
        tokens.append(Vocabulary.Special.end)
        return tokens
    }

    private mutating func appendLetter(_ byte: UInt8) {
        characters += 1
        if characters <= WordPieceTokenizer.wordLimit { word.append(byte) }
    }

    private mutating func append(_ scalar: Unicode.Scalar, _ folding: ScalarFolding) {
        switch ScalarClass(scalar) {
        case .dropped:
            break
        case .space:
            endWord()
        case .alone:
            endWord()
            for folded in folding.fold(scalar) { appendToWord(folded) }
            endWord()
        case .ordinary:
            for folded in folding.fold(scalar) { appendToWord(folded) }
        }
    }

    private mutating func appendToWord(_ scalar: Unicode.Scalar) {
        characters += 1
        if characters <= WordPieceTokenizer.wordLimit { word.append(contentsOf: scalar.utf8) }
    }

    private mutating func appendAlone(_ bytes: some Collection<UInt8>) {
        endWord()
        word.append(contentsOf: bytes)
        characters = 1
        endWord()
    }

    /// Cuts the word into pieces, each the longest that fits; if one is missing, the whole word is unknown.
    private mutating func endWord() {
        guard !word.isEmpty else { return }
        defer {
            word.removeAll(keepingCapacity: true)
            characters = 0
        }
        guard characters <= WordPieceTokenizer.wordLimit else {
            tokens.append(Vocabulary.Special.unknown)
            return
        }
        let before = tokens.count
        var start = 0
        while start < word.count {
            guard let (token, end) = longestPiece(from: start) else {
                tokens.removeLast(tokens.count - before)
                tokens.append(Vocabulary.Special.unknown)
                return
            }
            tokens.append(token)
            start = end
        }
    }

    private mutating func longestPiece(from start: Int) -> (token: Int32, end: Int)? {
        let limit = min(word.count, start + vocabulary.longest)
        var hash = start == 0 ? Vocabulary.Seed.beginning : Vocabulary.Seed.continuation
        hashes.removeAll(keepingCapacity: true)
        for index in start..<limit {
            hash = Vocabulary.hash(hash, word[index])
            hashes.append(hash)
        }
        var end = limit
        while end > start {
            // A piece ends where a character ends.
            if end == word.count || word[end] & 0xC0 != 0x80,
                let token = vocabulary.token(of: word, start..<end, hash: hashes[end - start - 1])
            {
                return (token, end)
            }
            end -= 1
        }
        return nil
    }

    /// The special token that is spelled out at a place.
    private static func special(
        _ bytes: UnsafeBufferPointer<UInt8>,
        at index: Int
    ) -> (token: Int32, length: Int)? {
        for (spelling, token) in Vocabulary.Special.spellings where bytes[index...].starts(with: spelling) {
            return (token, spelling.count)
        }
        return nil
    }

    /// Decodes the scalar of several bytes that begins at a place: a string's bytes are well formed.
    private static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (Unicode.Scalar, Int) {
        let first = UInt32(bytes[index])
        let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        var value = first & (0xFF >> UInt32(length + 1))
        for offset in 1..<length { value = value << 6 | UInt32(bytes[index + offset] & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
    }
}

/// What becomes of an ASCII byte: itself in lower case, or one of three marks.
private enum ASCII {
    static let dropped: UInt8 = 0
    static let space: UInt8 = 1
    static let alone: UInt8 = 2

    static let table: [UInt8] = (0..<128).map { (byte: UInt8) in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        case 0x20, 0x09, 0x0A, 0x0D: space
        case 0..<0x20, 0x7F: dropped
        default: alone
        }
    }
}
