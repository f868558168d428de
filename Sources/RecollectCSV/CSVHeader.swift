/// The names of a file's columns, which its first row gives.
package struct CSVHeader: Sendable, Equatable {
    /// The names in the order of the columns, without the white space around them.
    package let names: [String]

    private let indexes: [String: Int]

    /// Makes a header of the first row's fields.
    ///
    /// Names are told apart as they are written, upper and lower case included. Two spellings of a name that differ only in
    /// how an accent is encoded (composed or not) are the same name, as no reader could tell them apart.
    ///
    /// - Parameter fields: the fields.
    /// - Throws: `CSVHeaderError` when a column has no name or that of another, or there are too many.
    package init(_ fields: [String]) throws(CSVHeaderError) {
        guard fields.count <= CSVLimits.fields else { throw .tooManyColumns(fields.count) }
        var names: [String] = []
        var indexes: [String: Int] = [:]
        for (index, field) in fields.enumerated() {
            let name = withoutSpaceAround(field)
            guard !name.isEmpty else { throw .emptyName(column: index + 1) }
            if let first = indexes.updateValue(index, forKey: name) {
                throw .duplicateName(name, column: index + 1, first: first + 1)
            }
            names.append(name)
        }
        self.names = names
        self.indexes = indexes
    }

    /// The index of a column among the fields of a row, from 0.
    ///
    /// - Parameter name: the column's name, exactly.
    /// - Returns: the index, or nil when no column has this name.
    package func index(of name: String) -> Int? {
        indexes[name]
    }

    /// Whether a row has a field for each column and none besides.
    ///
    /// - Parameter row: the row.
    /// - Returns: false when the row is ragged.
    package func fits(_ row: CSVRow) -> Bool {
        row.fields.count == names.count
    }
}

/// Why a row cannot name the columns; columns are counted from 1.
package enum CSVHeaderError: Error, Sendable, Equatable {
    /// A column has no name, or only white space.
    case emptyName(column: Int)
    /// A column has the name of an earlier one.
    case duplicateName(String, column: Int, first: Int)
    /// There are more columns than `CSVLimits.fields`: so many.
    case tooManyColumns(Int)
}

private func withoutSpaceAround(_ text: String) -> String {
    let start = text.drop { $0.isWhitespace }
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
}
