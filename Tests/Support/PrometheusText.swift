// A strict reader of the text form 0.0.4, written after its specification and not after our writer: whatever it does not know
// is an error.

/// A document of the text form.
package struct PrometheusText {
    /// Why a document is none.
    package struct Malformed: Error, CustomStringConvertible {
        /// What is wrong.
        package let description: String
    }

    /// The series of one name.
    package struct Family {
        /// counter, gauge or histogram.
        package let type: String
        /// What is said of it.
        package fileprivate(set) var help: String?
        /// Its lines.
        package fileprivate(set) var samples: [Sample] = []
    }

    /// A line.
    package struct Sample: Equatable {
        /// The name, of a histogram with what follows it.
        package let name: String
        /// The labels.
        package let labels: [String: String]
        /// The value.
        package let value: Double
    }

    /// The families by their names.
    package private(set) var families: [String: Family] = [:]

    /// Reads a document.
    ///
    /// - Parameter text: the document.
    /// - Throws: `Malformed`.
    package init(_ text: String) throws {
        guard text.isEmpty || text.hasSuffix("\n") else { throw Malformed(description: "the last line has no end") }
        var helps: [String: String] = [:]
        var open: String?
        // By scalars: a carriage return before a line feed is one character to Swift.
        for line in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            var reader = LineReader(rest: line)
            if reader.take("# HELP ") {
                let name = try reader.name(allowsColon: true)
                try reader.expect(" ")
                guard helps[name] == nil, families[name] == nil else {
                    throw Malformed(description: "HELP of \(name) is late or there twice")
                }
                helps[name] = try reader.restUnescaped()
            } else if reader.take("# TYPE ") {
                let name = try reader.name(allowsColon: true)
                try reader.expect(" ")
                let type = String(reader.rest)
                guard ["counter", "gauge", "histogram"].contains(type), families[name] == nil else {
                    throw Malformed(description: "TYPE of \(name) is \(type) or there twice")
                }
                families[name] = Family(type: type, help: helps[name])
                open = name
            } else {
                let sample = try reader.sample()
                guard let name = open, Self.names(name, families[name]?.type).contains(sample.name) else {
                    throw Malformed(description: "\(sample.name) is not below its TYPE")
                }
                guard families[name]?.samples.contains(where: { $0.sameSeries(as: sample) }) == false else {
                    throw Malformed(description: "\(sample.name) \(sample.labels) is there twice")
                }
                families[name]?.samples.append(sample)
            }
        }
        for (name, family) in families where family.type == "histogram" { try Self.check(name, family) }
    }

    /// The value of a series; nil when there is none.
    ///
    /// - Parameters:
    ///   - name: its name, of a histogram with what follows it.
    ///   - labels: its labels, all of them.
    /// - Returns: the value.
    package subscript(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        families.values.flatMap(\.samples).first { $0.name == name && $0.labels == labels }?.value
    }

    private static func names(_ family: String, _ type: String?) -> [String] {
        type == "histogram" ? ["_bucket", "_sum", "_count"].map { family + $0 } : [family]
    }

    /// Buckets ascend, end with +Inf, and agree with the count.
    private static func check(_ name: String, _ family: Family) throws {
        let series = Dictionary(grouping: family.samples) { $0.labels.filter { $0.key != "le" } }
        for (labels, samples) in series {
            let buckets = samples.filter { $0.name == name + "_bucket" }
            let bounds = buckets.compactMap { $0.labels["le"].flatMap(Double.init) }
            guard bounds.count == buckets.count, bounds == bounds.sorted(), bounds.last == .infinity,
                buckets.map(\.value) == buckets.map(\.value).sorted(),
                samples.filter({ $0.name == name + "_sum" }).count == 1,
                let count = samples.first(where: { $0.name == name + "_count" })?.value, count == buckets.last?.value
            else { throw Malformed(description: "\(name) \(labels) is no histogram") }
        }
    }
}

extension PrometheusText.Sample {
    fileprivate func sameSeries(as other: PrometheusText.Sample) -> Bool {
        name == other.name && labels == other.labels
    }
}

/// Reads one line.
private struct LineReader {
    var rest: Substring.UnicodeScalarView.SubSequence

    typealias Malformed = PrometheusText.Malformed

    mutating func take(_ prefix: String) -> Bool {
        guard rest.starts(with: prefix.unicodeScalars) else { return false }
        rest = rest.dropFirst(prefix.unicodeScalars.count)
        return true
    }

    mutating func expect(_ text: String) throws {
        guard take(text) else { throw Malformed(description: "\(text) is missing before \(String(rest))") }
    }

    mutating func name(allowsColon: Bool) throws -> String {
        let letters = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_".unicodeScalars)
        let digits = Set("0123456789".unicodeScalars)
        let name = rest.prefix { letters.contains($0) || digits.contains($0) || (allowsColon && $0 == ":") }
        guard let first = name.first, !digits.contains(first) else {
            throw Malformed(description: "no name in \(String(rest))")
        }
        rest = rest.dropFirst(name.count)
        return String(name)
    }

    mutating func sample() throws -> PrometheusText.Sample {
        let name = try name(allowsColon: true)
        var labels: [String: String] = [:]
        if take("{") {
            repeat {
                let label = try self.name(allowsColon: false)
                try expect("=\"")
                guard labels.updateValue(try quoted(), forKey: label) == nil else {
                    throw Malformed(description: "\(label) is there twice")
                }
            } while take(",")
            try expect("}")
        }
        try expect(" ")
        let special = ["+Inf": Double.infinity, "-Inf": -.infinity, "NaN": .nan]
        guard let value = special[String(rest)] ?? Double(String(rest)) else {
            throw Malformed(description: "\(String(rest)) is no number")
        }
        return PrometheusText.Sample(name: name, labels: labels, value: value)
    }

    private mutating func quoted() throws -> String {
        var text = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            if scalar == "\"" { return String(text) }
            text.append(scalar == "\\" ? try unescaped("\\\"n") : scalar)
        }
        throw Malformed(description: "a label's value has no end")
    }

    mutating func restUnescaped() throws -> String {
        var text = String.UnicodeScalarView()
        while let scalar = rest.popFirst() { text.append(scalar == "\\" ? try unescaped("\\n") : scalar) }
        return String(text)
    }

    private mutating func unescaped(_ known: String) throws -> Unicode.Scalar {
        guard let scalar = rest.popFirst(), known.unicodeScalars.contains(scalar) else {
            throw Malformed(description: "an unknown escape")
        }
        return scalar == "n" ? "\n" : scalar
    }
}
