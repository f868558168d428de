/// Cuts texts to the lengths that the contract allows, and counts those that were cut.
struct TextCutter {
    /// How many texts were cut.
    private(set) var count = 0

    /// The first characters of a text, at most so many.
    mutating func cut(_ text: String, to limit: Int) -> String {
        // A character is one byte at least, so most texts are known to fit without counting.
        guard text.utf8.count > limit, text.unicodeScalars.count > limit else { return text }
        count += 1
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit)))
    }
}
