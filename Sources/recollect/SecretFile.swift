import Foundation
import RecollectDomain
import RecollectVocabulary
import SystemPackage

/// The file that holds the installation's secret: 32 bytes that only the server's user may read.
enum SecretFile {
    /// Reads the secret, or makes it if there is none.
    ///
    /// A new secret is written to a file of its own first and then linked to its name, which fails if the name exists: of
    /// two servers that start at once, both use the one that was first, and neither reads a half-written file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - ids: where a new secret's bytes come from.
    /// - Returns: the secret.
    /// - Throws: when the file cannot be read or made, or does not hold 32 bytes.
    static func secret(at path: String, from ids: some IDSource) throws -> ServerSecret {
        if !FileManager.default.fileExists(atPath: path) {
            try create(at: path, from: ids)
        }
        return try existing(at: path)
    }

    /// Reads a secret that is there.
    ///
    /// - Parameter path: the file.
    /// - Returns: the secret.
    /// - Throws: when the file cannot be read or does not hold 32 bytes.
    static func existing(at path: String) throws -> ServerSecret {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        guard bytes.count == ServerSecret.length else {
            throw SecretFileUnusable(path: path, length: bytes.count)
        }
        return ServerSecret(bytes)
    }

    private static func create(at path: String, from ids: some IDSource) throws {
        let draft = path + ".\(ids.secret(8).hexadecimal)"
        defer { try? FileManager.default.removeItem(atPath: draft) }
        let file = try FileDescriptor.open(
            FilePath(draft),
            .writeOnly,
            options: [.create, .exclusiveCreate],
            permissions: .ownerReadWrite
        )
        try file.closeAfter {
            _ = try file.writeAll(ids.secret(ServerSecret.length))
        }
        do {
            try FileManager.default.linkItem(atPath: draft, toPath: path)
        } catch  where FileManager.default.fileExists(atPath: path) {
            // Another server was first; its secret is the one.
        }
    }
}

/// The secret's file holds something else.
struct SecretFileUnusable: Error, CustomStringConvertible {
    let path: String
    let length: Int

    var description: String {
        """
        \(path) has \(length) bytes where the installation's secret has \(ServerSecret.length): restore it from a backup. \
        Without it the stored auth tokens cannot be read.
        """
    }
}

/// The secret was made for another installation.
struct SecretOfAnotherInstallation: Error, CustomStringConvertible {
    let path: String
    let account: AccountSID

    var description: String {
        """
        \(path) does not open the auth token of account \(account.text): it is the secret of another installation. All servers \
        of a database need the same secret file (--secret-file).
        """
    }
}
