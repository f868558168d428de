import ArgumentParser

/// What is done to a whole database.
struct DatabaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "database",
        abstract: "Spread a database over several machines.",
        subcommands: [DistributeCommand.self]
    )
}
