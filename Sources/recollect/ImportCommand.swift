import ArgumentParser
import Foundation
import RecollectDomain
import RecollectVocabulary

/// Imports a file of profiles without going through the server.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import profiles from a CSV file.",
        discussion: """
            The first row names the columns. At least two columns must be mapped, one of them to a trait that is promoted to \
            an identifier. A server may run on the same data meanwhile.

            Example: recollect import customers.csv --store mem_store_… --map email=Contact.email --map name=Contact.firstName
            """
    )

    /// How long to wait before the progress is looked at again.
    private static let pause = Duration.milliseconds(200)

    @OptionGroup var storage: StorageOptions
    @Argument(help: "The file.") var file: String
    @Option(help: "The id of the store.") var store: String
    @Option(help: "A column and the trait it becomes: column=Group.trait. May be given many times.") var map: [String] =
        []
    @Option(help: "The id of a data mapping of the store, in place of --map.") var mapping: String?
    @Flag(help: "Print JSON at the end: {\"importId\", \"status\", \"rows\", …}.") var json = false

    func run() async throws {
        let store = try StoreID(store, field: "--store")
        let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
        guard ImportLimits.fileSize.contains(size) else {
            throw ValidationError("\(file): must have 1 to \(ImportLimits.fileSize.upperBound) bytes, and has \(size)")
        }
        let request = ImportRequest(
            fileName: URL(filePath: file).lastPathComponent,
            fileSize: size,
            columns: try columns()
        )
        try await Installation.withInstallation(storage) { installation in
            let memory = installation.memory
            let scope = try await memory.stores.ownerScope(of: store)
            let announced = try await memory.imports.create(request, in: store, scope)
            try await memory.imports.receive(announced.id, length: size, from: FilePieces(path: file))
            let ended = try await follow(announced.id, in: store, scope, memory)
            try await report(ended, in: store, scope, memory)
        }
    }

    private func columns() throws -> ImportRequest.Columns {
        if let mapping {
            guard map.isEmpty else { throw ValidationError("--mapping stands in place of --map") }
            return .mapping(try DataMappingID(mapping, field: "--mapping"))
        }
        guard ImportLimits.columns.contains(map.count) else {
            throw ValidationError("--map: needs \(ImportLimits.columns.lowerBound) columns at least")
        }
        return .mapped(try map.map(Self.column))
    }

    /// Reads `column=Group.trait`; the column may hold equals signs, the group points.
    private static func column(_ text: String) throws -> ColumnMapping {
        guard let equals = text.lastIndex(of: "="), let point = text.lastIndex(of: "."), equals < point else {
            throw ValidationError("--map \(text): must be column=Group.trait")
        }
        return ColumnMapping(
            columnName: String(text[..<equals]),
            traitGroup: String(text[text.index(after: equals)..<point]),
            traitName: String(text[text.index(after: point)...])
        )
    }

    /// Reads the rows, here or in a server on the same data, and shows how far it is until it ends.
    private func follow(
        _ id: ImportID,
        in store: StoreID,
        _ scope: AccountScope,
        _ memory: Memory
    ) async throws -> ProfileImport {
        var bar = ProgressBar(label: "Importing")
        return try await withThrowingTaskGroup { group in
            group.addTask { await memory.jobs.runDueJobs() }
            defer { group.cancelAll() }
            while true {
                let current = try await memory.imports.fetch(id, in: store, scope)
                let progress = current.progress
                bar.show(progress.position, of: current.fileSize, note: "\(progress.rows) rows")
                if current.status == .completed || current.status == .failed {
                    bar.end()
                    return current
                }
                try await Task.sleep(for: Self.pause)
            }
        }
    }

    private func report(
        _ ended: ProfileImport,
        in store: StoreID,
        _ scope: AccountScope,
        _ memory: Memory
    ) async throws {
        let (rows, counts) = (ended.progress.rows, ended.progress.counts)
        let page = PageQuery<Int>(order: .ascending, cursor: nil, isBackward: false, limit: ImportLimits.failedRows + 1)
        let errors = try await memory.imports.errors(page, of: ended.id, in: store, scope).rows
        if json {
            let report = Report(
                importId: "\(ended.id)",
                status: ended.status.rawValue,
                rows: rows,
                created: counts.created,
                updated: counts.updated,
                merged: counts.merged,
                failed: counts.failed,
                failure: ended.failure
            )
            try Console.writeJSON(report)
        } else {
            Console.write(
                "\(ended.status.rawValue): \(rows) rows, \(counts.created) profiles created, \(counts.updated) updated,"
            )
            Console.write(
                "  \(counts.merged) merged, \(counts.failed) rows failed\(ended.failure.map { ": \($0)" } ?? "")"
            )
            for error in errors {
                Console.write("  line \(error.line)\(error.column.map { ", \($0)" } ?? ""): \(error.message)")
            }
        }
        if ended.status == .failed { throw ExitCode.failure }
    }

    /// What `--json` prints.
    private struct Report: Encodable {
        let importId: String
        let status: String
        let rows: Int
        let created: Int
        let updated: Int
        let merged: Int
        let failed: Int
        let failure: String?
    }
}

/// A file in pieces, read as they are asked for.
struct FilePieces: AsyncSequence, AsyncIteratorProtocol {
    private static let bytes = 1024 * 1024

    private let handle: FileHandle

    init(path: String) throws {
        handle = try FileHandle(forReadingFrom: URL(filePath: path))
    }

    func makeAsyncIterator() -> FilePieces { self }

    mutating func next() async throws -> [UInt8]? {
        guard let data = try handle.read(upToCount: Self.bytes), !data.isEmpty else { return nil }
        return Array(data)
    }
}
