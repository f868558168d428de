// The date of an item in words belongs to what it is found by: callers ask for "last May" or "on Monday", and texts rarely
// say so. Pure arithmetic (Howard Hinnant's days-to-civil algorithm), as an index spells out thousands of dates.

/// The words of a date.
package enum DateWords {
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let weekdays = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"]
    private static let microsecondsADay: Int64 = 86_400_000_000

    /// The day of a moment.
    ///
    /// - Parameter microseconds: the moment in microseconds since 1970, UTC.
    /// - Returns: the day, counted since 1970.
    static func day(ofMicroseconds microseconds: Int64) -> Int64 { floorDivision(microseconds, microsecondsADay) }

    /// A date in words, such as `Monday 8 May 2023`.
    ///
    /// - Parameter microseconds: a moment in microseconds since 1970, UTC.
    /// - Returns: weekday, day, month and year.
    package static func words(atMicroseconds microseconds: Int64) -> String {
        words(ofDay: day(ofMicroseconds: microseconds))
    }

    /// The words of a day counted since 1970.
    static func words(ofDay days: Int64) -> String {
        let weekday = weekdays[Int(days - floorDivision(days, 7) * 7)]
        // Years counted from March, in eras of 400 years, so that the leap day is the last of its year.
        let shifted = days + 719_468
        let era = floorDivision(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let year = yearOfEra + era * 400 + (month < 10 ? 0 : 1)
        return "\(weekday) \(day) \(months[Int((month + 2) % 12)]) \(year)"
    }

    private static func floorDivision(_ dividend: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
