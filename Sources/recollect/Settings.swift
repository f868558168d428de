import ArgumentParser
import Configuration
import Logging
import RecollectPostgres
import SystemPackage

// Where a setting comes from: the command line, then the environment, then a file, then its default. The keys are the same
// everywhere: `dataDir` in the file is RECOLLECT_DATA_DIR in the environment and --data-dir on the command line.

/// The options that every command takes: where the data is.
struct StorageOptions: ParsableArguments {
    @Option(help: "The folder for the database and the secret key. (default: ./data)")
    var dataDir: String?

    @Option(
        help: ArgumentHelp(
            "Where the data is: sqlite:PATH or postgres://USER@HOST/DATABASE.",
            discussion: "Without it, a SQLite file in the data folder."
        )
    )
    var databaseUrl: String?

    @Option(help: "The most connections to PostgreSQL. (default: 8)")
    var databaseConnections: String?

    @Option(
        help: ArgumentHelp(
            "A replica of the PostgreSQL database, postgres://USER@HOST/DATABASE.",
            discussion: "It answers reads whose callers ask for that with the header Recollect-Read: replica."
        )
    )
    var replicaUrl: String?

    @Option(
        help: ArgumentHelp(
            "none, or transaction behind a pooler in transaction mode, such as pgbouncer's. (default: none)",
            discussion: "With transaction, nothing is kept in a session: no settings and no prepared statements."
        )
    )
    var databasePooler: String?

    @Option(
        help: ArgumentHelp(
            "The file with the installation's secret key, mode 0600.",
            discussion:
                "Made on first start, in the data folder unless named here. All servers on one database need the same."
        )
    )
    var secretFile: String?

    @Option(help: "A JSON file with settings.")
    var configFile: String?

    /// What was given on the command line, by key.
    var overrides: [String: String] {
        [
            "dataDir": dataDir,
            "databaseUrl": databaseUrl,
            "databaseConnections": databaseConnections,
            "databasePooler": databasePooler,
            "replicaUrl": replicaUrl,
            "secretFile": secretFile,
        ].compactMapValues(\.self)
    }
}

/// Reads settings from all their sources.
struct SettingsReader {
    private let reader: ConfigReader

    /// Settings for one run.
    ///
    /// - Parameters:
    ///   - overrides: what was given on the command line, by key.
    ///   - file: the file named on the command line.
    /// - Throws: when the file cannot be read or is no JSON object.
    init(overrides: [String: String], file: String?) async throws {
        let environment = EnvironmentVariablesProvider().prefixKeys(with: "recollect")
        var providers: [any ConfigProvider] = [
            InMemoryProvider(
                name: "command line",
                values: Dictionary(
                    uniqueKeysWithValues: overrides.map { key, value in
                        (AbsoluteConfigKey([key]), ConfigValue(.string(value), isSecret: false))
                    }
                )
            ),
            environment,
        ]
        if let path = file ?? ConfigReader(provider: environment).string(forKey: "configFile") {
            providers.append(try await FileProvider<JSONSnapshot>(filePath: FilePath(path)))
        }
        reader = ConfigReader(providers: providers)
    }

    func text(_ key: String) -> String? {
        reader.string(forKey: ConfigKey([key])).flatMap { $0.isEmpty ? nil : $0 }
    }

    func secretText(_ key: String) -> String? {
        reader.string(forKey: ConfigKey([key]), isSecret: true).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A whole number in a range.
    ///
    /// - Throws: `ValidationError` when the setting is something else.
    func number(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = digits(key) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw ValidationError(
                "\(key): must be a whole number from \(range.lowerBound) to \(range.upperBound), not \(text)"
            )
        }
        return number
    }

    /// One of a few texts, which may be numbers.
    ///
    /// - Throws: `ValidationError` when the setting is something else.
    func choice(_ key: String, of choices: [String]) throws -> String? {
        guard let text = digits(key) else { return nil }
        guard choices.contains(text) else {
            throw ValidationError("\(key): must be one of \(choices.joined(separator: ", ")), not \(text)")
        }
        return text
    }

    /// Yes or no.
    ///
    /// - Throws: `ValidationError` when the setting is something else.
    func flag(_ key: String) throws -> Bool? {
        guard let text = text(key) else { return reader.bool(forKey: ConfigKey([key])) }
        guard let flag = Bool(text.lowercased()) else {
            throw ValidationError("\(key): must be true or false, not \(text)")
        }
        return flag
    }

    /// The text of a setting that may be a number: numbers may be written bare in the file and are text everywhere else.
    private func digits(_ key: String) -> String? {
        text(key) ?? reader.int(forKey: ConfigKey([key])).map(String.init)
    }
}

/// Where the data is.
struct StorageSettings {
    /// Which engine holds the data.
    enum Engine {
        case sqlite(path: String)
        case postgres(url: String)

        /// The engine that a URL names; nil when it names none.
        init?(url: String) {
            if url.hasPrefix("sqlite:") {
                self = .sqlite(path: String(url.dropFirst("sqlite:".count)))
            } else if url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") {
                self = .postgres(url: url)
            } else {
                return nil
            }
        }
    }

    let dataDirectory: String
    let engine: Engine
    /// The most connections to PostgreSQL.
    let connections: Int
    let pooler: PostgresPooler
    /// The URL of a replica that answers reads which may lag.
    let replicaURL: String?
    let secretFile: String

    init(_ settings: SettingsReader) throws {
        dataDirectory = settings.text("dataDir") ?? "./data"
        secretFile = settings.text("secretFile") ?? dataDirectory + "/secret.key"
        connections =
            try settings.number("databaseConnections", in: 1...1000) ?? PostgresDatabase.defaultConnections
        pooler =
            try settings.choice("databasePooler", of: PostgresPooler.allCases.map(\.rawValue))
            .flatMap(PostgresPooler.init(rawValue:)) ?? .none
        if let url = settings.secretText("databaseUrl") {
            guard let named = Engine(url: url) else {
                throw ValidationError("databaseUrl: must begin with sqlite:, postgres:// or postgresql://")
            }
            engine = named
        } else {
            engine = .sqlite(path: dataDirectory + "/recollect.sqlite")
        }
        replicaURL = settings.secretText("replicaUrl")
        if let replicaURL {
            guard case .postgres = engine else {
                throw ValidationError("replicaUrl: is for PostgreSQL; SQLite has no replicas")
            }
            guard replicaURL.hasPrefix("postgres://") || replicaURL.hasPrefix("postgresql://") else {
                throw ValidationError("replicaUrl: must begin with postgres:// or postgresql://")
            }
        }
    }
}
