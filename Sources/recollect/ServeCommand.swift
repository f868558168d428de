import ArgumentParser
import Foundation
import Logging
import Metrics
import RecollectDomain
import RecollectEmbedding
import RecollectEngine
import RecollectHTTP
import RecollectVocabulary
import ServiceLifecycle
import UnixSignals

/// Runs the server.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Start the server.",
        discussion: """
            The first start makes the database and an account, and prints the account's credentials. \
            RECOLLECT_ACCOUNT_SID and RECOLLECT_AUTH_TOKEN, when both are set, name the account instead.

            SIGTERM and SIGINT make /health answer 503 while the server drains, finish the requests under way, give the jobs \
            under way back, then end the server.
            """
    )

    @OptionGroup var storage: StorageOptions
    @OptionGroup var embedding: EmbeddingOptions
    @Option(help: "The address to listen on. (default: 127.0.0.1)") var host: String?
    @Option(help: "The port to listen on; 0 lets the system choose. (default: 8080)") var port: String?
    @Option(help: "Scheme, host and port that callers use, when they come through a proxy.") var publicUrl: String?
    @Option(help: "trace, debug, info, notice, warning, error or critical. (default: notice)") var logLevel: String?
    @Option(help: "text or json, one entry a line on standard error. (default: text)") var logFormat: String?
    @Option(
        help: ArgumentHelp(
            "Who may read GET /metrics: off, loopback or on. (default: loopback)",
            discussion: """
                It asks for no credentials. loopback serves it while the server listens on loopback and has no \
                --public-url; on serves it to whoever reaches the server.
                """
        )
    )
    var metrics: String?
    @Option(
        help: ArgumentHelp(
            "Requests a second that an account may send; 0 for any number.",
            discussion: "The default is 0 when listening on loopback, 200 otherwise."
        )
    )
    var rateLimit: String?
    @Option(
        help: ArgumentHelp(
            "Seconds that the server goes on to serve after it was told to stop, while /health says so.",
            discussion: "The default is 0 when listening on loopback, 5 otherwise."
        )
    )
    var drainSeconds: String?
    @Option(
        help: ArgumentHelp(
            "The status of reads of a profile that was merged into another: 200 with that one's data, or 301.",
            discussion: "The default is 200: the official client reads a 301 as an empty profile."
        )
    )
    var mergedReads: String?
    @Option(
        help: ArgumentHelp(
            "The JSON file that registers the datasets which data mappings may read.",
            discussion: "A list of CSV folders and of tables or queries of SQLite and PostgreSQL databases."
        )
    )
    var datasets: String?

    func run() async throws {
        var overrides = storage.overrides.merging(embedding.overrides) { $1 }
        overrides["host"] = host
        overrides["port"] = port
        overrides["publicUrl"] = publicUrl
        overrides["logLevel"] = logLevel
        overrides["logFormat"] = logFormat
        overrides["metrics"] = metrics
        overrides["rateLimit"] = rateLimit
        overrides["drainSeconds"] = drainSeconds
        overrides["mergedReads"] = mergedReads
        overrides["datasets"] = datasets
        let settings = try await SettingsReader(overrides: overrides, file: storage.configFile)
        let server = try ServerSettings(settings)
        let logger = Logger.recollect(level: server.logLevel, format: server.logFormat)
        try await EmbeddingChoice(settings).withEmbedder(logger) { embedder, description in
            try await Self.serve(settings, server, embedder, model: description, logger)
        }
    }

    private static func serve(
        _ settings: SettingsReader,
        _ server: ServerSettings,
        _ embedder: (any Embedder)?,
        model: String,
        _ logger: Logger
    ) async throws {
        let metrics = ServerMetrics(startedAt: SystemClock().now())
        MetricsSystem.bootstrap(metrics.registry)
        let installation = try await Installation(
            try StorageSettings(settings),
            embedder: embedder,
            datasets: try settings.text("datasets").map(DatasetsFile.datasets(at:)) ?? Datasets(),
            logger: logger,
            metrics: metrics.registry
        )
        metrics.tellBuild(engine: installation.database.dialect.name)
        try await installation.requireOwnSecret(logger)
        let newAccount = try await firstAccount(settings, installation.memory.accounts)
        let drain = Drain(server.drainDuration)
        let metricsPage: @Sendable () async -> MetricsPage = { await metrics.page(of: installation) }
        let api = APIServer(
            routes: APIRoutes.routes(
                on: installation.memory,
                clock: installation.clock,
                uploadKey: installation.secret.uploadKey
            ),
            options: server.options(installation.secret),
            clock: installation.clock,
            ids: RandomIDSource(),
            logger: logger,
            drain: drain,
            budget: installation.isShared ? installation.memory.sharedBudget(of: server) : nil,
            authenticate: installation.memory.accounts.authenticate(user:password:),
            health: { await installation.health() },
            metrics: metrics.registry,
            metricsPage: server.servesMetrics ? metricsPage : nil
        )
        let application = api.application { port in
            Banner(port: port, server: server, storage: installation.storage, model: model, account: newAccount).show()
        }
        // Services end in reverse order: first the server drains, then no more requests, then no more vectors and jobs, then the
        // other servers are told, then the database is closed.
        var services: [any Service] = []
        if installation.isShared { services.append(installation.memory.servers.beating(as: server.name)) }
        if let rateLimit = api.sharedRateLimit { services.append(rateLimit) }
        services += [installation.memory.jobs, installation.memory.gauges]
        if let vectorMaker = installation.memory.vectorMaker { services.append(vectorMaker) }
        if let queryVectors = installation.memory.queryVectors { services.append(queryVectors) }
        services.append(application)
        services.append(drain)
        let group = ServiceGroup(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        try await group.run()
        await installation.close()
    }

    /// The account of a first start: the one that the settings name, or a new one when there is none at all.
    ///
    /// - Returns: the account to show; nil when it was there before.
    private static func firstAccount(
        _ settings: SettingsReader,
        _ accounts: Accounts
    ) async throws -> (account: AccountSID, token: String)? {
        switch (settings.text("accountSid"), settings.secretText("authToken")) {
        case (let sid?, let token?):
            return try await accounts.create(sid: AccountSID(sid), token: token)
        case (nil, nil):
            return try await accounts.list().isEmpty ? accounts.create() : nil
        default:
            throw ValidationError("accountSid and authToken name the first account together: set both or neither")
        }
    }
}

