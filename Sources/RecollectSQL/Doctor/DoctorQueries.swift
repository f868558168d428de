package import RecollectEngine
package import RecollectVocabulary

/// What the doctor asks of a database, whatever its engine.
package enum DoctorQueries {
    /// Every statement on the tables, for the tests that read them.
    package static let statements = [newestProfile.statement, newestOperation.statement]

    /// The newest profile after one ($1), by the primary key.
    package static let newestProfile = Query(
        "SELECT profile_id FROM profile WHERE profile_id > $1 ORDER BY profile_id DESC LIMIT 1",
        taking: ProfileID.self,
        row: { columns throws(EngineError) -> ProfileID in try columns.next() }
    )

    /// The newest operation after one ($1), by the primary key.
    package static let newestOperation = Query(
        "SELECT operation_id FROM operation WHERE operation_id > $1 ORDER BY operation_id DESC LIMIT 1",
        taking: OperationID.self,
        row: { columns throws(EngineError) -> OperationID in try columns.next() }
    )

    /// What is written and taken back to see whether that can be: where there are tables already, and where there are none.
    package static let probes = [
        Statement("UPDATE schema_version SET version = version"),
        Statement("CREATE TABLE recollect_doctor (probe {integer} NOT NULL) {table}"),
    ]
}
