import Foundation
import RecollectRanking
import Testing

@Suite struct `Dates in words` {
    private static let day: Int64 = 86_400_000_000

    @Test func `a day has one date from its first microsecond to its last`() {
        let start: Int64 = 19_485 * Self.day
        #expect(DateWords.words(atMicroseconds: start) == "Monday 8 May 2023")
        #expect(DateWords.words(atMicroseconds: start + Self.day - 1) == "Monday 8 May 2023")
        #expect(DateWords.words(atMicroseconds: start - 1) == "Sunday 7 May 2023")
        #expect(DateWords.words(atMicroseconds: start + Self.day) == "Tuesday 9 May 2023")
    }

    @Test(arguments: [
        (Int64(-25_509), "Wednesday 28 February 1900"), (-25_508, "Thursday 1 March 1900"),
        (11_016, "Tuesday 29 February 2000"), (47_540, "Sunday 28 February 2100"), (47_541, "Monday 1 March 2100"),
    ])
    func `centuries leap every fourth time`(day: Int64, words: String) {
        #expect(DateWords.words(atMicroseconds: day * Self.day) == words)
    }

    @Test func `every fifth day of a thousand years is as the calendar has it`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        calendar.locale = Locale(identifier: "en_US")
        let months = calendar.monthSymbols
        let weekdays = calendar.weekdaySymbols
        for day in stride(from: Int64(-135_000), to: 230_000, by: 5) {
            let date = Foundation.Date(timeIntervalSince1970: Double(day) * 86_400)
            let parts = calendar.dateComponents([.weekday, .day, .month, .year], from: date)
            let (weekday, month) = (try #require(parts.weekday), try #require(parts.month))
            let expected =
                "\(weekdays[weekday - 1]) \(try #require(parts.day)) \(months[month - 1]) \(try #require(parts.year))"
            #expect(DateWords.words(atMicroseconds: day * Self.day + 1) == expected)
        }
    }

    @Test(arguments: [Int64.min, .min + 1, .max])
    func `the ends of time have dates too`(moment: Int64) {
        #expect(DateWords.words(atMicroseconds: moment).split(separator: " ").count == 4)
    }

    @Test func `the parts of a date are terms`() {
        let terms = Analyser().terms(of: DateWords.words(atMicroseconds: 19_485 * Self.day))
        #expect(terms == Analyser().terms(of: "monday 8 may 2023"))
    }
}