/// How the server listens and what it allows.
struct ServerSettings {
    /// What an account may send when strangers may reach the server.
    private static let publicRequestsPerSecond = 200
    /// How long a server drains when others may be there to take over: longer than a balancer takes to notice.
    private static let publicDrainSeconds = 5

    let host: String
    let port: Int
    /// Whether only this machine reaches it.
    let isLoopback: Bool
    let publicURL: String?
    let logLevel: Logger.Level
    let logFormat: LogFormat
    /// Whether `GET /metrics` is answered.
    let servesMetrics: Bool
    let requestsPerSecond: Int
    /// How long the server goes on to serve after it was told to stop.
    let drainDuration: Duration
    /// Whether a read of a merged profile is answered with 301 rather than with the canonical profile's data.
    let redirectsMergedReads: Bool

    init(_ settings: SettingsReader) throws {
        host = settings.text("host") ?? "127.0.0.1"
        port = try settings.number("port", in: 0...65535) ?? 8080
        publicURL = settings.text("publicUrl")
        if let name = settings.text("logLevel") {
            guard let level = Logger.Level(rawValue: name.lowercased()) else {
                let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("logLevel: must be one of \(levels), not \(name)")
            }
            logLevel = level
        } else {
            logLevel = .notice
        }
        let format = try settings.choice("logFormat", of: LogFormat.allCases.map(\.rawValue))
        logFormat = format.flatMap(LogFormat.init(rawValue:)) ?? .text
        isLoopback = host == "localhost" || host == "::1" || host.hasPrefix("127.")
        let byDefault = isLoopback ? 0 : Self.publicRequestsPerSecond
        let access = try settings.choice("metrics", of: MetricsAccess.allCases.map(\.rawValue))
        servesMetrics = (access.flatMap(MetricsAccess.init(rawValue:)) ?? .loopback)
            .isServed(onLoopback: isLoopback, behindProxy: publicURL != nil)
        requestsPerSecond = try settings.number("rateLimit", in: 0...1_000_000) ?? byDefault
        let drainSeconds = try settings.number("drainSeconds", in: 0...3600)
        drainDuration = .seconds(drainSeconds ?? (isLoopback ? 0 : Self.publicDrainSeconds))
        redirectsMergedReads = try settings.choice("mergedReads", of: ["200", "301"]) == "301"
    }

    /// What other servers know this one by.
    var name: String { "\(ProcessInfo.processInfo.hostName):\(port)" }

    /// The options of the HTTP server.
    func options(_ secret: ServerSecret) -> APIServer.Options {
        var options = APIServer.Options(
            pageTokenKey: secret.pageTokenKey,
            openAPIDocument: Contract.document
        )
        options.host = host
        options.port = port
        options.publicURL = publicURL
        options.requestsPerSecond = requestsPerSecond == 0 ? nil : Double(requestsPerSecond)
        options.redirectsMergedReads = redirectsMergedReads
        return options
    }
}

/// What the server runs on, in one screen.
struct Banner {
    let port: Int
    let server: ServerSettings
    let storage: String
    let model: String
    let account: (account: AccountSID, token: String)?

    func show() {
        let url = server.publicURL ?? "http://\(server.host):\(port)"
        Console.write("Recollect \(Version.current)")
        Console.write("  Address   \(url)")
        Console.write("  Storage   \(storage)")
        Console.write("  Model     \(model)")
        Console.write(
            "  Rate      \(server.requestsPerSecond == 0 ? "unlimited" : "\(server.requestsPerSecond) requests/s an account")"
        )
        guard let account else { return }
        Console.write("  Account   \(account.account.text)")
        Console.write("  Token     \(account.token)")
        Console.write("Try it:")
        Console.write("  curl -u \(account.account.text):\(account.token) \(url)/v1/ControlPlane/Stores")
    }
}

extension Memory {
    /// What shares the rate limits of a server with others.
    fileprivate func sharedBudget(of server: ServerSettings) -> SharedBudget {
        let (budgets, servers, rate) = (requestBudgets, servers, Double(server.requestsPerSecond))
        return SharedBudget(
            servers: { servers.count },
            settle: { admitted in try await budgets.settle(admitted, rate: rate) }
        )
    }
}
