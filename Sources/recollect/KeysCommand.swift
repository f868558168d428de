import ArgumentParser
import RecollectDomain
import RecollectVocabulary

/// API keys: credentials of an account that can be revoked one by one.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Create, list and revoke the API keys of an account.",
        subcommands: [Create.self, List.self, Revoke.self]
    )

    /// Which account a key command is about.
    struct AccountOption: ParsableArguments {
        @Option(help: "The account's SID. (default: the only account)") var account: String?

        /// The account named, or the only one there is.
        func account(of installation: Installation) async throws -> AccountSID {
            if let account { return try AccountSID(account) }
            let accounts = try await installation.memory.accounts.list()
            guard let only = accounts.first, accounts.count == 1 else {
                throw ValidationError("there are \(accounts.count) accounts: name one with --account")
            }
            return only.account
        }
    }

    /// Creates a key.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create an API key and print its SID and secret.",
            discussion: "The secret is shown this once: the server keeps only its digest."
        )

        @OptionGroup var storage: StorageOptions
        @OptionGroup var owner: AccountOption
        @Flag(help: "Print JSON: {\"sid\", \"secret\"}.") var json = false

        func run() async throws {
            try await Installation.withInstallation(storage) { installation in
                let account = try await owner.account(of: installation)
                let key = try await installation.memory.accounts.createKey(for: account)
                if json {
                    try Console.writeJSON(["sid": key.sid.text, "secret": key.secret])
                } else {
                    Console.write("API key SID  \(key.sid.text)")
                    Console.write("Secret       \(key.secret)")
                }
            }
        }
    }

    /// Lists the keys of an account.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the API keys of an account.")

        @OptionGroup var storage: StorageOptions
        @OptionGroup var owner: AccountOption
        @Flag(help: "Print JSON, one key a line.") var json = false

        func run() async throws {
            try await Installation.withInstallation(storage) { installation in
                let account = try await owner.account(of: installation)
                for key in try await installation.memory.accounts.keys(of: account) {
                    if json {
                        try Console.writeJSON([
                            "sid": key.sid.text,
                            "createdAt": key.createdAt.rfc3339,
                            "revokedAt": key.revokedAt?.rfc3339,
                        ])
                    } else {
                        let state = key.revokedAt.map { "revoked \($0.rfc3339)" } ?? "valid"
                        Console.write("\(key.sid.text)  created \(key.createdAt.rfc3339)  \(state)")
                    }
                }
            }
        }
    }

    /// Revokes a key.
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke an API key; running servers refuse it within seconds."
        )

        @OptionGroup var storage: StorageOptions
        @Argument(help: "The key's SID.") var sid: String
        @Flag(help: "Print JSON: {\"sid\"}.") var json = false

        func run() async throws {
            let key = try APIKeySID(sid)
            try await Installation.withInstallation(storage) { installation in
                try await installation.memory.accounts.revokeKey(key)
                if json {
                    try Console.writeJSON(["sid": key.text])
                } else {
                    Console.write("revoked \(key.text)")
                }
            }
        }
    }
}
