/// A file of profiles, from its announcement until its last row.
package struct ProfileImport: Sendable {
    /// How far an import is.
    package enum Status: String, Sendable {
        /// The file has not come yet.
        case pending = "PENDING"
        /// Its rows are being read.
        case processing = "PROCESSING"
        case completed = "COMPLETED"
        case failed = "FAILED"
    }

    /// Its id, which carries when it was announced.
    package let id: ImportID
    /// The operation that follows it.
    package let operation: OperationID
    /// How far it is.
    package let status: Status
    /// The file's name.
    package let fileName: String
    /// How many bytes the file has.
    package let fileSize: Int
    /// What becomes of its columns.
    package let columns: [ColumnMapping]
    /// When it last changed.
    package let updatedAt: Timestamp
    /// How far it is read.
    package let progress: ImportProgress
    /// Why it failed, if it did as a whole.
    package let failure: String?

    /// An import.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - operation: the operation that follows it.
    ///   - status: how far it is.
    ///   - fileName: the file's name.
    ///   - fileSize: how many bytes the file has.
    ///   - columns: what becomes of its columns.
    ///   - updatedAt: when it last changed.
    ///   - progress: how far it is read.
    ///   - failure: why it failed as a whole.
    package init(
        id: ImportID,
        operation: OperationID,
        status: Status,
        fileName: String,
        fileSize: Int,
        columns: [ColumnMapping],
        updatedAt: Timestamp,
        progress: ImportProgress,
        failure: String?
    ) {
        self.id = id
        self.operation = operation
        self.status = status
        self.fileName = fileName
        self.fileSize = fileSize
        self.columns = columns
        self.updatedAt = updatedAt
        self.progress = progress
        self.failure = failure
    }
}

/// How far a file is read, and what became of its rows.
package struct ImportProgress: Sendable, Equatable {
    /// The place in the file of the first byte that was not read.
    package var position = 0
    /// How many rows were read, without the header.
    package var rows = 0
    /// How many lines were read.
    package var lines = 0
    /// How many things were noticed that do not keep a row from being applied.
    package var warnings = 0
    /// What became of the rows; those that could not be applied have failed.
    package var counts = OperationCounts()

    /// Nothing was read.
    package init() {}
}

/// Why a row of a file could not be applied.
package struct ImportRowError: Sendable, Equatable {
    /// The row's number, counted from 1 without the header.
    package let row: Int
    /// The line of the file in which the row begins, counted from 1.
    package let line: Int
    /// The column, if it is about one.
    package let column: String?
    /// The rule that was broken.
    package let message: String

    /// Why a row could not be applied.
    ///
    /// - Parameters:
    ///   - row: the row's number, counted from 1 without the header.
    ///   - line: the line in which it begins.
    ///   - column: the column, if it is about one.
    ///   - message: the rule that was broken.
    package init(row: Int, line: Int, column: String?, message: String) {
        self.row = row
        self.line = line
        self.column = column
        self.message = message
    }
}
