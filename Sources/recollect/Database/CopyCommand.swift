import ArgumentParser
import Logging
import RecollectDomain
import RecollectEngine
import RecollectTransfer
import RecollectVocabulary

/// Copies a database into another one, of the same engine or another.
struct CopyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copy everything into an empty database, and verify it.",
        discussion: """
            Stop the servers of the source first; it stays as it is. The target must be empty: a SQLite file that is not \
            there yet, or a PostgreSQL database without tables. A copy that was interrupted goes on when the same command is \
            run again, and no server starts on the target before it is whole. At the end both sides are read again and \
            compared, table by table, by counts and checksums.

            The installation's secret is not in the database: take the file along (secret.key in the data folder), or the \
            auth tokens cannot be read.

            Example: recollect database copy --from sqlite:data/recollect.sqlite --to postgres://recollect@db/recollect
            """
    )

    @Option(help: "The database to copy: sqlite:PATH or postgres://USER@HOST/DATABASE.") var from: String
    @Option(help: "Where to: sqlite:PATH or postgres://USER@HOST/DATABASE.") var to: String
    @Option(help: "The source's secret key, to try whether it opens the accounts.") var secretFile: String?
    @Flag(help: "Copy although something is connected to the source; its writes are refused meanwhile.")
    var allowConnected = false
    @Flag(help: "Print JSON, one table a line: {\"table\", \"rows\", \"sha256\", \"equal\"}.") var json = false

    func run() async throws {
        let sourceAddress = try DatabaseAddress(from, option: "--from")
        let targetAddress = try DatabaseAddress(to, option: "--to")
        guard from != to else { throw ValidationError("--from and --to are the same database") }
        let source = try await sourceAddress.open()
        await source.close()
        if !allowConnected { try await sourceAddress.requireUnused() }
        let compared = try await Databases.with(sourceAddress.open, targetAddress.openOrMake) { source, target in
            if let secretFile { try await trySecret(secretFile, on: source) }
            return try await TransferBar.following { progress in
                try await DatabaseCopy(from: source, to: target).run(progress: progress)
            }
        }
        try Comparisons.show(compared, json: json)
        guard compared.differing.isEmpty else {
            Console.writeError("The copy differs from its source, and no server starts on it: run the command again.")
            throw ExitCode.failure
        }
        if !json {
            Console.write("The copy is whole. Start its servers with the secret file of the source (--secret-file).")
        }
    }

    private func trySecret(_ path: String, on source: any Database) async throws {
        let memory = Memory(
            database: source,
            secret: try SecretFile.existing(at: path),
            clock: SystemClock(),
            ids: RandomIDSource(),
            logger: .recollect(level: .warning)
        )
        let unreadable = try await memory.accounts.unreadable()
        guard let first = unreadable.first else { return }
        throw SecretOfAnotherInstallation(path: path, account: first)
    }
}

/// Compares what two databases hold.
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare what two databases hold, by counts and checksums.",
        discussion: "Both are read whole and stay as they are. No server should write to them meanwhile."
    )

    @Option(help: "A database: sqlite:PATH or postgres://USER@HOST/DATABASE.") var from: String
    @Option(help: "Another database.") var to: String
    @Flag(help: "Print JSON, one table a line: {\"table\", \"rows\", \"sha256\", \"equal\"}.") var json = false

    func run() async throws {
        let source = try DatabaseAddress(from, option: "--from")
        let target = try DatabaseAddress(to, option: "--to")
        let compared = try await Databases.with(source.open, target.open) { source, target in
            try await TransferBar.following { progress in
                try await DatabaseComparison.run(source, target, progress: progress)
            }
        }
        try Comparisons.show(compared, json: json)
        if !compared.differing.isEmpty { throw ExitCode.failure }
    }
}
