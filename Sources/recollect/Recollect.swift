import ArgumentParser

/// The program: one command for each thing an operator does.
@main
struct Recollect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recollect",
        abstract: "A self-hosted memory for agents that talk to customers.",
        discussion: """
            Start a server with `recollect serve`: it needs no other service and no key. The first start creates an account \
            and prints its credentials.

            Every option can also be given as an environment variable (--data-dir is RECOLLECT_DATA_DIR) or as a key of a \
            JSON file named by --config-file or RECOLLECT_CONFIG_FILE ({"dataDir": "/var/lib/recollect"}). \
            The command line wins over the environment, the environment over the file.
            """,
        version: Version.current,
        subcommands: [
            ServeCommand.self, AccountsCommand.self, KeysCommand.self, ImportCommand.self, ModelCommand.self,
            EvalCommand.self, DatabaseCommand.self,
        ]
    )
}

/// The version of the program.
enum Version {
    static let current = "0.1.0"
}
