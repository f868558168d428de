package import RecollectEngine
package import RecollectVocabulary

// A place in a table is the value of the ordering column of the last row read, and which rows with that value were read. The
// next page begins with that value again, and leaves out those it knows. So neither the rows with equal values at the edge of a
// page are lost nor one that comes later with the same value, as happens where a column counts in seconds or days.
//
// The rows known are told by their digests, up to `knownLimit`. Where more rows have one value, as after a load in bulk, the
// order within the value (by digest) tells how far it was read: nothing at the edge is lost either, but a row that comes later
// with that value is read only if its digest is greater. Reading all rows of one value at once, the other way, would read a whole
// table into memory where all have the same.
//
// A row that comes later with a smaller value is never read: the column must grow. A dataset that is given another column is read
// from its beginning, as a place in one order is none in another.
//
// Cost: with an index on the column, a page sorts the rows of its own values and reads no others; where all rows have one value,
// each page sorts all of them.

/// The rows of a table or query in another database.
package struct TableDataset: Dataset {
    /// How many rows with the last value read are known one by one.
    ///
    /// Source: ours; they are written with each page.
    private static let knownLimit = 200
    /// How much of a value people are shown, in characters.
    private static let shownLimit = 100

    private let table: any ForeignTable
    private let cursorColumn: String

    /// The rows of a table.
    ///
    /// - Parameters:
    ///   - table: the table.
    ///   - cursorColumn: the column that orders them, for people.
    package init(_ table: any ForeignTable, orderedBy cursorColumn: String) {
        self.table = table
        self.cursorColumn = cursorColumn
    }

    /// The rows after a place.
    ///
    /// - Parameters:
    ///   - cursor: the place, as an earlier page told it; nil for the beginning.
    ///   - limit: the most rows.
    /// - Returns: the rows.
    /// - Throws: `DatasetUnreadable` with the database's own words.
    package func page(after cursor: DatasetCursor?, limit: Int) async throws -> DatasetPage {
        let place = cursor.flatMap { TablePlace($0, orderedBy: cursorColumn) }
        let known = place?.known ?? []
        let read: ForeignRows
        do {
            read = try await table.rows(from: place?.position, limit: limit + known.count)
        } catch let error as EngineError {
            throw DatasetUnreadable(error.message)
        }
        let order = read.columns.firstIndex { $0.lowercased() == cursorColumn.lowercased() }
        func shown(_ row: ForeignRow) -> String {
            let value = order.flatMap { row.values[$0] } ?? ""
            return String(value.prefix(Self.shownLimit).filter { $0 != "\0" })
        }
        let new = read.rows.filter { $0.group > 0 || !known.contains($0.digest) }
        var end = cursor
        if let last = read.rows.last {
            let equal = read.rows.filter { $0.group == last.group }.map(\.digest)
            let digests = Set(equal).union(last.group == 0 ? known : [])
            let isKnownByOne = digests.count <= Self.knownLimit && place?.isUpTo(last) != true && !new.isEmpty
            let ties: TablePlace.Ties = isKnownByOne ? .known(digests) : .upTo(last.digest)
            end = TablePlace(value: last.order, ties).cursor(shown(last), orderedBy: cursorColumn)
            // Rows known already say nothing new about how far it is read.
            if new.isEmpty, read.rows.count < limit + known.count { end = cursor }
        }
        return DatasetPage(
            columns: read.columns,
            rows: new.map { row in
                DatasetRow(
                    place: "\(cursorColumn) \(shown(row))",
                    fields: .success(row.values.map { $0 ?? DatasetRow.null })
                )
            },
            cursor: end,
            isLast: read.rows.count < limit + known.count
        )
    }
}

/// How far a table is read.
private struct TablePlace {
    /// What is read of the rows with the last value.
    enum Ties {
        /// Those with these digests.
        case known(Set<String>)
        /// Those up to a digest.
        case upTo(String)
    }

    let value: String
    let ties: Ties

    init(value: String, _ ties: Ties) {
        self.value = value
        self.ties = ties
    }

    /// Reads a place; nil when it is none in this order, as after a change of the configuration.
    init?(_ cursor: DatasetCursor, orderedBy column: String) {
        let parts = cursor.parts
        guard parts.count >= 5, parts[1] == column, let kind = Kind(rawValue: parts[3]) else { return nil }
        value = parts[2]
        ties = kind == .known ? .known(Set(parts[4...])) : .upTo(parts[4])
    }

    func cursor(_ text: String, orderedBy column: String) -> DatasetCursor {
        switch ties {
        case .known(let digests): DatasetCursor([text, column, value, Kind.known.rawValue] + digests.sorted())
        case .upTo(let digest): DatasetCursor([text, column, value, Kind.upTo.rawValue, digest])
        }
    }

    var position: ForeignPosition {
        guard case .upTo(let digest) = ties else { return ForeignPosition(value: value) }
        return ForeignPosition(value: value, digest: digest)
    }

    var known: Set<String> {
        if case .known(let digests) = ties { digests } else { [] }
    }

    /// Whether a row continues rows that are read by the order of their digests.
    func isUpTo(_ row: ForeignRow) -> Bool {
        if case .upTo = ties { row.group == 0 } else { false }
    }

    private enum Kind: String {
        case known
        case upTo
    }
}
