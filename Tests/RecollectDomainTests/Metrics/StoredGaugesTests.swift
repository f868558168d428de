import RecollectDomain
import RecollectEngine
import RecollectMetrics
import RecollectSQL
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `The work that waits` {
    private let registry = MetricsRegistry()

    private func metric(_ name: String, _ labels: [String: String] = [:]) throws -> Double {
        try PrometheusText(registry.exposition())["recollect_\(name)", labels] ?? -1
    }

    @Test(arguments: EngineKind.available)
    func `jobs are told by kind and state, with how long they have been due`(on engine: EngineKind) async throws {
        try await withMemory(on: engine, metrics: registry) { test in
            let now = test.clock.now()
            let jobs: [(due: Timestamp, kind: String, attempts: Int)] = [
                (now - .seconds(90), "purge store", 0), (now + .seconds(30), "purge store", 0),
                (now + .seconds(5), "import profiles", 7), (now - .seconds(1), "of a newer program", 0),
            ]
            for job in jobs {
                let createdAt = now - .seconds(100)
                try await test.insertJob(kind: job.kind, due: job.due, attempts: job.attempts, createdAt: createdAt)
            }
            await test.memory.gauges.read()
            #expect(try metric("jobs", ["kind": "purge store", "state": "due"]) == 1)
            #expect(try metric("jobs", ["kind": "purge store", "state": "scheduled"]) == 1)
            #expect(try metric("jobs", ["kind": "import profiles", "state": "claimed"]) == 1)
            #expect(try metric("jobs", ["kind": "unknown", "state": "due"]) == 1)
            #expect(try metric("jobs_overdue_seconds", ["kind": "purge store"]) == 90)
            #expect(try metric("jobs_overdue_seconds", ["kind": "import profiles"]) == 0)
            #expect(abs(try metric("jobs_oldest_age_seconds", ["kind": "import profiles"]) - 100) < 0.01)
            #expect(try metric("database_reachable") == 1)
            let counts = try #require(await test.memory.gauges.current())
            #expect(counts.jobs["import profiles"]?.failing == 1)
            #expect(counts.jobs["purge store"]?.failing == 0)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a change of the model shows how far it has come`(on engine: EngineKind) async throws {
        try await withMemory(on: engine, embedder: WordEmbedder("old")) { test in
            let place = try await test.profile(["email": "a@example.com"], in: test.store())
            let profile = TestProfile(test: test, place: place)
            for number in 0..<3 { try await ProfileRecall(profile: profile).observe("fact \(number)") }
            let server = test.anotherServer(embedder: WordEmbedder("new"), metrics: registry)
            await server.gauges.read()
            #expect(try metric("reembedding_stores_waiting") == 1)
            await server.vectorMaker?.adoptStores()
            test.clock.advance(by: .seconds(10))
            await server.gauges.read()
            #expect(try metric("reembedding_stores_waiting") == 0)
            #expect(try metric("reembedding_stores") == 1)
            #expect(try metric("reembedding_profiles_waiting") == 1)
            await server.jobs.runDueJobs()
            test.clock.advance(by: .seconds(10))
            await server.gauges.read()
            #expect(try metric("reembedding_stores") == 0)
            #expect(try metric("vector_queue_items") == 3)
            await server.vectorMaker?.makeDueVectors()
            test.clock.advance(by: .seconds(10))
            await server.gauges.read()
            #expect(try metric("vector_queue_items") == 0)
            #expect(try metric("vectors_made_total") == 3)
        }
    }

    @Test func `who looks often costs the database one look in some seconds`() async throws {
        try await withMemory(on: .sqlite, metrics: registry) { test in
            await test.memory.gauges.read()
            let statements = try await test.database.count {
                for _ in 0..<20 { _ = await test.memory.gauges.current() }
                await test.memory.gauges.read()
            }
            #expect(statements == 0)
            test.clock.advance(by: .seconds(6))
            #expect(try await test.database.count { await test.memory.gauges.read() } > 0)
        }
    }

    @Test func `a database that does not answer is told, and what it would say is unknown`() async throws {
        try await withMemory(on: .sqlite, metrics: registry) { test in
            await test.memory.gauges.read()
            try await test.database.write { connection in
                _ = try connection.run(Statement("ALTER TABLE job RENAME TO no_job"), [])
            }
            test.clock.advance(by: .seconds(6))
            await test.memory.gauges.read()
            #expect(try metric("database_reachable") == 0)
            #expect(try metric("vector_queue_items").isNaN)
        }
    }

    @Test func `transactions are measured, and errors that reach a caller`() async throws {
        try await withMemory(on: .sqlite, metrics: registry) { test in
            _ = try await test.store()
            #expect(try metric("database_transaction_duration_seconds_count", ["kind": "write"]) > 0)
            #expect(try metric("database_transactions_in_flight", ["kind": "write"]) == 0)
            try await test.database.write { connection in
                _ = try connection.run(Statement("ALTER TABLE account RENAME TO no_account"), [])
            }
            await #expect(throws: EngineError.self) { try await test.memory.accounts.list() }
            #expect(try metric("database_errors_total", ["kind": "statement"]) == 1)
        }
    }
}

extension TestMemory {
    /// Queues a job as it may be found.
    fileprivate func insertJob(kind: String, due: Timestamp, attempts: Int, createdAt: Timestamp) async throws {
        let insert = Command(
            "INSERT INTO job (job_id, kind, payload, due_at, attempts) VALUES ($1, $2, '', $3, $4)",
            taking: JobID.self,
            String.self,
            Timestamp.self,
            Int.self
        )
        let id: JobID = ids.next(at: createdAt)
        try await database.write { connection in _ = try connection.run(insert, id, kind, due, attempts) }
    }
}
