import Foundation
import Logging
import RecollectDomain
import RecollectEmbedding
import RecollectEvaluation
import RecollectSQL
import RecollectSQLite
import RecollectVocabulary

/// A memory on a SQLite database of its own, which is gone afterwards.
enum TemporaryMemory {
    /// How much memory the index of one evaluated profile may take: all of it must fit, or each recall would build it anew.
    private static let cacheBytesLimit = 8 << 30

    /// Runs an evaluation on an empty memory.
    ///
    /// - Parameters:
    ///   - embedder: what makes vectors; nil for words alone.
    ///   - body: the evaluation.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws; when the model failed meanwhile, so that it was not the model that was measured.
    static func with<Result>(
        _ embedder: (any Embedder)?,
        _ body: (MeasuredMemory) async throws -> Result
    ) async throws -> Result {
        let ids = RandomIDSource()
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "recollect-eval-\(ids.secret(8).hexadecimal)"
        )
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = try SQLiteDatabase(path: folder.appending(path: "recollect.sqlite").path)
        let outcome: Swift.Result<Result, any Error>
        do {
            try await Schema.migrate(database)
            let watched = embedder.map { WatchedEmbedder($0) }
            var limits = Memory.Limits()
            limits.recall.cacheBytesLimit = cacheBytesLimit
            let memory = Memory(
                database: database,
                secret: ServerSecret(ids.secret(ServerSecret.length)),
                clock: SystemClock(),
                ids: ids,
                embedder: watched,
                limits: limits,
                logger: .recollect(level: .error)
            )
            let result = try await body(MeasuredMemory(memory, scope(of: memory)))
            if let failure = watched?.firstFailure { throw failure }
            outcome = .success(result)
        } catch {
            outcome = .failure(error)
        }
        await database.close()
        return try outcome.get()
    }

    private static func scope(of memory: Memory) async throws -> AccountScope {
        let (account, token) = try await memory.accounts.create()
        guard let scope = try await memory.accounts.authenticate(user: account.text, password: token) else {
            preconditionFailure("a new account's token is right")
        }
        return scope
    }
}
