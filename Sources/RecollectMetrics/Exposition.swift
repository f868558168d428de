// The text form that Prometheus reads, format 0.0.4: families in the order of their names, each with its HELP and TYPE and then
// its series in the order of their labels. A line ends with a line feed and nothing else ends a line, so a label's value may hold
// whatever it likes once backslashes, quotes and line feeds are escaped.

/// The form in which the values of a registry are read.
package enum Exposition {
    /// The form's media type.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"
}

/// Writes the text form.
struct ExpositionWriter {
    private(set) var text = ""

    /// Begins a family.
    mutating func begin(_ name: String, _ kind: MetricKind, help: String?) {
        if let help { text += "# HELP \(name) \(Self.escaped(help, quote: false))\n" }
        text += "# TYPE \(name) \(kind.rawValue)\n"
    }

    /// Writes the samples of a series.
    ///
    /// - Parameters:
    ///   - samples: the samples.
    ///   - name: the family's name.
    ///   - labels: the series' labels as they are written, without braces.
    mutating func write(_ samples: [Sample], _ name: String, _ labels: String) {
        for sample in samples {
            text += name
            text += sample.suffix
            let bound = sample.upperBound.map { "le=\"\($0)\"" }
            let all = [labels.isEmpty ? nil : labels, bound].compactMap(\.self).joined(separator: ",")
            if !all.isEmpty { text += "{\(all)}" }
            text += " \(sample.value)\n"
        }
    }

    /// Labels as they are written, without braces; names are made valid.
    static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.map { name, value in "\(MetricName.valid(label: name))=\"\(escaped(value, quote: true))\"" }
            .joined(separator: ",")
    }

    private static func escaped(_ text: String, quote: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quote: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

/// The kinds of metrics.
enum MetricKind: String {
    case counter, gauge, histogram
}

/// The names that Prometheus takes.
enum MetricName {
    /// A metric's name, what is not allowed in it replaced: letters, digits, `_` and `:`, no digit first.
    static func valid(_ name: String) -> String {
        valid(name) { $0 == ":" }
    }

    /// A label's name, what is not allowed in it replaced: letters, digits and `_`, no digit first.
    static func valid(label name: String) -> String {
        valid(name) { _ in false }
    }

    private static func valid(_ name: String, _ isAlsoAllowed: (Unicode.Scalar) -> Bool) -> String {
        var valid = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            let isLetter = scalar.isASCII && scalar.properties.isAlphabetic
            let isDigit = ("0"..."9").contains(scalar)
            if isDigit, valid.isEmpty { valid.append("_") }
            valid.append(isLetter || isDigit || isAlsoAllowed(scalar) ? scalar : "_")
        }
        return valid.isEmpty ? "_" : String(valid)
    }
}

/// Numbers as Prometheus reads them.
enum ExpositionNumber {
    static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // Counts and bytes without a fraction, as people write them.
        if let whole = Int64(exactly: value) { return String(whole) }
        return "\(value)"
    }
}
