import Foundation
import RecollectDomain
import RecollectEngine
import RecollectPostgres
import RecollectSQL
import RecollectSQLite
import RecollectTestSupport
import RecollectVocabulary
import Testing

@testable import recollect

@Suite struct `The doctor on a database` {
    private static func findings(_ database: any Database) async -> [Finding] {
        let checks = DatabaseChecks(database, clock: ManualClock())
        let (schema, canRead) = await checks.schema()
        guard canRead else { return [await checks.writing(), schema] }
        return [await checks.writing(), schema, await checks.newestIDs()] + (await checks.work(nil))
    }

    private static func verdicts(_ findings: [Finding]) -> [String: Finding.Verdict] {
        Dictionary(findings.map { ($0.check, $0.verdict) }) { first, _ in first }
    }

    @Test(arguments: EngineKind.available)
    func `nothing is wrong with a fresh one, and nothing is changed`(on engine: EngineKind) async throws {
        try await withDatabase(on: engine) { database in
            for _ in 0..<2 {
                let findings = await Self.findings(database)
                #expect(findings.allSatisfy { $0.verdict == .good }, "\(findings)")
            }
            let found = try await Schema.migrate(database)
            #expect(found == Schema.version)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a schema of a newer program is told`(on engine: EngineKind) async throws {
        try await withDatabase(on: engine) { database in
            try await Self.setSchema(database, version: Schema.version + 1, oldestCompatible: Schema.version)
            #expect(Self.verdicts(await Self.findings(database))["migrations"] == .warning)
            try await Self.setSchema(database, version: 99, oldestCompatible: 99)
            #expect(Self.verdicts(await Self.findings(database))["migrations"] == .bad)
        }
    }

    @Test(arguments: EngineKind.available)
    func `an older schema is told, and is not migrated`(on engine: EngineKind) async throws {
        try await withDatabase(on: engine, migratedTo: Schema.version - 1) { database in
            let findings = await Self.findings(database)
            #expect(Self.verdicts(findings)["migrations"] == .warning)
            #expect(Self.verdicts(findings)["writing"] == .good)
            let found = try await Schema.migrate(database)
            #expect(found == Schema.version - 1)
        }
    }

    @Test(arguments: EngineKind.available)
    func `one without tables can be written, and gets none`(on engine: EngineKind) async throws {
        try await withDatabase(on: engine, migratedTo: 0) { database in
            _ = try await database.write { connection in try connection.run(Statement("DROP TABLE schema_version"), [])
            }
            let findings = await Self.findings(database)
            #expect(Self.verdicts(findings) == ["writing": .good, "migrations": .good])
            let found = try await Schema.migrate(database)
            #expect(found == 0)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a clock behind the newest id is told`(on engine: EngineKind) async throws {
        try await withMemory(on: engine) { test in
            test.clock.advance(by: .seconds(3600))
            _ = try await test.profile(["email": "ada@example.com"], in: test.store())
            let finding = await DatabaseChecks(test.database, clock: ManualClock()).newestIDs()
            #expect(finding.verdict == .bad)
            #expect(finding.found.hasPrefix("60 min behind"))
            #expect(await DatabaseChecks(test.database, clock: test.clock).newestIDs().verdict == .good)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a secret of another installation is told`(on engine: EngineKind) async throws {
        try await withMemory(on: engine) { test in
            let checks = DatabaseChecks(test.database, clock: test.clock)
            let right = ServerSecret([UInt8](repeating: 7, count: ServerSecret.length))
            #expect(await checks.accounts(right).verdict == .good)
            let wrong = ServerSecret([UInt8](repeating: 8, count: ServerSecret.length))
            #expect(await checks.accounts(wrong).verdict == .bad)
        }
    }

    @Test func `one that cannot be written is told`() async throws {
        try await withFolder { folder in
            let path = folder + "/memory.sqlite"
            let database = try SQLiteDatabase(path: path)
            try await Schema.migrate(database)
            let readOnly = try SQLiteInspection(path: path, isReadOnly: true)
            #expect(await DatabaseChecks(readOnly, clock: ManualClock()).writing().verdict == .bad)
            await readOnly.close()
            await database.close()
        }
    }

    @Test func `looking at a SQLite file leaves it as it is`() async throws {
        try await withFolder { folder in
            let path = folder + "/memory.sqlite"
            let database = try SQLiteDatabase(path: path)
            try await Schema.migrate(database)
            await database.close()
            let before = FileManager.default.contents(atPath: path)
            let inspection = try SQLiteInspection(path: path)
            let findings = await SQLiteChecks(inspection, path: path).check() + Self.findings(inspection)
            await inspection.close()
            #expect(findings.allSatisfy { $0.verdict != .bad }, "\(findings)")
            #expect(FileManager.default.contents(atPath: path) == before)
        }
    }

    @Test func `a file that is no database is told`() async throws {
        try await withFolder { folder in
            let path = folder + "/memory.sqlite"
            try Data("this is no database, and long enough to be looked at".utf8).write(to: URL(fileURLWithPath: path))
            let findings = try await Self.doctor(["databaseUrl": "sqlite:\(path)", "dataDir": folder, "model": "none"])
            #expect(findings.first { $0.check == "database" }?.verdict == .bad)
        }
    }

    @Test func `a database that cannot be reached is told, without its password`() async throws {
        let url = "postgres://recollect:hunter2@127.0.0.1:1/memory?connect_timeout=2"
        let findings = try await Self.doctor(["databaseUrl": url, "dataDir": "/nonexistent", "model": "none"])
        #expect(findings.first { $0.check == "database" }?.verdict == .bad)
        #expect(!findings.contains { $0.line.contains("hunter2") })
    }

    @Test func `an installation that is not there yet is nothing bad, and is not made`() async throws {
        try await withFolder { folder in
            let findings = try await Self.doctor(["dataDir": folder + "/new", "model": "none"])
            #expect(!findings.contains { $0.verdict == .bad }, "\(findings)")
            #expect(!FileManager.default.fileExists(atPath: folder + "/new"))
        }
    }

    private static func doctor(_ settings: [String: String]) async throws -> [Finding] {
        await Doctor(clock: SystemClock()).findings(try await SettingsReader(overrides: settings, file: nil))
    }

    private static func setSchema(_ database: any Database, version: Int, oldestCompatible: Int) async throws {
        _ = try await database.write { connection in
            let text = "UPDATE schema_version SET version = \(version), oldest_compatible = \(oldestCompatible)"
            return try connection.run(Statement(text), [])
        }
    }
}

@Suite struct `The doctor on what is around a database` {
    @Test func `a secret file must be whole, and its owner's alone`() async throws {
        try await withFolder { folder in
            let path = folder + "/secret.key"
            #expect(SecretCheck.check(path).1.verdict == .warning)
            let bytes = Data(repeating: 1, count: ServerSecret.length)
            try bytes.write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            #expect(SecretCheck.check(path).1.verdict == .bad)
            #expect(SecretCheck.check(path).1.remedy == "chmod 600 \(path)")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            #expect(SecretCheck.check(path).1.verdict == .good)
            try bytes.dropLast().write(to: URL(fileURLWithPath: path))
            #expect(SecretCheck.check(path).1.verdict == .bad)
            #expect(SecretCheck.check(path).secret == nil)
        }
    }

    @Test func `a model whose file is cut short is told`() async throws {
        try await withFolder { folder in
            for name in ["model.safetensors", "vocab.txt"] {
                try Data("cut".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            }
            let settings = try await SettingsReader(overrides: ["modelFolder": folder], file: nil)
            let (embedder, finding) = await ModelCheck(clock: ContinuousClock()).check(settings)
            #expect(embedder == nil)
            #expect(finding.verdict == .bad)
            #expect(finding.found.contains("model.safetensors has the SHA-256"))
        }
    }

    @Test func `the right model makes the vector of the known text`() async throws {
        guard let folder = ProcessInfo.processInfo.environment["RECOLLECT_TEST_MODEL"] else { return }
        let settings = try await SettingsReader(overrides: ["modelFolder": folder], file: nil)
        let (embedder, finding) = await ModelCheck(clock: ContinuousClock()).check(settings)
        #expect(embedder != nil)
        #expect(finding.verdict == .good, "\(finding.line)")
    }

    @Test(arguments: [
        ("ext4", Finding.Verdict.good), ("xfs", .good), ("btrfs", .good), ("nfs4", .bad), ("cifs", .bad),
        ("fuse.sshfs", .bad), ("9p", .bad), ("tmpfs", .warning), ("overlay", .warning),
    ])
    func `only a local disk is praised`(_ type: String, _ verdict: Finding.Verdict) {
        #expect(FileSystemCheck.finding(type).verdict == verdict)
    }

    @Test func `a path's file system is that of the last mount above it`() {
        let mounts = """
            22 1 0:21 / / rw shared:1 - ext4 /dev/vda rw
            30 22 0:40 / /srv/data rw,relatime shared:5 master:1 - nfs4 server:/x rw
            31 22 0:41 / /srv/my\\040data rw - xfs /dev/vdb rw
            32 22 0:42 / /srv/data/local rw - tmpfs tmpfs rw
            33 22 0:43 / /srv/data/local rw - ext4 /dev/vdc rw
            """
        #expect(FileSystemCheck.kind(ofPath: "/srv/data/memory.sqlite", mounts: mounts) == "nfs4")
        #expect(FileSystemCheck.kind(ofPath: "/srv/database", mounts: mounts) == "ext4")
        #expect(FileSystemCheck.kind(ofPath: "/srv/my data/x", mounts: mounts) == "xfs")
        #expect(FileSystemCheck.kind(ofPath: "/srv/data/local/x", mounts: mounts) == "ext4")
    }

    @Test func `room on the disk is measured by the database`() {
        #expect(DiskCheck.finding(free: 50 << 20, database: 0, "/").verdict == .bad)
        #expect(DiskCheck.finding(free: 500 << 20, database: 0, "/").verdict == .warning)
        #expect(DiskCheck.finding(free: 2 << 30, database: 1 << 30, "/").verdict == .good)
        #expect(DiskCheck.finding(free: 2 << 30, database: 20 << 30, "/").verdict == .warning)
    }

    @Test func `a damaged database and an unusual journal are told`() {
        #expect(SQLiteChecks.integrity(["ok"]).verdict == .good)
        #expect(SQLiteChecks.integrity(["row 1 missing from index"]).verdict == .bad)
        #expect(SQLiteChecks.journal("wal", version: "3", bytes: 1, "x").verdict == .good)
        #expect(SQLiteChecks.journal("delete", version: "3", bytes: 1, "x").verdict == .warning)
    }

    @Test func `a PostgreSQL server is judged by what it says of itself`() {
        var server = PostgresChecks.Server()
        server.state.version = 150_020
        server.state.encoding = "UTF8"
        server.state.connectionsLimit = 100
        server.state.reservedConnections = 3
        server.state.synchronousCommit = "on"
        server.state.fsync = "on"
        server.roundTrip = .microseconds(150)
        func worst(_ change: (inout PostgresChecks.Server) -> Void) -> Finding.Verdict {
            var changed = server
            change(&changed)
            return DoctorReport(findings: PostgresChecks.findings(changed, connections: 8)).verdict
        }
        #expect(worst { _ in } == .good)
        #expect(worst { $0.state.version = 140_011 } == .bad)
        #expect(worst { $0.state.encoding = "SQL_ASCII" } == .bad)
        #expect(worst { $0.state.isStandby = true } == .bad)
        #expect(worst { $0.state.connectionsLimit = 10 } == .warning)
        #expect(worst { $0.roundTrip = .milliseconds(20) } == .warning)
        #expect(worst { $0.clockLead = .seconds(2) } == .warning)
        #expect(worst { $0.clockLead = .seconds(-30) } == .warning)
        #expect(worst { $0.state.fsync = "off" } == .warning)
        #expect(worst { $0.state.synchronousCommit = "off" } == .warning)
    }

    @Test func `a clock that jumps or has never been set is told`() {
        let now = ManualClock.start
        let steady = Duration.milliseconds(50)
        #expect(ClockCheck.finding(wall: steady, steady: steady, now: now).verdict == .good)
        #expect(ClockCheck.finding(wall: .seconds(3), steady: steady, now: now).verdict == .warning)
        #expect(ClockCheck.finding(wall: .seconds(-3), steady: steady, now: now).verdict == .warning)
        #expect(ClockCheck.finding(wall: steady, steady: steady, now: Timestamp(microseconds: 0)).verdict == .bad)
    }

    @Test func `settings that cannot be understood are told`() async throws {
        for wrong in [["databaseUrl": "mysql://x"], ["port": "99999"], ["logFormat": "xml"], ["metrics": "maybe"]] {
            let settings = try await SettingsReader(overrides: wrong.merging(["model": "none"]) { $1 }, file: nil)
            let findings = await Doctor(clock: SystemClock()).findings(settings)
            #expect(findings.first?.verdict == .bad, "\(wrong)")
        }
    }
}

@Suite struct `Who may read the metrics` {
    @Test func `by default only this machine, and no proxy's strangers`() {
        #expect(MetricsAccess.loopback.isServed(onLoopback: true, behindProxy: false))
        #expect(!MetricsAccess.loopback.isServed(onLoopback: true, behindProxy: true))
        #expect(!MetricsAccess.loopback.isServed(onLoopback: false, behindProxy: false))
        #expect(MetricsAccess.on.isServed(onLoopback: false, behindProxy: true))
        #expect(!MetricsAccess.off.isServed(onLoopback: true, behindProxy: false))
    }
}

/// Runs a test in an empty folder that is gone afterwards.
private func withFolder(_ body: (String) async throws -> Void) async throws {
    let name = "doctor_\(RandomIDSource().secret(8).hexadecimal)"
    let folder = FileManager.default.temporaryDirectory.appending(path: name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.path)
}
