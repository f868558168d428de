import RecollectEngine
import Synchronization

/// The statements in SQLite's words, rendered once for the process: a program has a fixed number of statements.
final class RenderedTexts: Sendable {
    static let shared = RenderedTexts()

    private let texts = Mutex<[String: String]>([:])

    func text(of statement: Statement) -> String {
        texts.withLock { texts in
            if let text = texts[statement.text] { return text }
            let text = Dialect.sqlite.render(statement.text)
            texts[statement.text] = text
            return text
        }
    }
}
