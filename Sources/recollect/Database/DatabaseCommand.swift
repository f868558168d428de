import ArgumentParser

/// What is done to a whole database.
struct DatabaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "database",
        abstract: "Copy a database into another one, and compare two.",
        subcommands: [CopyCommand.self, CompareCommand.self]
    )
}
