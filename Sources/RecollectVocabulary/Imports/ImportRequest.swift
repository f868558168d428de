/// Which column of a file becomes which trait.
package struct ColumnMapping: Sendable, Equatable, Codable {
    /// The column's name in the header.
    package let columnName: String
    /// The trait's group.
    package let traitGroup: String
    /// The trait's name.
    package let traitName: String

    /// A mapping of a column.
    ///
    /// - Parameters:
    ///   - columnName: the column's name in the header.
    ///   - traitGroup: the trait's group.
    ///   - traitName: the trait's name.
    package init(columnName: String, traitGroup: String, traitName: String) {
        self.columnName = columnName
        self.traitGroup = traitGroup
        self.traitName = traitName
    }
}

/// A file of profiles that is announced.
package struct ImportRequest: Sendable, Equatable {
    /// Where the mapping of its columns stands.
    package enum Columns: Sendable, Equatable {
        /// In the request.
        case mapped([ColumnMapping])
        /// In a data mapping of the store.
        case mapping(DataMappingID)
    }

    /// The file's name, for people.
    package let fileName: String
    /// How many bytes it has.
    package let fileSize: Int
    /// What becomes of its columns.
    package let columns: Columns

    /// A file that is announced.
    ///
    /// - Parameters:
    ///   - fileName: its name, for people.
    ///   - fileSize: how many bytes it has.
    ///   - columns: what becomes of its columns.
    package init(fileName: String, fileSize: Int, columns: Columns) {
        self.fileName = fileName
        self.fileSize = fileSize
        self.columns = columns
    }
}

/// The limits of imports.
package enum ImportLimits {
    /// How many characters a file's name may have.
    ///
    /// Source: openapi.yaml, ImportCreate.
    package static let fileNameLength = 0...255
    /// How many bytes a file may have.
    ///
    /// Source: openapi.yaml, ImportCreate.
    package static let fileSize = 1...104_857_600
    /// How many columns may be mapped.
    ///
    /// Source: openapi.yaml, ImportCreate.
    package static let columns = 2...100
    /// How many characters the names in a mapping may have.
    ///
    /// Source: openapi.yaml, ColumnMapping.
    package static let nameLength = 0...64
    /// How many rows a file may have, without its header.
    ///
    /// Source: behaviour.md.
    package static let rows = 1_000_000
    /// How many rows may fail before the import does.
    ///
    /// Source: behaviour.md.
    package static let failedRows = 100
    /// How long the URL of an upload is good.
    ///
    /// Source: behaviour.md.
    package static let uploadLifetime = Duration.seconds(30 * 60)
    /// The most imports on a page.
    ///
    /// Source: openapi.yaml, ImportList.
    package static let page = 100
}
