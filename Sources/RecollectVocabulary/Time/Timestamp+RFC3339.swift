// RFC 3339, section 5.6. Read: every form of it, with fractions of any length (cut to microseconds), offsets, lower-case
// t and z, a space for the T, and the leap second 60, which counts as the second after it. Written: whole seconds and Z,
// because one official client parses only that and another drops what exceeds 30 characters.

extension Timestamp {
    /// The first and the last moment that RFC 3339 can write.
    private static let writable =
        Timestamp(microseconds: -62_167_219_200_000_000)...Timestamp(microseconds: 253_402_300_799_999_999)

    /// Reads a date and time of RFC 3339.
    ///
    /// - Parameters:
    ///   - text: the date and time.
    ///   - field: what the caller calls it.
    /// - Throws: `Rejection` when it is not one, or outside the years 0000 to 9999 in UTC.
    package init(rfc3339 text: String, field: String) throws(Rejection) {
        var scanner = Scanner(rest: Array(text.utf8)[...])
        guard let moment = scanner.dateTime(), scanner.rest.isEmpty, Self.writable.contains(moment) else {
            throw Rejection(.malformed, field, "must be a date and time of RFC 3339, such as 2026-11-20T19:47:09Z")
        }
        self = moment
    }

    /// The moment as the wire writes it: `YYYY-MM-DDTHH:MM:SSZ`.
    package var rfc3339: String {
        let (days, microsecondOfDay) = floorDivision(microseconds, 86_400_000_000)
        let date = CivilDate(daysSince1970: days)
        let second = microsecondOfDay / 1_000_000
        var text: [UInt8] = []
        text.reserveCapacity(20)
        text.appendDigits(date.year, width: 4)
        text.append(UInt8(ascii: "-"))
        text.appendDigits(date.month, width: 2)
        text.append(UInt8(ascii: "-"))
        text.appendDigits(date.day, width: 2)
        text.append(UInt8(ascii: "T"))
        text.appendDigits(second / 3600, width: 2)
        text.append(UInt8(ascii: ":"))
        text.appendDigits(second / 60 % 60, width: 2)
        text.append(UInt8(ascii: ":"))
        text.appendDigits(second % 60, width: 2)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }
}

extension [UInt8] {
    fileprivate mutating func appendDigits(_ value: Int64, width: Int) {
        var divisor: Int64 = width == 4 ? 1000 : 10
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }
}

/// Reads from the front of a text; nil means that it is not what was asked for.
private struct Scanner {
    var rest: ArraySlice<UInt8>

    mutating func dateTime() -> Timestamp? {
        guard let year = digits(4), take("-"), let month = digits(2), take("-"), let day = digits(2),
            take("T") || take("t") || take(" "),
            let hour = digits(2), take(":"), let minute = digits(2), take(":"), let second = digits(2),
            (1...12).contains(month), (1...CivilDate.days(inMonth: month, of: year)).contains(day),
            hour < 24, minute < 60, second <= 60,
            let fraction = fraction(), let offset = offset()
        else { return nil }
        let days = CivilDate(year: year, month: month, day: day).daysSince1970
        let seconds = days * 86400 + hour * 3600 + minute * 60 + second - offset
        return Timestamp(microseconds: seconds * 1_000_000 + fraction)
    }

    /// Microseconds; 0 when there is no fraction.
    private mutating func fraction() -> Int64? {
        guard take(".") else { return 0 }
        var value: Int64 = 0
        var weight: Int64 = 100_000
        guard rest.first.map(isDigit) == true else { return nil }
        while let character = rest.first, isDigit(character) {
            value += Int64(character - UInt8(ascii: "0")) * weight
            weight /= 10
            rest.removeFirst()
        }
        return value
    }

    /// Seconds east of UTC.
    private mutating func offset() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let sign: Int64
        if take("+") {
            sign = 1
        } else if take("-") {
            sign = -1
        } else {
            return nil
        }
        guard let hours = digits(2), take(":"), let minutes = digits(2), hours < 24, minutes < 60 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private mutating func digits(_ count: Int) -> Int64? {
        guard rest.count >= count, rest.prefix(count).allSatisfy(isDigit) else { return nil }
        let value = rest.prefix(count).reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        rest.removeFirst(count)
        return value
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    private func isDigit(_ character: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character)
    }
}
