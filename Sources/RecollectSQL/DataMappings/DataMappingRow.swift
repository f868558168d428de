import Foundation
package import RecollectEngine
package import RecollectVocabulary

// Columns and mappings stand in their column as JSON, so that an operator who looks at the table can read them; nothing is
// asked of the database about their inside. Which mapping uses which trait is in data_mapping_trait.

extension MappingSource.Kind: SQLName {}

extension IngressColumns: SQLBindable, SQLReadable {
    package static var sqlType: SQLType { .text }
    package var sqlValue: SQLValue { .text(json(names.map(\.text))) }

    package init(from columns: inout Columns) throws(EngineError) {
        let names: [String] = try value(of: try columns.next())
        self = try known("columns") { () throws(Rejection) in
            try IngressColumns(names.map { name throws(Rejection) in try ColumnName(name, field: "columns") })
        }
    }
}

extension TraitMappings: SQLBindable, SQLReadable {
    package static var sqlType: SQLType { .text }
    package var sqlValue: SQLValue { .text(json(items.map(StoredMapping.init))) }

    package init(from columns: inout Columns) throws(EngineError) {
        let stored: [StoredMapping] = try value(of: try columns.next())
        self = try known("mappings") { () throws(Rejection) in
            try TraitMappings(stored.map { item throws(Rejection) in try item.mapping })
        }
    }
}

/// The proposals of a suggestion as they stand in their column.
package struct SuggestedMappings: Sendable, SQLBindable, SQLReadable {
    /// The proposals.
    package let items: [SuggestedMapping]

    /// Proposals.
    ///
    /// - Parameter items: the proposals.
    package init(_ items: [SuggestedMapping]) {
        self.items = items
    }

    package static var sqlType: SQLType { .text }
    package var sqlValue: SQLValue { .text(json(items.map(StoredSuggestion.init))) }

    package init(from columns: inout Columns) throws(EngineError) {
        let stored: [StoredSuggestion] = try value(of: try columns.next())
        items = try known("suggested mappings") { () throws(Rejection) in
            try stored.map { item throws(Rejection) in
                SuggestedMapping(
                    mapping: try item.mapping.mapping,
                    confidence: item.confidence,
                    rationale: item.rationale
                )
            }
        }
    }
}

extension MappingSource {
    /// Reads the columns `source_kind`, `dataset_id`, `source_columns`.
    static func next(from columns: inout Columns) throws(EngineError) -> MappingSource {
        let kind: Kind = try columns.next()
        let dataset: String? = try columns.next()
        let names: IngressColumns? = try columns.next()
        let datasetID = try known("dataset") { () throws(Rejection) in
            try dataset.map { text throws(Rejection) in try DatasetID(text, field: "dataset_id") }
        }
        switch (kind, names, datasetID) {
        case (.ingress, let names?, nil): return .ingress(names)
        case (.cloudApp, nil, let dataset?): return .cloudApp(dataset)
        case (.warehouse, nil, let dataset?): return .warehouse(dataset)
        default: throw EngineError(.corrupt, "a source of kind \(kind.rawValue) with the columns of another")
        }
    }
}

extension DataMapping {
    /// Reads the columns of a data mapping.
    static func next(from columns: inout Columns) throws(EngineError) -> DataMapping {
        let id: DataMappingID = try columns.next()
        let name: String = try columns.next()
        let description: String? = try columns.next()
        let isEnabled: Bool = try columns.next()
        let source = try MappingSource.next(from: &columns)
        let mappings: TraitMappings = try columns.next()
        let version: Int = try columns.next()
        let updatedAt: Timestamp = try columns.next()
        return try known("data mapping \(id)") { () throws(Rejection) in
            try DataMapping(
                id: id,
                displayName: DataMappingName(name),
                description: description.map { text throws(Rejection) in try DataMappingDescription(text) },
                isEnabled: isEnabled,
                source: source,
                mappings: mappings,
                version: version,
                updatedAt: updatedAt
            )
        }
    }
}

/// A mapping in JSON's terms.
private struct StoredMapping: Codable {
    let expression: String
    let traitGroup: String
    let traitName: String

    init(_ mapping: TraitMapping) {
        expression = mapping.expression.text
        traitGroup = mapping.traitGroup
        traitName = mapping.traitName.text
    }

    var mapping: TraitMapping {
        get throws(Rejection) {
            TraitMapping(
                expression: try ColumnName(expression, field: "expression"),
                traitGroup: traitGroup,
                traitName: try TraitName(traitName, field: "traitName")
            )
        }
    }
}

/// A proposal in JSON's terms.
private struct StoredSuggestion: Codable {
    let mapping: StoredMapping
    let confidence: Double
    let rationale: String

    init(_ suggestion: SuggestedMapping) {
        mapping = StoredMapping(suggestion.mapping)
        confidence = suggestion.confidence
        rationale = suggestion.rationale
    }
}

/// JSON with its keys in a fixed order, so that equal values are equal texts.
private func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Only finite numbers and texts are encoded, which cannot fail.
    guard let data = try? encoder.encode(value) else { preconditionFailure("names and finite numbers are valid JSON") }
    return String(decoding: data, as: UTF8.self)
}

private func value<Value: Decodable>(of text: String) throws(EngineError) -> Value {
    do {
        return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    } catch {
        throw EngineError(.corrupt, "a column's JSON is not what was written: \(error)")
    }
}

/// What kept to its rules when it was written, and so must when it is read.
private func known<Value>(_ what: String, _ make: () throws(Rejection) -> Value) throws(EngineError) -> Value {
    do {
        return try make()
    } catch {
        throw EngineError(.corrupt, "\(what): \(error.message)")
    }
}
