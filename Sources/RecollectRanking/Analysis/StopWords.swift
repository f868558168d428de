/// Words that stand in most texts and tell nothing about them.
///
/// Short on purpose: what is rare enough to tell must stay.
enum StopWords {
    private static let english = [
        "a", "an", "and", "are", "as", "at", "be", "but", "by", "did", "do", "does", "for", "from", "had", "has",
        "have", "he", "her", "his", "how", "i", "if", "in", "is", "it", "its", "me", "my", "of", "on", "or", "our",
        "she", "so", "that", "the", "their", "them", "there", "they", "this", "to", "was", "we", "were", "what",
        "when", "where", "which", "who", "why", "will", "with", "would", "you", "your",
    ]

    /// The longest that fits a number, one byte for each letter.
    private static let lengthLimit = MemoryLayout<UInt64>.size
    /// The words as numbers, ascending: comparing numbers costs a tenth of hashing a string.
    private static let packed = english.map { pack(Array($0.utf8)) }.sorted()

    /// Whether a folded word tells nothing.
    static func contains(_ word: [UInt8]) -> Bool {
        guard word.count <= lengthLimit else { return false }
        let number = pack(word)
        let packed = packed
        var (low, high) = (0, packed.count)
        while low < high {
            let middle = (low + high) / 2
            if packed[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low < packed.count && packed[low] == number
    }

    private static func pack(_ word: [UInt8]) -> UInt64 {
        word.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
