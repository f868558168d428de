import RecollectEngine
import RecollectSQL
import RecollectVocabulary

/// What must hold of a database into which another one is copied.
enum CopyTarget {
    /// Makes a database the target of a copy: brings an empty one to this program's version and marks it.
    ///
    /// One that is marked is a copy that did not end, and must be of the same source: every account in it is one of the source's.
    ///
    /// - Throws: `TransferError` when it holds anything else.
    static func claim(_ target: any Database, for source: any Database) async throws {
        let found = try await target.read(.snapshot) { connection in
            (state: try CopyMark.state(on: connection), tables: try TableLayout.names(on: connection))
        }
        guard let state = found.state, state.isMarked else {
            if found.state == nil, let table = found.tables.subtracting([Schema.versionTable]).min() {
                throw TransferError.targetHasTable(table)
            }
            try await Schema.migrate(target)
            return try await mark(target)
        }
        guard state.version == Schema.version else { throw TransferError.targetOfVersion(state.version) }
        let ours = try await accounts(of: source)
        guard try await accounts(of: target).isSubset(of: ours) else { throw TransferError.targetIsOfAnotherSource }
    }

    /// The tables of a target.
    static func layouts(of target: any Database) async throws -> [TableLayout] {
        try await target.read(.snapshot) { connection in try TableLayout.all(on: connection) }
    }

    private static func mark(_ target: any Database) async throws {
        let tables = try await layouts(of: target).map { (name: $0.name, queries: TransferQueries($0)) }
        try await target.write { connection in
            for table in tables where try connection.first(table.queries.anyRow) != nil {
                throw TransferError.targetHoldsRows(table: table.name)
            }
            try CopyMark.set(on: connection)
        }
    }

    private static func accounts(of database: any Database) async throws -> Set<[String]> {
        let accounts = try await database.read { connection in try connection.all(AccountQueries.list) }
        return Set(accounts.map { [$0.account.text, "\($0.createdAt.microseconds)"] })
    }
}
