import RecollectEngine
import RecollectSQL
package import RecollectVocabulary

// A bulk is applied in one transaction before it is accepted, although the contract would let it be done later: 1,000 profiles
// take some tens of milliseconds, and what the caller then reads is what it wrote. The operation is there to be asked how many
// profiles were created, updated and merged.

extension Profiles {
    /// Creates and updates profiles, all or none; entries that share an identifier are one profile, of which the later wins.
    ///
    /// - Parameters:
    ///   - entries: the traits of each profile, as they would be given one by one.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the operation, which is done.
    /// - Throws: `Rejection` when there is no such store, or of reason `.bulkEntry` when an entry cannot be applied.
    package func bulk(
        _ entries: [[TraitInput]],
        in store: StoreID,
        _ scope: AccountScope
    ) async throws -> OperationID {
        let now = clock.now()
        let newIDs: [ProfileID] = ids.next(entries.count, at: now)
        let operation: OperationID = ids.next(at: now)
        let applied = try await transactions.write(scope) { connection in
            let key = try connection.resolve(store, in: scope, locking: .schemaStays)
            let schema = try connection.schema(of: key)
            let identity = try connection.identity(of: key)
            let records = try connection.records(of: entries, schema, identity)
            let outcome = try Resolution(identity, at: now, newIDs: newIDs, ids).apply(records, on: connection)
            try connection.recordCompleted(operation, resource: "\(store)", outcome.counts, in: scope)
            return AppliedBulk(operation: operation, outcome: outcome)
        }
        mergeLog.tell(applied.outcome)
        return applied.operation
    }
}

extension Connection {
    /// Reads the entries of a bulk, whole, before anything is applied.
    fileprivate func records(
        of entries: [[TraitInput]],
        _ schema: TraitSchema,
        _ identity: StoreIdentity
    ) throws -> [CustomerRecord] {
        let patterns = PatternCache()
        do {
            let assignments = try entries.map { try schema.assignments(of: $0, matches: patterns.matches) }
            let identifiers = try assignments.map(identity.rules.identifiers(in:))
            let allowed = try unblockedKeys(Array(identifiers.joined()), identity)
            return try entries.indices.map { number in
                let own = identifiers[number].filter { allowed.contains($0.key) }
                guard !own.isEmpty else {
                    throw Rejection(.malformed, "profiles[\(number)].traits", Profiles.unidentified.rule)
                }
                return CustomerRecord(assignments[number], identifiedBy: own)
            }
        } catch let rejection as Rejection {
            throw rejection.replacingMalformed(by: .bulkEntry)
        }
    }
}

/// A bulk that was applied, as an outcome that is answered again to a repeated request.
private struct AppliedBulk: ReplayableOutcome {
    let operation: OperationID
    let outcome: ResolutionOutcome

    var replayText: String { operation.replayText }

    init(operation: OperationID, outcome: ResolutionOutcome) {
        self.operation = operation
        self.outcome = outcome
    }

    init?(replayText: String) {
        guard let operation = OperationID(replayText: replayText) else { return nil }
        self.init(operation: operation, outcome: ResolutionOutcome())
    }
}
