import RecollectRanking
import Testing

/// Texts of ASCII alone take a shorter way, which must lead to the same terms.
@Suite struct `Ways of analysis` {
    private let analyser = Analyser()

    /// One accented word at the end makes the analyser take the long way.
    private func check(_ text: String) {
        #expect(analyser.terms(of: text + " \u{e9}") == analyser.terms(of: text) + ["e"], "\(text.debugDescription)")
    }

    @Test func `every pair of ASCII characters beside a word gives the same terms either way`() {
        for first in UInt8(0)..<128 {
            for second in UInt8(0)..<128 {
                let pair = String(decoding: [first, second], as: UTF8.self)
                check("\(pair)Ab\(pair)")
            }
        }
    }

    @Test(arguments: ["'", "''a''", "a'b''", "it's O'Neill's '90s", String(repeating: "Ab'", count: 40), ""])
    func `apostrophes and long words give the same terms either way`(text: String) {
        check(text)
    }
}
