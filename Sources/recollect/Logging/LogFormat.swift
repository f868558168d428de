import Foundation
import Logging
import RecollectVocabulary
import Synchronization

// One line an entry in either form, whatever a message or a value holds: a line feed or another control character in it is
// escaped, so that nothing which comes from outside can look like an entry of its own or move a terminal's cursor.

/// How entries of the log are written.
enum LogFormat: String, CaseIterable {
    /// Readable by people: time, level, message, and fields as `name=value`.
    case text
    /// Readable by programs: an object of JSON.
    case json

    /// The entry as one line, its end included.
    func line(_ entry: LogEntry) -> String {
        switch self {
        case .text: textLine(entry)
        case .json: jsonLine(entry)
        }
    }

    private func textLine(_ entry: LogEntry) -> String {
        var line = "\(entry.timeText) \(entry.level.rawValue) \(Self.escaped(entry.message))"
        for (name, value) in entry.fields {
            let text = Self.escaped(Self.plain(value))
            let needsQuotes = text.isEmpty || text.contains { $0 == " " || $0 == "=" || $0 == "\"" }
            line += " \(Self.escaped(name))="
            line += needsQuotes ? "\"\(text.replacing("\"", with: "\\\""))\"" : text
        }
        return line + "\n"
    }

    private func jsonLine(_ entry: LogEntry) -> String {
        var line = "{\"time\":\"\(entry.timeText)\",\"level\":\"\(entry.level.rawValue)\""
        line += ",\"message\":\(Self.quoted(entry.message))"
        for (name, value) in entry.fields {
            // What is the entry's own stays its own.
            let isTaken = ["time", "level", "message"].contains(name)
            line += ",\(Self.quoted(isTaken ? "_\(name)" : name)):\(Self.json(value))"
        }
        return line + "}\n"
    }

    private static func json(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text):
            return quoted(text)
        case .stringConvertible(let number as any BinaryInteger & CustomStringConvertible & Sendable):
            return number.description
        case .stringConvertible(let number as Double) where number.isFinite:
            return "\(number)"
        case .stringConvertible(let convertible):
            return quoted(convertible.description)
        case .array(let values):
            return "[\(values.map(json).joined(separator: ","))]"
        case .dictionary(let values):
            let fields = values.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(json($0.value))" }
            return "{\(fields.joined(separator: ","))}"
        }
    }

    private static func plain(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let convertible): convertible.description
        case .array, .dictionary: json(value)
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"\(escaped(text, quote: true))\""
    }

    /// The text with what could end a line or steer a terminal escaped as in JSON.
    private static func escaped(_ text: String, quote: Bool = false) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"" where quote: escaped += "\\\""
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\t": escaped += "\\t"
            case _ where isControl(scalar): escaped += "\\u" + hexadecimal(scalar)
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Controls, the line and paragraph separators, and what turns the direction of writing.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}

/// An entry of the log.
struct LogEntry {
    let time: Timestamp
    let level: Logger.Level
    let message: String
    /// What is known beside the message, in the order to be shown.
    let fields: [(String, Logger.MetadataValue)]

    /// The time in RFC 3339, to the millisecond.
    fileprivate var timeText: String {
        let millisecond = (time.microseconds % 1_000_000 + 1_000_000) % 1_000_000 / 1000
        return "\(time.rfc3339.dropLast()).\(String(1000 + millisecond).dropFirst())Z"
    }
}

/// Writes the entries of a logger, each in one piece.
struct LineLogHandler: LogHandler {
    /// The fields of an access, in the order in which people look for them; others follow by their names.
    private static let order = ["request", "account", "method", "route", "status", "duration_ms", "bytes"]

    var logLevel = Logger.Level.notice
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let format: LogFormat
    private let clock: any WallClock
    private let write: @Sendable (String) -> Void

    /// - Parameters:
    ///   - format: how entries are written.
    ///   - clock: where their time comes from.
    ///   - write: takes a line, its end included.
    init(_ format: LogFormat, clock: any WallClock, write: @escaping @Sendable (String) -> Void) {
        self.format = format
        self.clock = clock
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error { all["error"] = "\(error)" }
        let fields = all.sorted { Self.rank($0.key) < Self.rank($1.key) }.map { ($0.key, $0.value) }
        let entry = LogEntry(
            time: clock.now(),
            level: event.level,
            message: event.message.description,
            fields: fields
        )
        write(format.line(entry))
    }

    private static func rank(_ name: String) -> (Int, String) {
        (order.firstIndex(of: name) ?? order.count, name)
    }
}

extension Logger {
    private static let standardError = Mutex(FileHandle.standardError)

    /// A logger that writes to standard error: standard output is for the person who started the program.
    static func recollect(level: Logger.Level, format: LogFormat = .text) -> Logger {
        var logger = Logger(label: "recollect") { _ in
            LineLogHandler(format, clock: SystemClock()) { line in
                // Nobody can be told that the log cannot be written.
                standardError.withLock { file in try? file.write(contentsOf: Data(line.utf8)) }
            }
        }
        logger.logLevel = level
        return logger
    }
}
