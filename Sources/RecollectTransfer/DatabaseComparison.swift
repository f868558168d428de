package import RecollectEngine
import RecollectSQL

/// What a table holds in two databases.
package struct TableComparison: Sendable, Equatable {
    /// The table.
    package let table: String
    /// What the first database has.
    package let source: TableDigest
    /// What the second database has.
    package let target: TableDigest

    /// Whether both hold the same rows.
    package var isEqual: Bool { source == target }
}

extension [TableComparison] {
    /// The tables that do not hold the same.
    package var differing: [String] { filter { !$0.isEqual }.map(\.table) }
}

/// Compares what two databases hold, table by table.
package enum DatabaseComparison {
    /// Reads both whole; nothing is changed.
    ///
    /// - Parameters:
    ///   - source: a database.
    ///   - target: another one, at the same version of the schema; nobody should write to either meanwhile.
    ///   - progress: is told how far it is.
    /// - Returns: one comparison a table.
    /// - Throws: `TransferError`, `EngineError`.
    package static func run(
        _ source: any Database,
        _ target: any Database,
        progress: @escaping @Sendable (TransferProgress) -> Void
    ) async throws -> [TableComparison] {
        let layouts = try await CopySource.layouts(of: source)
        try CopySource.requireSame(layouts, try await CopySource.layouts(of: target))
        return try await run(source, target, layouts, progress: progress)
    }

    static func run(
        _ source: any Database,
        _ target: any Database,
        _ layouts: [TableLayout],
        progress: @escaping @Sendable (TransferProgress) -> Void
    ) async throws -> [TableComparison] {
        var pairs: [(source: TableReader, target: TableReader)] = []
        for layout in layouts {
            pairs.append((try await TableReader(layout, of: source), try await TableReader(layout, of: target)))
        }
        let whole = pairs.reduce(0) { $0 + $1.source.rows + $1.target.rows }
        let counter = ProgressCounter(.verifying, of: whole, progress)
        var compared: [TableComparison] = []
        for pair in pairs {
            async let first = pair.source.digest(counter)
            async let second = pair.target.digest(counter)
            compared.append(
                TableComparison(table: pair.source.layout.name, source: try await first, target: try await second)
            )
        }
        return compared
    }
}
