import ArgumentParser

/// What is done to a whole database.
struct DatabaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "database",
        abstract: "Copy a database into another one, compare two, or spread one over several machines.",
        subcommands: [CopyCommand.self, CompareCommand.self, DistributeCommand.self]
    )
}
