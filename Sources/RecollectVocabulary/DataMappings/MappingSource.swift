/// The name of a column that values come from: 1 to 256 characters.
package struct ColumnName: Sendable, Hashable {
    /// The most characters.
    ///
    /// Source: openapi.yaml.
    package static let lengthLimit = 256

    /// The name as it was given.
    package let text: String

    /// Reads a name.
    ///
    /// - Parameters:
    ///   - text: the name.
    ///   - field: what the caller calls it.
    /// - Throws: `Rejection` when it breaks the rule.
    package init(_ text: String, field: String) throws(Rejection) {
        guard (1...Self.lengthLimit).contains(text.unicodeScalars.count) else {
            throw Rejection(.controlPlanePayload, field, "must be 1 to \(Self.lengthLimit) characters")
        }
        self.text = text
    }
}

/// The columns of what is handed in from outside: 1 to 100, each name once.
package struct IngressColumns: Sendable, Equatable {
    /// How many there may be.
    ///
    /// Source: openapi.yaml.
    package static let count = 1...100

    /// The names in the order given.
    package let names: [ColumnName]

    /// Columns.
    ///
    /// - Parameters:
    ///   - names: their names.
    ///   - field: what the caller calls them.
    /// - Throws: `Rejection` when there are too few or too many, or a name occurs twice.
    package init(_ names: [ColumnName], field: String = "columns") throws(Rejection) {
        guard Self.count.contains(names.count) else {
            throw Rejection(
                .controlPlanePayload,
                field,
                "must have \(Self.count.lowerBound) to \(Self.count.upperBound) items"
            )
        }
        var seen: Set<ColumnName> = []
        for (place, name) in names.enumerated() {
            guard seen.insert(name).inserted else {
                throw Rejection(.controlPlanePayload, "\(field)[\(place)]", "names the column \(name.text) again")
            }
        }
        self.names = names
    }
}

/// The id of a dataset.
///
/// It is made elsewhere and kept exactly as given.
package struct DatasetID: Sendable, Hashable {
    private static let prefix = "tdi_dataset_"

    /// The id as it was given.
    package let text: String

    /// Reads an id.
    ///
    /// - Parameters:
    ///   - text: the id.
    ///   - field: what the caller calls it.
    /// - Throws: `Rejection` when it breaks the contract's pattern.
    package init(_ text: String, field: String) throws(Rejection) {
        let digits = text.utf8.dropFirst(Self.prefix.utf8.count)
        guard text.hasPrefix(Self.prefix), digits.count == 26,
            let first = digits.first, (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(first),
            digits.allSatisfy(Self.isLowerAlphanumeric)
        else {
            throw Rejection(.controlPlanePayload, field, "must be \(Self.prefix) and 26 characters of a TypeID")
        }
        self.text = text
    }

    private static func isLowerAlphanumeric(_ character: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(character)
    }
}

/// Where the values of a data mapping come from.
package enum MappingSource: Sendable, Equatable {
    /// Rows handed in from outside, such as a CSV file.
    case ingress(IngressColumns)
    /// A dataset of a cloud application.
    case cloudApp(DatasetID)
    /// A dataset of a warehouse.
    case warehouse(DatasetID)

    /// The kinds of sources, as the contract names them.
    package enum Kind: String, Sendable, CaseIterable {
        case ingress = "INGRESS"
        case cloudApp = "DATASET_CLOUDAPP"
        case warehouse = "DATASET_WAREHOUSE"
    }

    /// Which kind it is.
    package var kind: Kind {
        switch self {
        case .ingress: .ingress
        case .cloudApp: .cloudApp
        case .warehouse: .warehouse
        }
    }

    /// Its columns; nil when they are known to the dataset alone.
    package var columns: IngressColumns? {
        if case .ingress(let columns) = self { columns } else { nil }
    }

    /// Its dataset; nil for what is handed in.
    package var dataset: DatasetID? {
        switch self {
        case .ingress: nil
        case .cloudApp(let dataset), .warehouse(let dataset): dataset
        }
    }
}
