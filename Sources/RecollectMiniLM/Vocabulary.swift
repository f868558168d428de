import RecollectEmbedding

/// The word pieces of the model, found by their bytes.
///
/// A piece either begins a word or continues one (`##` in the file). Both lie in one open hash table; their hashes start from
/// different seeds. The hash is FNV-1a because it grows by a byte at a time: the hashes of all beginnings of a word cost one
/// pass.
struct Vocabulary: Sendable {
    /// The tokens that are no pieces of words.
    enum Special {
        static let unknown: Int32 = 100
        static let start: Int32 = 101
        static let end: Int32 = 102

        /// Those that the reference recognises in a text as it stands.
        static let spellings: [(bytes: [UInt8], token: Int32)] = [
            (Array("[PAD]".utf8), 0), (Array("[UNK]".utf8), unknown), (Array("[CLS]".utf8), start),
            (Array("[SEP]".utf8), end), (Array("[MASK]".utf8), 103),
        ]
    }

    /// Where a hash begins.
    enum Seed {
        static let beginning: UInt32 = 2_166_136_261
        static let continuation: UInt32 = 3_735_928_559
    }

    private struct Slot {
        var hash: UInt32 = 0
        var offset: UInt32 = 0
        /// 0 in an empty slot.
        var length: UInt16 = 0
        var token: UInt16 = 0
    }

    /// How many pieces there are.
    static let size = 30_522
    private static let mask = 0xFFFF

    private let bytes: [UInt8]
    private let slots: [Slot]
    /// The bytes of the longest piece.
    let longest: Int

    /// Reads the file: a piece a line, its number is its token.
    init(_ file: [UInt8], name: String) throws(EmbeddingError) {
        var slots = [Slot](repeating: Slot(), count: Self.mask + 1)
        let lines = file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
        guard lines.count == Self.size else {
            throw .unreadableFile(name: name, reason: "it has \(lines.count) pieces instead of \(Self.size)")
        }
        var longest = 0
        for (token, line) in lines.enumerated() {
            let isContinuation = line.count > 2 && line.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "#")])
            let piece = isContinuation ? line.dropFirst(2) : line
            longest = max(longest, piece.count)
            let hash = piece.reduce(isContinuation ? Seed.continuation : Seed.beginning, Self.hash)
            var place = Self.place(of: hash)
            while slots[place].length != 0 { place = (place + 1) & Self.mask }
            slots[place] = Slot(
                hash: hash,
                offset: UInt32(piece.startIndex),
                length: UInt16(truncatingIfNeeded: piece.count),
                token: UInt16(token)
            )
        }
        self.bytes = file
        self.slots = slots
        self.longest = longest
    }

    /// The hash of a piece with one more byte.
    static func hash(_ hash: UInt32, _ byte: UInt8) -> UInt32 { (hash ^ UInt32(byte)) &* 16_777_619 }

    private static func place(of hash: UInt32) -> Int { Int(hash ^ (hash >> 15)) & mask }

    /// The token of some bytes of a word; nil if they are no piece.
    func token(of word: [UInt8], _ range: Range<Int>, hash: UInt32) -> Int32? {
        var place = Self.place(of: hash)
        while slots[place].length != 0 {
            let slot = slots[place]
            if slot.hash == hash, Int(slot.length) == range.count, isEqual(slot, word, from: range.lowerBound) {
                return Int32(slot.token)
            }
            place = (place + 1) & Self.mask
        }
        return nil
    }

    private func isEqual(_ slot: Slot, _ word: [UInt8], from start: Int) -> Bool {
        for index in 0..<Int(slot.length) where bytes[Int(slot.offset) + index] != word[start + index] { return false }
        return true
    }
}
