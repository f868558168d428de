import Foundation
import Logging
import RecollectTestSupport
import Synchronization
import Testing

@testable import recollect

@Suite struct `The log's lines` {
    private static let hostile = "x\n2026-11-20T12:00:00.000Z error forged\r\u{1B}[2J\u{0}\u{2028}\u{202E}\"\\ y=z"

    /// What a logger of a format writes of one entry.
    private static func lines(_ format: LogFormat, _ tell: (Logger) -> Void) -> [String] {
        let kept = Written()
        let clock = ManualClock()
        clock.advance(by: .milliseconds(1234))
        tell(Logger(label: "test") { _ in LineLogHandler(format, clock: clock) { line in kept.keep(line) } })
        return kept.lines
    }

    private static func object(_ line: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test func `JSON has time, level, message and every field, numbers as numbers`() throws {
        let lines = Self.lines(.json) { logger in
            let numbers: Logger.Metadata = ["bytes": .stringConvertible(12), "ms": .stringConvertible(0.25)]
            logger.notice("done", metadata: numbers.merging(["route": "/v1/{id}"]) { $1 })
        }
        #expect(
            lines == [
                #"{"time":"2026-11-20T12:00:01.234Z","level":"notice","message":"done","#
                    + #""route":"/v1/{id}","bytes":12,"ms":0.25}"# + "\n"
            ]
        )
    }

    @Test func `text is readable`() {
        let metadata: Logger.Metadata = ["status": "503", "why": "no connection", "b": ""]
        let lines = Self.lines(.text) { $0.warning("it is late", metadata: metadata) }
        #expect(lines == ["2026-11-20T12:00:01.234Z warning it is late status=503 b=\"\" why=\"no connection\"\n"])
    }

    @Test(arguments: LogFormat.allCases)
    func `nothing in an entry can end its line or steer a terminal`(_ format: LogFormat) {
        let lines = Self.lines(format) { logger in
            logger.error(
                "\(Self.hostile)",
                metadata: [
                    "key": "\(Self.hostile)", "\(Self.hostile)": "value", "list": ["\(Self.hostile)"],
                    "map": ["\(Self.hostile)": "\(Self.hostile)"],
                ]
            )
        }
        #expect(lines.count == 1)
        let scalars = Array((lines.first ?? "").unicodeScalars.dropLast())
        #expect(lines.first?.hasSuffix("\n") == true)
        #expect(!scalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) })
        #expect(!scalars.contains { [0x2028, 0x202E].contains($0.value) })
    }

    @Test func `what was told comes back out of JSON as it was`() throws {
        let lines = Self.lines(.json) { $0.error("\(Self.hostile)", metadata: ["key": "\(Self.hostile)"]) }
        let line = try #require(lines.first)
        let object = try Self.object(line)
        #expect(object["message"] as? String == Self.hostile)
        #expect(object["key"] as? String == Self.hostile)
    }

    @Test func `a field cannot take the place of the entry's own`() throws {
        let lines = Self.lines(.json) { $0.notice("m", metadata: ["level": "critical", "time": "0"]) }
        let line = try #require(lines.first)
        let object = try Self.object(line)
        #expect(object["level"] as? String == "notice" && object["_level"] as? String == "critical")
    }
}

private final class Written: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }

    func keep(_ line: String) { kept.withLock { $0.append(line) } }
}
