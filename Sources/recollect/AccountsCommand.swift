import ArgumentParser
import RecollectDomain
import RecollectVocabulary

/// Accounts: whose stores there are.
struct AccountsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accounts",
        abstract: "Create and list accounts.",
        subcommands: [Create.self, List.self]
    )

    /// Creates an account.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create an account and print its SID and auth token.",
            discussion: "The SID and the token are the user name and password of HTTP Basic authentication."
        )

        @OptionGroup var storage: StorageOptions
        @Option(help: "The SID, AC and 32 hexadecimal digits. (default: drawn)") var sid: String?
        @Option(help: "The auth token. An account that exists gets this one instead of its old one. (default: drawn)")
        var authToken: String?
        @Flag(help: "Print JSON: {\"sid\", \"authToken\"}.") var json = false

        func run() async throws {
            let sid = try sid.map { text throws in try AccountSID(text) }
            try await Installation.withInstallation(storage) { installation in
                let created = try await installation.memory.accounts.create(sid: sid, token: authToken)
                if json {
                    try Console.writeJSON(["sid": created.account.text, "authToken": created.token])
                } else {
                    Console.write("Account SID  \(created.account.text)")
                    Console.write("Auth token   \(created.token)")
                }
            }
        }
    }

    /// Lists the accounts.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the accounts, oldest first.")

        @OptionGroup var storage: StorageOptions
        @Flag(help: "Print JSON, one account a line.") var json = false

        func run() async throws {
            try await Installation.withInstallation(storage) { installation in
                for (account, createdAt) in try await installation.memory.accounts.list() {
                    if json {
                        try Console.writeJSON(["sid": account.text, "createdAt": createdAt.rfc3339])
                    } else {
                        Console.write("\(account.text)  created \(createdAt.rfc3339)")
                    }
                }
            }
        }
    }
}
