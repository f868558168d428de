import RecollectEngine
import RecollectSQL
package import RecollectVocabulary

/// The operations that changes of the control plane are followed by.
package struct Operations: Sendable {
    let transactions: Transactions
    let clock: any WallClock

    /// One operation.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - scope: on whose behalf.
    /// - Returns: the operation as it stands.
    /// - Throws: `Rejection` when it is unknown in the account or older than operations are kept.
    package func fetch(_ id: OperationID, in scope: AccountScope) async throws -> Operation {
        let oldest = OperationID.first(at: clock.now() - Operation.lifetime)
        let operation = try await transactions.read(for: scope) { connection in
            try connection.first(OperationQueries.fetch, id, scope.account, oldest)
        }
        guard let operation else {
            throw Rejection(.operationNotFound, "operationId", "no such operation, or it is older than 7 days")
        }
        return operation
    }
}

extension Connection {
    /// Records an operation that is done with the transaction that records it.
    func recordCompleted(_ id: OperationID, resource: String, in scope: AccountScope) throws(EngineError) {
        try runLater(OperationQueries.insert, id, scope.account, .completed, id.createdAt, resource)
    }

    /// Records an operation that has brought profiles in with the transaction that records it.
    func recordCompleted(
        _ id: OperationID,
        resource: String,
        _ counts: OperationCounts,
        in scope: AccountScope
    ) throws(EngineError) {
        try recordCompleted(id, resource: resource, in: scope)
        try tell(counts, of: id)
    }

    /// Tells what an operation has done so far.
    func tell(_ counts: OperationCounts, of id: OperationID) throws(EngineError) {
        try runLater(OperationQueries.count, id, counts.created, counts.updated, counts.merged, counts.failed)
    }

    /// Records an operation that a job will end.
    func recordRunning(_ id: OperationID, resource: String, in scope: AccountScope) throws(EngineError) {
        try runLater(OperationQueries.insert, id, scope.account, .running, nil, resource)
    }
}
