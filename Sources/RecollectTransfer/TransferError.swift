import RecollectEngine
import RecollectSQL

/// Why a copy does not begin, or does not go on.
package enum TransferError: Error, Equatable, CustomStringConvertible {
    /// The source has no schema of ours.
    case noSource
    /// The source has another version of the schema than this program.
    case sourceOfVersion(Int)
    /// The source is itself the target of a copy that has not ended.
    case sourceIsUnfinished
    /// The target has tables that are not ours.
    case targetHasTable(String)
    /// The target holds rows that no copy has brought.
    case targetHoldsRows(table: String)
    /// The target was begun by a program with another version of the schema.
    case targetOfVersion(Int)
    /// The target is an unfinished copy of another database.
    case targetIsOfAnotherSource
    /// A table has other columns here than there.
    case layoutsDiffer(table: String)
    /// A text holds a NUL character, which PostgreSQL cannot store.
    case zeroCharacter(table: String, column: String)
    /// The lock that keeps writers out of the source was lost, so that the copy may be of two moments.
    case lockLost
    /// A database failed in the middle.
    case stopped(table: String, reason: String)

    /// What happened and what to do.
    package var description: String {
        switch self {
        case .noSource:
            "the source is no database of Recollect"
        case .sourceOfVersion(let version):
            """
            the source has schema version \(version) and this program copies version \(Schema.version): bring it there first \
            by starting this program's server on it once, after a backup
            """
        case .sourceIsUnfinished:
            "the source is itself the target of a copy that has not ended"
        case .targetHasTable(let table):
            "the target has a table \(table) that is not of Recollect: use an empty database"
        case .targetHoldsRows(let table):
            """
            the target holds data (table \(table)) and is no unfinished copy: use an empty database, or compare the two with \
            `recollect database compare`
            """
        case .targetOfVersion(let version):
            """
            the target is an unfinished copy of schema version \(version), and this program's is \(Schema.version): go on with \
            the program that began it, or use an empty database
            """
        case .targetIsOfAnotherSource:
            "the target is an unfinished copy of another database: use an empty one"
        case .layoutsDiffer(let table):
            "table \(table) has other columns in the target than in the source"
        case .zeroCharacter(let table, let column):
            """
            a text in column \(column) of table \(table) holds a NUL character, which PostgreSQL cannot store: change or \
            delete what holds it, then run the same command again
            """
        case .lockLost:
            "the lock on the source was lost, so that it may have changed meanwhile: run the same command again"
        case .stopped(let table, let reason):
            "stopped at table \(table): \(reason). What is copied stays: run the same command again to go on"
        }
    }
}
