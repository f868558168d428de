import ArgumentParser
import RecollectPostgres
import RecollectSQL

/// Spreads a database over the nodes of Citus.
struct DistributeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "distribute",
        abstract: "Turn the tables of a database into distributed tables of Citus.",
        discussion: """
            Stop the servers first. The database must be the coordinator of a Citus cluster that has workers. What belongs to \
            one profile lies on one node, the identifiers are spread by themselves, and settings have a copy on every node. \
            An interrupted run goes on when the same command is run again; what is distributed already is left as it is. \
            Later versions of the schema distribute their own tables.

            Example: recollect database distribute --database-url postgres://recollect@coordinator/recollect
            """
    )

    /// Citus accepts no more.
    private static let shardsRange = 1...64_000

    @OptionGroup var storage: StorageOptions
    @Option(help: "How many parts a family of tables is cut into. (default: citus.shard_count of the database, 32)")
    var shards: Int?

    func validate() throws {
        guard shards.map(Self.shardsRange.contains) ?? true else {
            throw ValidationError(
                "--shards: must be from \(Self.shardsRange.lowerBound) to \(Self.shardsRange.upperBound)"
            )
        }
    }

    func run() async throws {
        let reader = try await SettingsReader(overrides: storage.overrides, file: storage.configFile)
        let settings = try StorageSettings(reader)
        guard case .postgres(let url) = settings.engine else {
            throw ValidationError("databaseUrl: must be the coordinator of a Citus: postgres://USER@HOST/DATABASE")
        }
        let database = try await PostgresDatabase(url: url, connections: 1, pooler: settings.pooler)
        do {
            try await Distribution(shards: shards).run(on: database) { table, outcome in Self.tell(outcome, of: table) }
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    private static func tell(_ outcome: Distribution.Outcome, of table: SchemaTable) {
        let place =
            switch (table.family, table.family.distributionColumn) {
            case (.background, _): "on the coordinator"
            case (_, let column?): "by \(column)"
            case (_, nil): "on every node"
            }
        Console.write("\(table.name): \(outcome == .distributed ? place : "\(place), as before")")
    }
}
