import RecollectEngine
import RecollectSQL
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Migration to syncs` {
    @Test(arguments: EngineKind.available)
    func `a database from before syncs gets one for each mapping of a dataset`(on engine: EngineKind) async throws {
        try await withDatabase(on: engine, migratedTo: 2) { database in
            let ids = (0..<2).map { DataMappingID(bits: UInt128($0) + 1) }
            try await database.write { connection in
                for (id, kind) in zip(ids, ["INGRESS", "DATASET_WAREHOUSE"]) {
                    let insert = Statement(
                        """
                        INSERT INTO data_mapping (
                            store_id, data_mapping_id, display_name, folded_name, is_enabled, source_kind, mappings, version,
                            updated_at
                        ) VALUES ($1, $1, '\(kind)', '\(kind)', 1, '\(kind)', '[]', 1, 5)
                        """,
                        [DataMappingID.self]
                    )
                    try connection.run(insert, [id.sqlValue])
                }
            }
            #expect(try await Schema.migrate(database) == 2)
            let jobs = try await database.read { connection in
                try connection.rows(Statement("SELECT job_id FROM job WHERE kind = 'sync data mapping'"), []) {
                    columns throws(EngineError) -> DataMappingID in try columns.next()
                }
            }
            #expect(jobs == [ids[1]])
            let found = try await database.read { connection in
                try connection.rows(Statement("SELECT data_mapping_id, next_due_at FROM data_mapping_sync"), []) {
                    columns throws(EngineError) -> (id: DataMappingID, due: Timestamp) in
                    (try columns.next(), try columns.next())
                }
            }
            #expect(found.map(\.id) == [ids[1]] && found.first?.due == Timestamp(microseconds: 5))
        }
    }
}
