import Foundation
import Metrics
import RecollectVocabulary
import Synchronization

/// What the process takes, as the system's `/proc` tells it; nothing on systems without it.
final class ProcessMetrics: Sendable {
    private static let folder = "/proc/self"

    private let cpuSeconds: FloatingPointCounter
    private let residentBytes: Meter
    private let openDescriptors: Meter
    private let descriptorsLimit: Meter
    private let seenSeconds = Mutex(0.0)

    /// - Parameters:
    ///   - metrics: where it is measured.
    ///   - startedAt: when the process started.
    init(_ metrics: any MetricsFactory, startedAt: Timestamp) {
        cpuSeconds = FloatingPointCounter(label: "process_cpu_seconds_total", factory: metrics)
        residentBytes = Meter(label: "process_resident_memory_bytes", factory: metrics)
        openDescriptors = Meter(label: "process_open_fds", factory: metrics)
        descriptorsLimit = Meter(label: "process_max_fds", factory: metrics)
        Meter(label: "process_start_time_seconds", factory: metrics).set(Double(startedAt.microseconds) / 1_000_000)
    }

    /// Reads what is taken now.
    func update() {
        if let resident = Self.number(after: "VmRSS:", in: "status") { residentBytes.set(resident * 1024) }
        if let limit = Self.number(after: "Max open files", in: "limits") { descriptorsLimit.set(limit) }
        if let open = try? FileManager.default.contentsOfDirectory(atPath: Self.folder + "/fd").count {
            openDescriptors.set(open)
        }
        if let seconds = Self.cpuSeconds() {
            // A counter is told what was added.
            let added = seenSeconds.withLock { seen in
                defer { seen = max(seen, seconds) }
                return seconds - seen
            }
            cpuSeconds.increment(by: added)
        }
    }

    /// User's and system's time: the fields 14 and 15 of `stat`, in ticks, counted behind the command's closing bracket.
    private static func cpuSeconds() -> Double? {
        guard let stat = text("stat"), let command = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[command...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else { return nil }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func number(after name: String, in file: String) -> Double? {
        guard let line = text(file)?.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else { return nil }
        return line.dropFirst(name.count).split(whereSeparator: \.isWhitespace).first.flatMap { Double($0) }
    }

    private static func text(_ file: String) -> String? {
        FileManager.default.contents(atPath: "\(folder)/\(file)").map { String(decoding: $0, as: UTF8.self) }
    }
}
