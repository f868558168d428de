import RecollectDomain
import RecollectVocabulary

// Short ways to work with the data mappings of a test's store.
extension TestStore {
    /// Creates a mapping of columns to traits, each written as `column > Group.trait`.
    @discardableResult
    func map(
        _ name: String,
        from source: MappingSource,
        _ items: [String],
        description: String? = nil
    ) async throws -> DataMappingID {
        let operation = try await memory.dataMappings.create(
            DataMappingDraft(
                displayName: DataMappingName(name),
                description: description.map { try DataMappingDescription($0) },
                source: source,
                mappings: mappings(items)
            ),
            of: id,
            in: scope
        )
        return try await DataMappingID(resource(of: operation), field: "resource")
    }

    func patchMapping(
        _ mapping: DataMappingID,
        with change: DataMappingChange,
        expecting expected: ExpectedVersion? = nil
    ) async throws {
        _ = try await memory.dataMappings.patch(mapping, with: change, expecting: expected, of: id, in: scope)
    }

    func deleteMapping(_ mapping: DataMappingID) async throws {
        _ = try await memory.dataMappings.delete(mapping, of: id, in: scope)
    }

    @discardableResult
    func mapping(_ mapping: DataMappingID) async throws -> DataMapping {
        try await memory.dataMappings.fetch(mapping, of: id, in: scope)
    }

    /// The names of all mappings, oldest first.
    func mappingNames(from kind: MappingSource.Kind? = nil, pageSize: Int = 50) async throws -> [String] {
        var names: [String] = []
        var cursor: DataMappingID?
        while true {
            let page = PageQuery(order: .ascending, cursor: cursor, isBackward: false, limit: pageSize)
            let slice = try await memory.dataMappings.list(page, from: kind, of: id, in: scope)
            names += slice.rows.map(\.displayName.text)
            guard slice.hasNext else { return names }
            cursor = slice.rows.last?.id
        }
    }

    /// Asks for a suggestion; its id.
    func suggest(from source: MappingSource) async throws -> SuggestionID {
        let operation = try await memory.dataMappings.suggest(from: source, of: id, in: scope)
        return try await SuggestionID(resource(of: operation), field: "resource")
    }

    @discardableResult
    func suggestion(_ suggestion: SuggestionID) async throws -> DataMappingSuggestion {
        try await memory.dataMappings.suggestion(suggestion, of: id, in: scope)
    }

    /// What is proposed for columns, each as `column > Group.trait`.
    func proposals(for columns: [String]) async throws -> [String] {
        try await suggestion(suggest(from: ingress(columns))).mappings.map { suggested in
            let mapping = suggested.mapping
            return "\(mapping.expression.text) > \(mapping.traitGroup).\(mapping.traitName.text)"
        }
    }

    private func resource(of operation: OperationID) async throws -> String {
        try await memory.operations.fetch(operation, in: scope).resourceID ?? ""
    }
}

/// Columns that are handed in.
func ingress(_ columns: [String]) throws -> MappingSource {
    .ingress(try IngressColumns(columns.map { try ColumnName($0, field: "column") }))
}

/// A dataset of a cloud application.
func cloudApp(_ digit: Int = 0) throws -> MappingSource {
    .cloudApp(try DatasetID("tdi_dataset_" + String(repeating: "\(digit)", count: 26), field: "dataset"))
}

/// Mappings, each written as `column > Group.trait`.
func mappings(_ items: [String]) throws -> TraitMappings {
    try TraitMappings(
        items.map { item in
            let parts = item.split(whereSeparator: { $0 == ">" || $0 == "." }).map { $0.filter { $0 != " " } }
            return TraitMapping(
                expression: try ColumnName(parts[0], field: "expression"),
                traitGroup: parts[1],
                traitName: try TraitName(parts[2], field: "traitName")
            )
        }
    )
}
