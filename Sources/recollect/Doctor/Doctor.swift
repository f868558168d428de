import Foundation
import Logging
import Metrics
import RecollectDomain
import RecollectEmbedding
import RecollectEngine
import RecollectPostgres
import RecollectSQLite
import RecollectVocabulary

// The order is that of the way in: without settings there is nothing to look for, without a database nothing to look into. Each
// check stands by itself, takes what it looks at, and never throws: what goes wrong is a finding.

/// Checks an installation without changing anything.
struct Doctor {
    let clock: any WallClock

    /// Everything that can be found out.
    func findings(_ settings: SettingsReader) async -> [Finding] {
        var findings: [Finding] = []
        let storage: StorageSettings
        switch SettingsCheck.storage(settings) {
        case .success(let found): storage = found
        case .failure(let trouble): return [trouble.finding]
        }
        findings += SettingsCheck.server(settings)
        let (embedder, model) = await ModelCheck(clock: ContinuousClock()).check(settings)
        let (secret, ofSecret) = SecretCheck.check(storage.secretFile)
        findings.append(ofSecret)
        do {
            if let database = try await open(storage) {
                findings += await inspect(database, storage, secret, embedder?.model)
                await database.close()
            } else {
                let made = "there is none yet; serving makes it"
                findings.append(.good("database", made))
            }
        } catch {
            findings.append(Self.unreachable(storage.engine, error))
        }
        findings.append(model)
        findings += DiskCheck(storage).check()
        findings.append(await ClockCheck.steadiness(clock))
        return findings
    }

    /// Opens the database that is there; nil when there is none yet.
    private func open(_ storage: StorageSettings) async throws -> (any Database)? {
        switch storage.engine {
        case .sqlite(let path):
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            return try SQLiteInspection(path: path)
        case .postgres(let url):
            return try await PostgresDatabase(url: url, connections: 1, pooler: storage.pooler)
        }
    }

    private func inspect(
        _ database: any Database,
        _ storage: StorageSettings,
        _ secret: ServerSecret?,
        _ model: EmbeddingModel?
    ) async -> [Finding] {
        var findings: [Finding]
        var lead = Duration.zero
        switch storage.engine {
        case .sqlite(let path):
            findings = await SQLiteChecks(database, path: path).check()
        case .postgres:
            // Servers go by the database's clock.
            let checks = PostgresChecks(database, clock: clock, connections: storage.connections)
            (findings, lead) = await checks.check()
        }
        let common = DatabaseChecks(database, clock: AheadClock(clock: clock, lead: lead))
        findings.append(await common.writing())
        let (schema, canRead) = await common.schema()
        findings.append(schema)
        guard canRead else { return findings }
        findings.append(await common.newestIDs())
        findings += await common.work(model)
        if let secret { findings.append(await common.accounts(secret)) }
        return findings
    }

    /// A clock that is ahead of another.
    private struct AheadClock: WallClock {
        let clock: any WallClock
        let lead: Duration

        func now() -> Timestamp { clock.now() + lead }
    }

    /// What to say of a database that cannot be opened.
    static func unreachable(_ engine: StorageSettings.Engine, _ error: any Error) -> Finding {
        let reason = (error as? EngineError)?.message ?? "\(error)"
        let firstLine = reason.split(separator: "\n").joined(separator: " ")
        return switch engine {
        case .sqlite(let path):
            .bad(
                "database",
                "\(path) cannot be opened: \(firstLine)",
                remedy: "see that the server's user may read it, and restore a backup if it is damaged"
            )
        case .postgres:
            .bad(
                "database",
                "cannot be reached: \(firstLine)",
                remedy: "see that PostgreSQL runs there, and that --database-url is right"
            )
        }
    }
}
