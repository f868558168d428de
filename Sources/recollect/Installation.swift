import Foundation
import Logging
import Metrics
import RecollectDomain
import RecollectEmbedding
import RecollectEngine
import RecollectHTTP
import RecollectPostgres
import RecollectSQL
import RecollectSQLite
import RecollectVocabulary

/// The data of an installation, opened: database, secret, and the domain over them.
struct Installation {
    let database: any Database
    let replica: PostgresDatabase?
    let secret: ServerSecret
    private let secretFile: String
    let memory: Memory
    /// The time: the database's where servers may share it, this machine's otherwise.
    let clock: any WallClock
    /// Whether other servers may share the database.
    let isShared: Bool
    /// What holds the data, for people.
    let storage: String

    /// Opens the data, makes it if there is none, and brings it to this program's version.
    ///
    /// - Parameters:
    ///   - settings: where it is.
    ///   - embedder: what makes vectors; without one recall goes by words alone.
    ///   - limits: the limits that are configured.
    ///   - datasets: the datasets that are registered; nil for a command that reads none.
    ///   - logger: where trouble is told.
    ///   - metrics: where what happens is measured.
    /// - Throws: when something cannot be opened, read or migrated.
    init(
        _ settings: StorageSettings,
        embedder: (any Embedder)? = nil,
        limits: Memory.Limits = Memory.Limits(),
        datasets: Datasets? = nil,
        logger: Logger,
        metrics: any MetricsFactory = MetricsSystem.factory
    ) async throws {
        let ids = RandomIDSource()
        try FileManager.default.createDirectory(
            atPath: settings.dataDirectory,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        switch settings.engine {
        case .sqlite(let path):
            database = try SQLiteDatabase(path: path)
            storage = "SQLite, \(path)"
            (clock, isShared) = (SystemClock(), false)
        case .postgres(let url):
            database = try await PostgresDatabase(url: url, connections: settings.connections, pooler: settings.pooler)
            storage = "PostgreSQL, \(try PostgresAddress(url: url).description)"
            (clock, isShared) = (FollowingClock(), true)
        }
        replica = try settings.replicaURL.map { url in
            try PostgresDatabase(replicaURL: url, connections: settings.connections, pooler: settings.pooler)
        }
        try await Schema.migrate(database)
        secretFile = settings.secretFile
        secret = try SecretFile.secret(at: secretFile, from: ids)
        memory = Memory(
            database: database,
            replica: replica,
            secret: secret,
            clock: clock,
            ids: ids,
            embedder: embedder,
            limits: limits,
            datasets: datasets,
            logger: logger,
            metrics: metrics
        )
        try await memory.servers.setClock()
    }

    /// Refuses the secret of another installation, with which callers would be turned away and new tokens be lost to the
    /// other servers.
    ///
    /// One that opens some accounts may stay: the others are waiting for a new token.
    ///
    /// - Parameter logger: where accounts that it does not open are told.
    /// - Throws: `SecretOfAnotherInstallation`, or when the database cannot be read.
    func requireOwnSecret(_ logger: Logger) async throws {
        let unreadable = try await memory.accounts.unreadable()
        guard let first = unreadable.first else { return }
        guard try await memory.accounts.list().count > unreadable.count else {
            throw SecretOfAnotherInstallation(path: secretFile, account: first)
        }
        logger.warning(
            "the secret does not open the tokens of some accounts; `recollect accounts create --sid` gives them new ones",
            metadata: ["accounts": "\(unreadable.map(\.text).joined(separator: ", "))"]
        )
    }

    /// Opens the data for one command, runs it, and closes the data.
    ///
    /// - Parameters:
    ///   - options: the command's options.
    ///   - body: the command.
    /// - Throws: what opening or the command throws.
    static func withInstallation(
        _ options: StorageOptions,
        _ body: (Installation) async throws -> Void
    ) async throws {
        let settings = try await SettingsReader(overrides: options.overrides, file: options.configFile)
        let installation = try await Installation(try StorageSettings(settings), logger: .recollect(level: .warning))
        do {
            try await body(installation)
        } catch {
            await installation.close()
            throw error
        }
        await installation.close()
    }

    /// Waits for the work in flight, then closes the data.
    func close() async {
        await replica?.close()
        await database.close()
    }

    /// Whether the server can serve: whether the database answers.
    func health() async -> Health {
        let queries = memory.queryVectors
        var details = [
            // No path and no host: whoever asks has not said who they are.
            (name: "engine", value: database.dialect.name), (name: "model", value: queries?.model.name ?? "none"),
            (name: "recall", value: queries?.isInTrouble ?? true ? "lexical" : "hybrid"),
        ]
        if queries != nil, let counts = await memory.gauges.current() {
            details.append((name: "vectorsWaiting", value: "\(counts.queuedVectors)"))
            let stores = counts.storesMadeAnew + counts.storesOfOtherModels
            if stores > 0 {
                details.append((name: "storesMadeAnew", value: "\(stores)"))
                details.append((name: "profilesToQueue", value: "\(counts.profilesToQueue)"))
            }
        }
        do {
            _ = try await memory.accounts.list()
            return Health(isReady: true, details: details)
        } catch {
            return Health(isReady: false, details: details)
        }
    }
}
