import Logging
import Metrics
import RecollectDomain
import RecollectEmbedding
import RecollectEngine
import RecollectSQL
import RecollectVocabulary

/// The checks that are the same for every engine.
struct DatabaseChecks {
    private struct RolledBack: Error {}

    /// From how many waiting items on the making of vectors may not keep up.
    private static let manyVectors = 10_000
    /// How far the clock may be behind the newest id.
    private static let clockTolerance = Duration.seconds(2)
    /// How long a job may be due without anybody working on it.
    private static let overdueLimit = Duration.seconds(300)

    private let database: any Database
    private let clock: any WallClock

    init(_ database: any Database, clock: any WallClock) {
        self.database = database
        self.clock = clock
    }

    /// Whether it can be written, by a transaction that is rolled back.
    func writing() async -> Finding {
        let clock = ContinuousClock()
        let start = clock.now
        for probe in DoctorQueries.probes {
            do {
                try await database.write { connection in
                    try connection.run(probe, [])
                    throw RolledBack()
                }
            } catch is RolledBack {
                let milliseconds = ((clock.now - start) / .milliseconds(1)).rounded()
                return .good("writing", "possible (tried and rolled back in \(Int(milliseconds)) ms)")
            } catch let error as EngineError where error.kind == .statement {
                // There is no such table: the next probe needs none.
                continue
            } catch let error as EngineError where error.kind == .contention {
                let found = "another transaction is in the way"
                return .warning("writing", found, remedy: "try again; see what holds the lock")
            } catch {
                return refused((error as? EngineError)?.message ?? "\(error)")
            }
        }
        return refused("neither a row nor a table can be written")
    }

    private func refused(_ reason: String) -> Finding {
        .bad(
            "writing",
            "impossible: \(reason.split(separator: "\n").joined(separator: " "))",
            remedy: "see the disk's space and mount options, and the rights of the server's user"
        )
    }

    /// Which schema it has, and what serving would do about it.
    ///
    /// - Returns: what was found, and whether this program can read the tables.
    func schema() async -> (Finding, canRead: Bool) {
        let known = Schema.version
        let found: (version: Int, oldestCompatible: Int)?
        do {
            found = try await database.read { connection in try connection.first(Schema.currentVersion) }
        } catch let error as EngineError where error.kind == .statement {
            found = nil
        } catch {
            let remedy = "see what the database's log says"
            return (.bad("migrations", "the schema's version cannot be read: \(error)", remedy: remedy), false)
        }
        guard let found else { return (.good("migrations", "no tables yet; serving makes version \(known)"), false) }
        if found.oldestCompatible > known {
            let text = "version \(found.version), this program knows up to \(known): serving would refuse"
            return (.bad("migrations", text, remedy: "start a newer recollect"), false)
        }
        if found.version > known {
            let text = "version \(found.version) of a newer program, this one knows \(known) and can work with it"
            return (.warning("migrations", text, remedy: "upgrade this server too"), true)
        }
        if found.version < known {
            let text = "version \(found.version), this program's is \(known)"
            let remedy = "serving migrates it at its start: make a backup before"
            return (.warning("migrations", text, remedy: remedy), false)
        }
        return (.good("migrations", "version \(found.version), nothing to do"), true)
    }

    /// Whether the clock is behind what has been written already.
    func newestIDs() async -> Finding {
        let now = clock.now()
        do {
            let newest = try await database.read { connection -> Timestamp? in
                let profile = try connection.first(DoctorQueries.newestProfile, ProfileID(bits: 0))?.createdAt
                let operation = try connection.first(DoctorQueries.newestOperation, OperationID(bits: 0))?.createdAt
                return [profile, operation].compactMap(\.self).max()
            }
            guard let newest, newest > now + Self.clockTolerance else {
                return .good("clock", "not behind the newest ids in the database")
            }
            let behind = Duration.microseconds(newest.microseconds - now.microseconds)
            return .bad(
                "clock",
                "\(Self.text(behind)) behind the newest id in the database: it was set back, or another server's is ahead",
                remedy: "set the clocks of all servers by NTP; until then new memories count as older than they are"
            )
        } catch {
            return Self.unreadable("clock", error)
        }
    }

