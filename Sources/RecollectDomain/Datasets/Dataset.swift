package import RecollectVocabulary

/// Rows from outside that data mappings read, a page at a time, each from the place after the last.
package protocol Dataset: Sendable {
    /// The rows after a place.
    ///
    /// - Parameters:
    ///   - cursor: the place, as an earlier page told it; nil for the beginning.
    ///   - limit: the most rows.
    /// - Returns: the rows.
    /// - Throws: `DatasetUnreadable`, and what the source throws, when they cannot be read at the moment.
    func page(after cursor: DatasetCursor?, limit: Int) async throws -> DatasetPage
}

/// Some rows of a dataset.
package struct DatasetPage: Sendable {
    /// The names of the columns.
    package let columns: [String]
    /// The rows, in an order that stays.
    package let rows: [DatasetRow]
    /// The place after the last of them; nil for the beginning, while there is no row.
    package let cursor: DatasetCursor?
    /// Whether there were no more.
    package let isLast: Bool

    /// Some rows.
    ///
    /// - Parameters:
    ///   - columns: the names of the columns.
    ///   - rows: the rows, in an order that stays.
    ///   - cursor: the place after the last of them.
    ///   - isLast: whether there were no more.
    package init(columns: [String], rows: [DatasetRow], cursor: DatasetCursor?, isLast: Bool) {
        self.columns = columns
        self.rows = rows
        self.cursor = cursor
        self.isLast = isLast
    }
}

/// A row of a dataset.
package struct DatasetRow: Sendable {
    /// Where it is, in words.
    package let place: String
    /// Its values in the order of the columns, written as in a file that is imported; or why it has none.
    package let fields: Result<[String], DatasetUnreadable>

    /// How a file says that there is no value, as NULL says in a table.
    package static let null = "\\N"

    /// A row.
    ///
    /// - Parameters:
    ///   - place: where it is, in words.
    ///   - fields: its values in the order of the columns; or why it has none.
    package init(place: String, fields: Result<[String], DatasetUnreadable>) {
        self.place = place
        self.fields = fields
    }
}

/// Why a dataset or one of its rows cannot be read.
package struct DatasetUnreadable: Error, Sendable, CustomStringConvertible {
    /// The reason, in words.
    package let description: String

    /// Why something cannot be read.
    ///
    /// - Parameter description: the reason, in words.
    package init(_ description: String) {
        self.description = description
    }
}

/// A dataset that the server's configuration names.
package struct RegisteredDataset: Sendable {
    /// Its id, as mappings name it.
    package let id: DatasetID
    /// The account whose mappings may read it; nil for every account's.
    package let account: AccountSID?
    /// How long after one run the next begins.
    package let interval: Duration
    /// Where its rows come from.
    package let source: any Dataset

    /// A dataset.
    ///
    /// - Parameters:
    ///   - id: its id, as mappings name it.
    ///   - account: the account whose mappings may read it; nil for every account's.
    ///   - interval: how long after one run the next begins.
    ///   - source: where its rows come from.
    package init(id: DatasetID, account: AccountSID?, interval: Duration, source: any Dataset) {
        self.id = id
        self.account = account
        self.interval = interval
        self.source = source
    }
}

/// The datasets that the server's configuration names.
package struct Datasets: Sendable {
    private let registered: [DatasetID: RegisteredDataset]

    /// Datasets.
    ///
    /// - Parameter datasets: the datasets, each id once.
    package init(_ datasets: [RegisteredDataset] = []) {
        registered = Dictionary(uniqueKeysWithValues: datasets.map { ($0.id, $0) })
    }

    /// The dataset of an id that an account's mappings may read.
    func dataset(_ id: DatasetID?, for account: AccountSID) -> RegisteredDataset? {
        guard let id, let found = registered[id], found.account == nil || found.account == account else { return nil }
        return found
    }
}
