import Foundation

/// Whether there is room for what is written.
struct DiskCheck {
    private static let name = "disk"
    /// Below this, writes will soon fail.
    private static let leastBytes = 100 << 20
    /// Below this, or a fifth of the database, room should be made.
    private static let comfortableBytes = 1 << 30

    private let folder: String
    private let databaseBytes: Int

    /// - Parameter storage: where the data is.
    init(_ storage: StorageSettings) {
        switch storage.engine {
        case .sqlite(let path):
            folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            databaseBytes = Self.databaseBytes(path)
        case .postgres:
            folder = storage.dataDirectory
            databaseBytes = 0
        }
    }

    func check() -> [Finding] {
        // The folder need not be there yet; then the one that it will be made in is looked at.
        var place = URL(fileURLWithPath: folder).standardizedFileURL
        while !FileManager.default.fileExists(atPath: place.path), place.path != "/" { place.deleteLastPathComponent() }
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: place.path)
        guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.intValue else {
            let found = "the space in \(place.path) cannot be told"
            return [.warning(Self.name, found, remedy: "see that the folder can be read")]
        }
        return [Self.finding(free: free, database: databaseBytes, place.path)]
    }

    static func finding(free: Int, database: Int, _ place: String) -> Finding {
        let size = database > 0 ? ", the database has \(text(database))" : ""
        let found = "\(text(free)) free in \(place)\(size)"
        if free < leastBytes {
            return .bad(name, found, remedy: "make room now: writes are refused when the disk is full")
        }
        guard free >= max(comfortableBytes, database / 5) else {
            return .warning(name, found, remedy: "make room, or move the data to a larger disk")
        }
        return .good(name, found)
    }

    /// How much a SQLite database takes, its journal included.
    static func databaseBytes(_ path: String) -> Int {
        ["", "-wal", "-shm"].reduce(0) { sum, suffix in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path + suffix)
            return sum + ((attributes?[.size] as? NSNumber)?.intValue ?? 0)
        }
    }

    /// A number of bytes as people say it.
    static func text(_ bytes: Int) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return "\(String(format: unit > 0 && value < 10 ? "%.1f" : "%.0f", value)) \(units[unit])"
    }
}
