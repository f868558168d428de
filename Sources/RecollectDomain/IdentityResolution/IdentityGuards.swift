import RecollectEngine
import RecollectSQL
package import RecollectVocabulary

extension IdentityResolution {
    /// What keeps the merges of a store from running away.
    ///
    /// - Parameters:
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the limit of merges a day, and the blocked values in the form in which they are compared.
    /// - Throws: `Rejection` when there is no such store.
    package func guards(
        of store: StoreID,
        in scope: AccountScope
    ) async throws -> (dailyMergesLimit: Int?, blocked: [Identifier]) {
        try await transactions.read(.snapshot, for: scope) { connection in
            let key = try connection.resolve(store, in: scope)
            let guards = try connection.identity(of: key).guards
            return (guards.dailyMergesLimit, try connection.all(IdentityResolutionQueries.allBlocked, key))
        }
    }

    /// Replaces what keeps the merges of a store from running away.
    ///
    /// It holds for what comes next: identifiers that profiles have stay theirs, and merges that happened stay.
    ///
    /// - Parameters:
    ///   - dailyMergesLimit: how many profiles may be merged into one within 24 hours; nil for any number.
    ///   - blocked: values that identify nobody, each with its type and what the caller calls it.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the operation, whose resource is the store's id.
    /// - Throws: `Rejection` when there is no such store, a type is not configured, a value cannot be one of its type, or
    ///   there are too many.
    package func replaceGuards(
        dailyMergesLimit: Int?,
        blocked: [(type: IdentifierType, value: String, field: String)],
        of store: StoreID,
        in scope: AccountScope
    ) async throws -> OperationID {
        let range = IdentityGuards.dailyMergesRange
        guard dailyMergesLimit.map(range.contains) ?? true else {
            throw Rejection(
                .identitySettingsInvalid,
                "dailyMergesLimit",
                "must be an integer from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        guard blocked.count <= IdentityGuards.blockedLimit else {
            throw Rejection(
                .identitySettingsInvalid,
                "blockedIdentifiers",
                "must have at most \(IdentityGuards.blockedLimit) items"
            )
        }
        let operation: OperationID = ids.next(at: clock.now())
        return try await transactions.write(scope) { connection in
            let key = try connection.resolve(store, in: scope, locking: .schemaChanges)
            let settings = try connection.identitySettings(of: key)
            var values: Set<Identifier> = []
            for (type, value, field) in blocked {
                guard let config = settings.config(of: type) else {
                    throw Rejection(.identitySettingsInvalid, field, "\(type.text) is no configured identifier type")
                }
                guard let identifier = config.identifier(value) else {
                    throw Rejection(.identitySettingsInvalid, field, "can be no identifier of type \(type.text)")
                }
                values.insert(Identifier(stored: type, value: identifier.matchKey))
            }
            try connection.run(IdentityResolutionQueries.deleteBlocked, key)
            try connection.insert(IdentityResolutionQueries.insertBlocked, values.map { (key, $0.type, $0.value) })
            try connection.run(IdentityResolutionQueries.setGuards, key, dailyMergesLimit, values.count)
            try connection.recordCompleted(operation, resource: "\(store)", in: scope)
            return operation
        }
    }
}
