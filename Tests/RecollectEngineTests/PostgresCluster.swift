import Foundation
import RecollectTestSupport
import Synchronization

/// A PostgreSQL of a test's own, for what cannot be tried on the one that all tests share.
final class PostgresCluster: Sendable {
    private struct CommandFailed: Error {
        let command: String
        let output: String
    }

    /// Where PostgreSQL's programs are; nil when they are not here.
    static let programs: String? = {
        let versions = "/usr/lib/postgresql"
        let found = try? FileManager.default.contentsOfDirectory(atPath: versions)
        return found?.max { $0.compare($1, options: .numeric) == .orderedAscending }.map { "\(versions)/\($0)/bin" }
    }()

    /// The folder of the cluster and whatever a test puts beside it.
    let folder: String
    let port: Int
    private let data: String

    /// The URL of its database.
    var url: String { "postgres://postgres@127.0.0.1:\(port)/postgres" }

    private init(folder: String, name: String) throws {
        self.folder = folder
        data = "\(folder)/\(name)"
        port = try FaultyProxy.freePort()
    }

    /// Runs a test with a folder for clusters, which is gone afterwards.
    static func withFolder(_ body: (String) async throws -> Void) async throws {
        let name = "recollect-clusters-\(ProcessInfo.processInfo.globallyUniqueString)"
        let folder = FileManager.default.temporaryDirectory.appending(path: name).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // PostgreSQL refuses to run as root.
        if getuid() == 0 { try run("chown", "postgres", folder) }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    /// Runs a test with a primary.
    static func withPrimary(
        in folder: String,
        options: String = "",
        _ body: (PostgresCluster) async throws -> Void
    ) async throws {
        let cluster = try PostgresCluster(folder: folder, name: "primary")
        try runAsOwner("initdb", "-D", cluster.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        try cluster.start(options)
        defer { cluster.stop() }
        try await body(cluster)
    }

    /// Runs a test with a standby of this cluster.
    func withStandby(_ body: (PostgresCluster) async throws -> Void) async throws {
        let standby = try PostgresCluster(folder: folder, name: "standby")
        try Self.runAsOwner("pg_basebackup", "-D", standby.data, "-d", url, "-R", "-c", "fast", "-N")
        try standby.start("")
        defer { standby.stop() }
        try await body(standby)
    }

    /// Ends it at once, as a crash would.
    func stop() {
        try? Self.runAsOwner("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    }

    func start(_ options: String) throws {
        let settings = "-p \(port) -c fsync=off -c listen_addresses=127.0.0.1 -c unix_socket_directories=\(folder)"
        try Self.runAsOwner("pg_ctl", "-D", data, "-w", "-l", "\(data).log", "-o", "\(settings) \(options)", "start")
    }

    /// Makes a certificate that signs itself, for a host, and its key.
    static func certify(_ host: String, as name: String, in folder: String) throws -> (certificate: String, key: String)
    {
        let (certificate, key) = ("\(folder)/\(name).crt", "\(folder)/\(name).key")
        try run(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "1",
            "-subj",
            "/CN=\(host)",
            "-addext",
            "subjectAltName=DNS:\(host)",
            "-keyout",
            key,
            "-out",
            certificate
        )
        try run("chmod", "600", key)
        if getuid() == 0 { try run("chown", "postgres", key) }
        return (certificate, key)
    }

    private static func runAsOwner(_ program: String, _ arguments: String...) throws {
        let command = ["\(programs ?? "")/\(program)"] + arguments
        try run(getuid() == 0 ? ["runuser", "-u", "postgres", "--"] + command : command)
    }

    private static func run(_ command: String...) throws {
        try run(command)
    }

    /// Runs a command.
    ///
    /// Without `Process`, which waits until also those have ended whom the command leaves behind. What it says goes to a file,
    /// as they would keep a pipe open.
    private static func run(_ command: [String]) throws {
        let name = "output-\(ProcessInfo.processInfo.globallyUniqueString)"
        let output = FileManager.default.temporaryDirectory.appending(path: name)
        defer { try? FileManager.default.removeItem(at: output) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output.path, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // In a folder that PostgreSQL's owner may enter.
        let environment = "/usr/bin/env"
        let arguments = ([environment, "-C", "/"] + command).map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        var status: Int32 = -1
        let spawned = posix_spawn(&process, environment, &actions, nil, arguments + [nil], environ)
        if spawned == 0 { waitpid(process, &status, 0) }
        guard spawned == 0, status == 0 else {
            throw CommandFailed(
                command: command.joined(separator: " "),
                output: (try? String(contentsOf: output, encoding: .utf8)) ?? ""
            )
        }
    }
}
