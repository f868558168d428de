import RecollectEngine
import RecollectSQL
package import RecollectVocabulary

extension DataMappings {
    /// How many rows of a dataset are looked at.
    ///
    /// Source: ours.
    private static let sampleCount = 50

    /// Proposes which columns of a source could become which traits.
    ///
    /// The columns of a dataset are those of its first rows, whose values have to fit; of one that is not registered, or cannot be
    /// read at the moment, none is known and nothing is proposed.
    ///
    /// - Parameters:
    ///   - source: where the values would come from.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the operation, whose resource is the suggestion's id.
    /// - Throws: `Rejection` when there is no such store.
    package func suggest(
        from source: MappingSource,
        of store: StoreID,
        in scope: AccountScope
    ) async throws -> OperationID {
        let now = clock.now()
        let id: SuggestionID = ids.next(at: now)
        let operation: OperationID = ids.next(at: now)
        let schema = try await transactions.read(.snapshot) { connection in
            try connection.schema(of: try connection.resolve(store, in: scope))
        }
        // Outside the transaction that writes it: comparing names takes no locks.
        let mappings = try await matcher.match(columns(of: source, for: scope), to: schema)
        return try await transactions.write(scope) { connection in
            let key = try connection.resolve(store, in: scope, locking: .schemaStays)
            try connection.run(
                DataMappingSuggestionQueries.insert,
                id,
                key,
                source.kind,
                source.dataset?.text,
                source.columns,
                SuggestedMappings(mappings)
            )
            try connection.recordCompleted(operation, resource: "\(id)", in: scope)
            return operation
        }
    }

    private func columns(of source: MappingSource, for scope: AccountScope) async -> [SampledColumn] {
        if let columns = source.columns { return columns.names.map { SampledColumn(name: $0) } }
        guard let dataset = datasets?.dataset(source.dataset, for: scope.account),
            let page = try? await dataset.source.page(after: nil, limit: Self.sampleCount)
        else { return [] }
        let rows = page.rows.compactMap { try? $0.fields.get() }
        return page.columns.enumerated().prefix(IngressColumns.count.upperBound).compactMap { place, name in
            guard let name = try? ColumnName(name, field: "column") else { return nil }
            let samples = rows.filter { $0.indices.contains(place) && $0[place] != DatasetRow.null }.map { $0[place] }
            return SampledColumn(name: name, samples: samples)
        }
    }

    /// One page of a store's suggestions that are not expired.
    ///
    /// - Parameters:
    ///   - page: which page.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the suggestions of the page.
    /// - Throws: `Rejection` when there is no such store.
    package func suggestions(
        _ page: PageQuery<SuggestionID>,
        of store: StoreID,
        in scope: AccountScope
    ) async throws -> PageSlice<DataMappingSuggestion> {
        let bounds = IDBounds(page, createdAfter: oldestSuggestion)
        let query =
            page.scansForward
            ? DataMappingSuggestionQueries.pageAscending : DataMappingSuggestionQueries.pageDescending
        let rows = try await transactions.read(.snapshot, for: scope) { connection in
            let key = try connection.resolve(store, in: scope)
            return try connection.all(query, key, bounds.lower, bounds.upper, page.rowsWanted)
        }
        return page.slice(rows)
    }

    /// One suggestion.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - store: the store.
    ///   - scope: on whose behalf.
    /// - Returns: the suggestion.
    /// - Throws: `Rejection` when there is no such store, or no such suggestion, or it has expired.
    package func suggestion(
        _ id: SuggestionID,
        of store: StoreID,
        in scope: AccountScope
    ) async throws -> DataMappingSuggestion {
        let oldest = SuggestionID.first(at: oldestSuggestion)
        let suggestion = try await transactions.read(.snapshot, for: scope) { connection in
            let key = try connection.resolve(store, in: scope)
            return try connection.first(DataMappingSuggestionQueries.fetch, id, key, oldest)
        }
        guard let suggestion else {
            throw Rejection(.suggestionNotFound, "suggestionId", "no such suggestion, or it is older than 7 days")
        }
        return suggestion
    }

    /// Nothing that was suggested before this is shown any more.
    private var oldestSuggestion: Timestamp { clock.now() - DataMappingSuggestion.lifetime }
}
