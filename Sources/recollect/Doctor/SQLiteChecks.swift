import Foundation
import RecollectEngine
import RecollectSQLite

/// What only SQLite has: a file, its journal, and a file system below it.
struct SQLiteChecks {
    private let database: any Database
    private let path: String

    init(_ database: any Database, path: String) {
        self.database = database
        self.path = path
    }

    func check() async -> [Finding] {
        do {
            let state = try await database.read { connection in try SQLiteFileState(on: connection) }
            return [
                Self.journal(state.journal, version: state.libraryVersion, bytes: DiskCheck.databaseBytes(path), path),
                Self.integrity(state.faults),
                FileSystemCheck.check(path),
            ]
        } catch {
            return [Doctor.unreachable(.sqlite(path: path), error)]
        }
    }

    static func journal(_ mode: String, version: String, bytes: Int, _ path: String) -> Finding {
        let about = "SQLite \(version), \(DiskCheck.text(bytes)), \(path)"
        guard mode == "wal" else {
            return .warning(
                "database",
                "\(about), journal mode \(mode)",
                remedy: "serving sets WAL, with which readers do not wait for writers"
            )
        }
        return .good("database", "\(about), WAL")
    }

    static func integrity(_ faults: [String]) -> Finding {
        guard faults != ["ok"] else { return .good("integrity", "quick_check finds nothing") }
        return .bad(
            "integrity",
            faults.prefix(3).joined(separator: "; ").replacing("\n", with: " "),
            remedy: "stop the server, keep a copy of the file, and restore the last backup"
        )
    }
}

/// On what kind of file system a file lies.
enum FileSystemCheck {
    /// Kinds on which locks and memory that processes share cannot be relied on.
    private static let networks: Set = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "afs", "lustre", "beegfs", "gfs2", "ocfs2",
        "virtiofs", "davfs", "ncpfs",
    ]
    private static let volatile: Set = ["tmpfs", "ramfs"]

    /// What to say of the file system of a file that is there.
    static func check(_ path: String) -> Finding {
        let mounts = FileManager.default.contents(atPath: "/proc/self/mountinfo")
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        return finding(mounts.flatMap { kind(ofPath: real, mounts: String(decoding: $0, as: UTF8.self)) })
    }

    /// The type of the file system of a path, by the system's table of mounts (`proc(5)`, mountinfo).
    static func kind(ofPath path: String, mounts: String) -> String? {
        var best: (length: Int, type: String)?
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 4, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else { continue }
            let point = String(fields[4]).replacing("\\040", with: " ")
            let isBelow = point == "/" || path == point || path.hasPrefix(point + "/")
            // Of two mounts at one point the later hides the earlier.
            if isBelow, point.count >= best?.length ?? 0 { best = (point.count, String(fields[dash + 1])) }
        }
        return best?.type
    }

    static func finding(_ type: String?) -> Finding {
        guard let type else { return .good("file system", "of a kind that this system does not tell") }
        if networks.contains(type) || (type.hasPrefix("fuse.") && type != "fuse.fuse-overlayfs") {
            return .bad(
                "file system",
                "\(type), a network's or a program's: SQLite's locks cannot be relied on there",
                remedy: "move the data to a local disk, or use PostgreSQL"
            )
        }
        if volatile.contains(type) {
            return .warning("file system", "\(type): gone when the machine restarts", remedy: "move the data to a disk")
        }
        if type == "overlay" || type == "fuse.fuse-overlayfs" {
            return .warning(
                "file system",
                "\(type): inside a container, and gone with it",
                remedy: "mount a volume for the data folder"
            )
        }
        return .good("file system", "\(type), local")
    }
}
