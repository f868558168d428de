package import Logging
import Synchronization

/// What a logger was told, kept for a test.
package final class LogLines: Sendable {
    private let kept = Mutex<[String]>([])

    /// Keeps nothing yet.
    package init() {}

    /// Level, message and fields of each entry, in their order.
    package var lines: [String] { kept.withLock { $0 } }

    /// A logger of all levels that tells this.
    package var logger: Logger {
        var logger = Logger(label: "test") { _ in
            KeepingLogHandler { line in self.kept.withLock { $0.append(line) } }
        }
        logger.logLevel = .trace
        return logger
    }
}

extension Logger {
    /// A logger that tells nobody.
    package static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

private struct KeepingLogHandler: LogHandler {
    private let keep: @Sendable (String) -> Void
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(keep: @escaping @Sendable (String) -> Void) {
        self.keep = keep
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        keep("\(event.level) \(event.message)" + fields.map { " \($0.key)=\($0.value)" }.joined())
    }
}
