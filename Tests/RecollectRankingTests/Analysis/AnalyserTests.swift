import RecollectRanking
import Testing

@Suite struct `Words and terms` {
    private let analyser = Analyser()

    @Test(arguments: [
        ("Anna's", ["anna"]), ("Anna\u{2019}s", ["anna"]), ("don't", ["dont"]), ("DON\u{2019}T", ["dont"]),
        ("it's", []), ("I'm they're we've she'll he'd", []), ("O'Brien", ["obrien"]),
        ("'quoted'", ["quot"]), ("dogs'", ["dog"]), ("''''", []), ("a'", []), ("rock'n'roll", ["rocknrol"]),
    ])
    func `an apostrophe is inside a word or nothing`(text: String, terms: [String]) {
        #expect(analyser.terms(of: text) == terms)
    }

    @Test(arguments: [
        ("caf\u{E9}", "cafe\u{301}"), ("\u{C5}ngstr\u{F6}m", "angstrom"), ("\u{212B}ngstrom", "angstrom"),
        ("stra\u{DF}e", "STRASSE"), ("\u{141}\u{F3}d\u{17A}", "lodz"), ("S\u{F8}ren", "soren"),
        ("\u{FF21}\u{FF22}\u{FF23}", "abc"), ("\u{FB01}ne", "fine"), ("\u{1EC7}", "e"), ("\u{130}zmir", "izmir"),
        ("co\u{AD}operate", "cooperate"), ("\u{660}\u{661}\u{662}", "012"), ("1\u{FE0F}\u{20E3}", "1"),
        ("\u{43C}\u{43E}\u{439}", "\u{41C}\u{41E}\u{418}"), ("\u{304C}", "\u{304B}\u{3099}"),
        ("\u{5E9}\u{5B8}\u{5DC}\u{5D5}\u{5B9}\u{5DD}", "\u{5E9}\u{5DC}\u{5D5}\u{5DD}"),
    ])
    func `two ways to write a word give one term`(one: String, other: String) {
        #expect(analyser.terms(of: one) == analyser.terms(of: other))
        #expect(!analyser.terms(of: one).isEmpty)
    }

    @Test(arguments: [
        ("6:30pm on 2023-05-08", ["6", "30pm", "2023", "05", "08"]), ("v2.10", ["v2", "10"]), ("a1b2", ["a1b2"]),
        ("東京タワー", ["東", "京", "タ", "ワ", "ー"]), ("x東y", ["x", "東", "y"]),
        ("서울 날씨", ["서울", "날씨"]), ("हिन्दी", ["हिन्दी"]), ("שלום עולם", ["שלום", "עולם"]),
        ("dog\u{200B}cat", ["dog", "cat"]), ("dog\u{202E}cat", ["dog", "cat"]), ("👩‍👩‍👧 tea 🇩🇪", ["tea"]),
        ("tea—coffee…milk", ["tea", "coffe", "milk"]), ("", []), ("  \n\t", []), ("\u{0}tea\u{0}", ["tea"]),
        ("\u{301}\u{301}", []), ("\u{93F}", []), ("\u{FFFD}", []), ("\u{10FFFF}\u{E000}", []),
    ])
    func `every script is cut where its words end`(text: String, terms: [String]) {
        #expect(analyser.terms(of: text) == terms)
    }

    @Test(arguments: [
        ("de", "Züge Zügen", ["zug", "zug"]), ("de", "Zu\u{308}ge", ["zug"]),
        ("fr", "Mangées MANGÉ", ["mang", "mang"]),
        ("ru", "книги книгу", ["книг", "книг"]), ("es", "canciones canción", ["cancion", "cancion"]),
        ("de", "東京 Tee", ["東", "京", "tee"]), ("sv", "", []),
    ])
    func `words of other languages are stemmed as they are written and folded after`(
        language: String,
        text: String,
        terms: [String]
    ) {
        #expect(Analyser(language: language).terms(of: text) == terms)
    }

    @Test func `a word is cut off at the limit, in characters of any width`() {
        let limit = Analyser.wordLengthLimit
        for character in ["x", "9", "\u{E9}", "\u{434}", "\u{939}", "\u{1D538}"] {
            let terms = analyser.terms(of: String(repeating: character, count: 1024))
            #expect(terms.count == 1 && (terms.first?.unicodeScalars.count ?? 0) <= limit, "\(character)")
            #expect(terms == analyser.terms(of: String(repeating: character, count: limit)), "\(character)")
        }
    }

    @Test func `one character that decomposes into eighteen stays within the limit`() {
        let terms = analyser.terms(of: String(repeating: "\u{FDFA}", count: 1024))
        #expect(terms.count == 1 && (terms.first?.unicodeScalars.count ?? 0) <= Analyser.wordLengthLimit)
    }

    @Test(arguments: [
        "e\u{301}\u{323}", "\u{915}\u{93F}", "👩‍👩‍👧‍👦", "\u{FDFA}", "東", "が", "don't ", "\u{200D}", "'", "é", "\u{202E}א",
    ])
    func `floods of anything take time in proportion`(unit: String) {
        let clock = ContinuousClock()
        func time(_ count: Int) -> Duration {
            let text = String(repeating: unit, count: count)
            return (0..<3).map { _ in clock.measure { _ = analyser.terms(of: text) } }.min() ?? .zero
        }
        _ = time(10)
        // Quadratic would be 64 times as much; the slack is for a busy machine.
        #expect(time(32_000) < time(4_000) * 32 + .milliseconds(50))
    }

    @Test func `every scalar of Unicode is analysed alone and inside a word`() {
        for value in UInt32(0)...0x10FFFF {
            // Of the planes beyond the third, whose characters are few, a sample.
            guard value < 0x32000 || value % 61 == 0, let scalar = Unicode.Scalar(value) else { continue }
            let alone = analyser.terms(of: String(scalar))
            let inside = analyser.terms(of: "x\(scalar)y")
            #expect(alone.count <= 1 && !inside.isEmpty && inside.count <= 3)
            #expect(!alone.contains("") && !inside.contains(""))
        }
    }

    @Test func `stop words are whole words`() {
        #expect(analyser.terms(of: "The theme of there") == ["theme"])
        #expect(analyser.terms(of: "WOULD you") == [])
    }

    @Test func `a word gives the same term whatever was read before it`() {
        // More words than there is room to know the stems of, some of them with the same stem.
        let endings = ["", "s", "ing", "ed", "ational", "ization", "fulnesses"]
        let letters = Array("bcdfghklmnprstvwz")
        let words = (0..<letters.count * letters.count * letters.count).map { number in
            let (first, second, third) = (number, number / letters.count, number / letters.count / letters.count)
            let root = [first, second, third].map { letters[$0 % letters.count] }
            return "o\(root[0])a\(root[1])e\(root[2])" + endings[number % endings.count]
        }
        let reader = Analyser()
        for _ in 0..<2 { _ = reader.terms(of: words.joined(separator: " ")) }
        for start in stride(from: 0, to: words.count, by: 97) {
            #expect(reader.terms(of: words[start]) == Analyser().terms(of: words[start]), "\(words[start])")
        }
    }

    @Test func `the same text gives the same terms on every thread`() async {
        let text = "Zoë's running cafés — 東京 don't 12"
        let expected = analyser.terms(of: text)
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<300 { #expect(analyser.terms(of: text) == expected) } }
            }
        }
    }
}
