import Foundation

/// How far something is, on standard error: a bar that is drawn over and over on a terminal, else a line each tenth.
struct ProgressBar {
    private static let width = 30

    private let label: String
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var shown = -1

    init(label: String) {
        self.label = label
    }

    /// Shows how far it is.
    ///
    /// - Parameters:
    ///   - done: how much is done.
    ///   - whole: how much there is.
    ///   - note: what else to show.
    mutating func show(_ done: Int, of whole: Int, note: String) {
        let percent = whole > 0 ? min(done * 100 / whole, 100) : 0
        guard isTerminal else {
            guard percent / 10 > shown / 10 || shown < 0 else { return }
            shown = percent
            write("\(label) \(percent) %, \(note)\n")
            return
        }
        let filled = percent * Self.width / 100
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
        write("\r\(label) [\(bar)] \(percent) %, \(note)")
    }

    /// Ends the line.
    func end() {
        if isTerminal { write("\n") }
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