    /// Whether the secret opens the tokens of the accounts that are stored.
    func accounts(_ secret: ServerSecret) async -> Finding {
        do {
            let accounts = memory(secret).accounts
            let (count, unreadable) = (try await accounts.list().count, try await accounts.unreadable().count)
            guard unreadable > 0 else {
                return .good("accounts", count == 0 ? "none yet" : "\(count), the secret opens their tokens")
            }
            return .bad(
                "accounts",
                "the secret, another installation's, does not open the tokens of \(unreadable) of \(count) accounts",
                remedy:
                    "restore the secret file of this database; `recollect accounts create --sid …` gives a new token"
            )
        } catch {
            return Self.unreadable("accounts", error)
        }
    }

    /// The work that waits.
    func work(_ model: EmbeddingModel?) async -> [Finding] {
        let now = clock.now()
        do {
            let counts = try await database.read { connection in
                try StoredCounts(on: connection, at: now, model: model)
            }
            return [Self.jobs(counts), Self.vectors(counts, model)]
        } catch {
            return [Self.unreadable("jobs", error)]
        }
    }

    static func jobs(_ counts: StoredCounts) -> Finding {
        let all = counts.jobs.values.flatMap(\.counts.values).reduce(0, +)
        let failing = counts.jobs.filter { $0.value.failing > 0 }
        guard failing.isEmpty else {
            let kinds = failing.map { "\($0.value.failing) to \($0.key)" }.sorted().joined(separator: ", ")
            return .warning(
                "jobs",
                "some fail again and again: \(kinds)",
                remedy: "the server's log says why: look for \"a job failed\""
            )
        }
        let overdue = counts.jobs.filter { $0.value.overdue > overdueLimit }
        guard overdue.isEmpty else {
            let kinds = overdue.map { "\($0.key) for \(text($0.value.overdue))" }.sorted().joined(separator: ", ")
            let found = "nobody works on those that are due: \(kinds)"
            return .warning("jobs", found, remedy: "start a server on this database")
        }
        return .good("jobs", all == 0 ? "none wait" : "\(all) in the queue, none stuck")
    }

    static func vectors(_ counts: StoredCounts, _ model: EmbeddingModel?) -> Finding {
        let more = counts.queuedVectors >= StoredCounts.countLimit ? "at least " : ""
        let waiting = "\(more)\(counts.queuedVectors) items wait for theirs"
        guard model != nil else {
            guard counts.queuedVectors > 0 else { return .good("vectors", "none wait to be made") }
            let remedy = "`recollect model pull` fetches the model"
            return .warning("vectors", "\(waiting), and there is no model", remedy: remedy)
        }
        let stores = counts.storesOfOtherModels + counts.storesMadeAnew
        guard stores == 0 else {
            let text =
                "those of \(stores) stores are made anew, \(counts.profilesToQueue) profiles are still to be queued"
            let remedy = "a running server makes them; recall goes by words until then"
            return .warning("vectors", "\(text), \(waiting)", remedy: remedy)
        }
        guard counts.queuedVectors < manyVectors else {
            let remedy = "a running server makes them: see that one runs, and what its log says"
            return .warning("vectors", waiting, remedy: remedy)
        }
        return .good("vectors", waiting)
    }

    private func memory(_ secret: ServerSecret) -> Memory {
        Memory(
            database: database,
            secret: secret,
            clock: clock,
            ids: RandomIDSource(),
            logger: Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() },
            metrics: NOOPMetricsHandler.instance
        )
    }

    private static func unreadable(_ check: String, _ error: any Error) -> Finding {
        .bad(check, "the database cannot be read: \(error)", remedy: "see what its log says")
    }

    /// A time as people say it.
    static func text(_ duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        return switch seconds {
        case ..<120: "\(Int(seconds)) s"
        case ..<7200: "\(Int(seconds / 60)) min"
        default: "\(Int(seconds / 3600)) h"
        }
    }
}
