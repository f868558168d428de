import Foundation
import RecollectCSV
import RecollectVocabulary

/// The traits that the columns of a file or dataset become.
struct ImportedTraits {
    /// A column and its trait.
    struct Column {
        let name: String
        let definition: TraitDefinition
    }

    let columns: [Column]

    /// Whether any of them identifies a customer.
    var identify: Bool { columns.contains { $0.definition.promotedIDType != nil } }

    /// Finds the traits.
    ///
    /// - Throws: `Rejection` when a column or a trait is named twice, or a trait is not declared.
    init(_ mappings: [ColumnMapping], _ schema: TraitSchema) throws(Rejection) {
        var (names, traits): (Set<String>, Set<TraitID>) = ([], [])
        var columns: [Column] = []
        for (place, mapping) in mappings.enumerated() {
            let field = "columnMappings[\(place)]"
            guard !mapping.columnName.isEmpty, names.insert(mapping.columnName).inserted else {
                throw Rejection(.malformed, "\(field).columnName", "must be a column that no other mapping names")
            }
            let name = try TraitName(mapping.traitName, field: "\(field).traitName")
            guard let definition = schema.definition(named: name, in: mapping.traitGroup) else {
                throw Rejection(
                    .malformed,
                    "\(field).traitName",
                    "the store has no trait \(mapping.traitGroup).\(mapping.traitName)"
                )
            }
            guard traits.insert(definition.id).inserted else {
                throw Rejection(.malformed, "\(field).traitName", "must be a trait that no other mapping names")
            }
            columns.append(Column(name: mapping.columnName, definition: definition))
        }
        self.columns = columns
    }

    /// The traits of a data mapping, which may take several from one column.
    init(_ targets: [MappingTarget]) {
        columns = targets.map { Column(name: $0.column.text, definition: $0.definition) }
    }

    /// The places of the columns in a source with these columns, each with its trait.
    ///
    /// - Throws: `Rejection` that names a column which the source does not have.
    func places(in header: [String], of source: String = "file") throws(Rejection) -> [(place: Int, column: Column)] {
        let places = Dictionary(header.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        var found: [(place: Int, column: Column)] = []
        for column in columns {
            guard let place = places[column.name] else {
                throw Rejection(.malformed, column.name, "is no column of the \(source)")
            }
            found.append((place, column))
        }
        return found
    }
}

extension TraitDefinition {
    /// What a cell of a file says of the trait.
    ///
    /// Empty sets the empty text or list, and leaves a number or a truth value as it is, for which there is none; `\N` removes.
    ///
    /// - Returns: the value, nil in it for a removal; nil when the cell says nothing.
    /// - Throws: `Rejection` when the cell can be no value of the trait's type.
    func value(ofCell cell: String, column: String) throws(Rejection) -> TraitValue?? {
        guard cell != "\\N" else { return .some(nil) }
        switch dataType {
        case .string:
            return .string(cell)
        case .number:
            guard !cell.isEmpty else { return nil }
            if let integer = Int64(cell) { return .number(.integer(integer)) }
            guard let number = Double(cell).flatMap(TraitNumber.init) else {
                throw Rejection(.malformed, column, "must be a number")
            }
            return .number(number)
        case .boolean:
            guard !cell.isEmpty else { return nil }
            guard let flag = ["true": true, "1": true, "false": false, "0": false][cell.lowercased()] else {
                throw Rejection(.malformed, column, "must be true or false")
            }
            return .boolean(flag)
        case .array:
            guard cell.hasPrefix("[") else {
                let texts = cell.isEmpty ? [] : cell.split(separator: ";", omittingEmptySubsequences: false)
                return .array(texts.map { .string($0.trimmingCharacters(in: .whitespaces)) })
            }
            guard let value = try? TraitValue(json: cell), case .array = value else {
                throw Rejection(.malformed, column, "must be a flat JSON array, or texts separated by semicolons")
            }
            return value
        }
    }
}
