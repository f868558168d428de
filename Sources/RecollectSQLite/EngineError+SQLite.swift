import GRDB
import RecollectEngine

extension EngineError {
    /// The kind of a SQLite error, by its code.
    init(sqlite error: any Error) {
        guard let error = error as? DatabaseError else {
            self.init(.statement, "\(error)")
            return
        }
        let message = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        self.init(Self.kind(of: error), message)
    }

    private static func kind(of error: DatabaseError) -> Kind {
        switch error.extendedResultCode {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID:
            return .unique
        default:
            break
        }
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: return .contention
        case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN: return .storage
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: return .corrupt
        case .SQLITE_INTERRUPT, .SQLITE_ABORT: return .unavailable
        default: return .statement
        }
    }
}
