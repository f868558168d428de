/// A JSON number with the digits it was written with, so that 0.10 comes back as 0.10 and 2^63 keeps its last digit.
package struct JSONNumber: Sendable, Equatable {
    /// The number as it was written.
    package let lexeme: String
    /// The nearest double.
    ///
    /// Always finite.
    package let double: Double

    /// A number as it was written.
    ///
    /// - Parameter lexeme: digits that follow JSON's grammar; nil is returned when no finite double is near them.
    init?(lexeme: String) {
        guard let double = Double(lexeme), double.isFinite else { return nil }
        self.lexeme = lexeme
        self.double = double
    }

    /// The number as an integer, if it is one: 1, 1.0 and 1e0 are, as JSON Schema counts.
    ///
    /// Exact; nil outside 64 bits.
    package var integer: Int64? {
        if let value = Int64(lexeme) { return value }
        let parts = lexeme.split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        guard let mantissa = parts.first else { return nil }
        let halves = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = halves.count > 1 ? halves[1] : ""
        let sign = mantissa.hasPrefix("-") ? "-" : ""
        let digits = (halves[0].drop { $0 == "-" } + fraction).drop { $0 == "0" }
        guard let last = digits.lastIndex(where: { $0 != "0" }) else { return 0 }
        // The value is significant × 10^zeros.
        let significant = digits[...last]
        guard let exponent = parts.count > 1 ? Int(parts[1]) : 0 else { return nil }
        let trailing = digits.count - significant.count
        let (zeros, overflow) = exponent.addingReportingOverflow(trailing - fraction.count)
        guard !overflow, (0...18).contains(zeros) else { return nil }
        return Int64(sign + significant + String(repeating: "0", count: zeros))
    }
}
