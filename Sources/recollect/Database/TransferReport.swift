import RecollectEngine
import RecollectTransfer
import RecollectVocabulary
import Synchronization

/// Two databases that are open together.
enum Databases {
    /// Opens two databases, does something with them, and closes them.
    static func with<Result>(
        _ openSource: () async throws -> any Database,
        _ openTarget: () async throws -> any Database,
        _ body: (any Database, any Database) async throws -> Result
    ) async throws -> Result {
        let source = try await openSource()
        do {
            let target = try await openTarget()
            do {
                let result = try await body(source, target)
                await target.close()
                await source.close()
                return result
            } catch {
                await target.close()
                throw error
            }
        } catch {
            await source.close()
            throw error
        }
    }
}

/// The progress of a copy or a comparison on standard error: a bar for each stage.
enum TransferBar {
    /// Does something and shows how far it is.
    static func following<Result>(
        _ body: (_ progress: @escaping @Sendable (TransferProgress) -> Void) async throws -> Result
    ) async throws -> Result {
        let bars = Bars()
        defer { bars.end() }
        return try await body { bars.show($0) }
    }

    private final class Bars: Sendable {
        private struct Current {
            let stage: TransferProgress.Stage
            var bar: ProgressBar
        }

        private let current = Mutex<Current?>(nil)

        func show(_ progress: TransferProgress) {
            current.withLock { current in
                if current?.stage != progress.stage {
                    current?.bar.end()
                    let label = progress.stage == .copying ? "Copying" : "Verifying"
                    current = Current(stage: progress.stage, bar: ProgressBar(label: label))
                }
                current?.bar.show(
                    progress.done,
                    of: progress.whole,
                    note: "\(progress.done) of \(progress.whole) rows, \(progress.table)"
                )
            }
        }

        func end() {
            current.withLock { $0?.bar.end() }
        }
    }
}

/// What a copy or a comparison found.
enum Comparisons {
    /// Shows one line a table.
    static func show(_ compared: [TableComparison], json: Bool) throws {
        if json {
            for table in compared { try Console.writeJSON(Line(table)) }
        } else {
            Tables.show(
                [["table", "rows", "rows there", "SHA-256", "equal"]]
                    + compared.map { table in
                        [
                            table.table, "\(table.source.rows)", "\(table.target.rows)",
                            String(table.source.sha256.hexadecimal.prefix(16)), table.isEqual ? "yes" : "NO",
                        ]
                    }
            )
        }
    }

    /// What `--json` prints of a table.
    private struct Line: Encodable {
        let table: String
        let rows: Int
        let rowsThere: Int
        let sha256: String
        let equal: Bool

        init(_ compared: TableComparison) {
            table = compared.table
            rows = compared.source.rows
            rowsThere = compared.target.rows
            sha256 = compared.source.sha256.hexadecimal
            equal = compared.isEqual
        }
    }
}
