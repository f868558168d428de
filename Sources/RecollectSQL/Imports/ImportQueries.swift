import Foundation
package import RecollectEngine
package import RecollectVocabulary

extension ProfileImport.Status: SQLName {}

/// An import as its job needs it.
package struct ImportRow: Sendable {
    /// The import.
    package let value: ProfileImport
    /// Its store.
    package let store: StoreID
    /// The store's account.
    package let account: AccountSID
    /// The names of the file's columns, once they are read.
    package let header: [String]?
    /// The number of the last upload begun.
    package let upload: Int
}

/// A list that stands in a text column as JSON.
package struct JSONList<Element: Codable & Sendable>: SQLBindable, SQLReadable {
    /// The elements.
    package let elements: [Element]

    package static var sqlType: SQLType { .text }

    package var sqlValue: SQLValue {
        // Names are encoded, which cannot fail.
        guard let data = try? JSONEncoder().encode(elements) else {
            preconditionFailure("names are always valid JSON")
        }
        return .text(String(decoding: data, as: UTF8.self))
    }

    /// A list to write.
    ///
    /// - Parameter elements: the elements.
    package init(_ elements: [Element]) {
        self.elements = elements
    }

    package init(from columns: inout Columns) throws(EngineError) {
        let text: String = try columns.next()
        do {
            elements = try JSONDecoder().decode([Element].self, from: Data(text.utf8))
        } catch {
            throw EngineError(.corrupt, "a list is no JSON: \(error)")
        }
    }
}

/// The statements of imports.
package enum ImportQueries {
    /// Every statement, for the tests that read them.
    package static let statements: [Statement] =
        [
            insert.statement, fetch.statement, lock.statement, pageAscending.statement, pageDescending.statement,
            beginUpload.statement, endUpload.statement, advance.statement, setHeader.statement, end.statement,
            firstOfStore.statement, delete.statement, errors.statement, deleteErrors.statement,
        ] + insertErrors.statements.values

    private static let columns = """
        import_id, operation_id, status, file_name, file_size, column_mappings, updated_at, position, row_count,
        line_count, warning_count, created_count, updated_count, merged_count, failed_count, failure
        """

    /// A new import.
    package static let insert = Command(
        """
        INSERT INTO profile_import (
            import_id, store_id, account_sid, operation_id, status, file_name, file_size, column_mappings, updated_at,
            upload, position, row_count, line_count, warning_count, created_count, updated_count, merged_count,
            failed_count
        ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        """,
        taking: ImportID.self,
        StoreKey.self,
        AccountSID.self,
        OperationID.self,
        ProfileImport.Status.self,
        String.self,
        Int.self,
        JSONList<ColumnMapping>.self,
        Timestamp.self
    )

    /// One import of a store.
    package static let fetch = Query(
        "SELECT \(columns) FROM profile_import WHERE import_id = $1 AND store_id = $2",
        taking: ImportID.self,
        StoreKey.self,
        row: value
    )

    /// An import for its upload or its job, locked.
    package static let lock = Query(
        """
        SELECT \(columns), store_id, account_sid, header, upload FROM profile_import WHERE import_id = $1 {for update}
        """,
        taking: ImportID.self,
        row: { columns throws(EngineError) -> ImportRow in
            let found = try value(&columns)
            let store: StoreID = try columns.next()
            let account: AccountSID = try columns.next()
            let header: JSONList<String>? = try columns.next()
            return ImportRow(
                value: found,
                store: store,
                account: account,
                header: header?.elements,
                upload: try columns.next()
            )
        }
    )

    /// One page of a store's imports within bounds, oldest first.
    ///
    /// Index: profile_import_by_store.
    package static let pageAscending = page(order: "ASC")
    /// One page of a store's imports within bounds, newest first.
    ///
    /// Index: profile_import_by_store.
    package static let pageDescending = page(order: "DESC")

    /// Begins an upload: those begun before count no more.
    package static let beginUpload = Command(
        "UPDATE profile_import SET upload = upload + 1 WHERE import_id = $1",
        taking: ImportID.self
    )

    /// Makes the rows of an import be read, unless another upload ($2) has been begun since; changes nothing then.
    package static let endUpload = Command(
        """
        UPDATE profile_import SET status = 'PROCESSING', updated_at = $3
        WHERE import_id = $1 AND upload = $2 AND status = 'PENDING'
        """,
        taking: ImportID.self,
        Int.self,
        Timestamp.self
    )

    /// Records how far an import is read.
    package static let advance = Command(
        """
        UPDATE profile_import
        SET position = $2, row_count = $3, line_count = $4, warning_count = $5, created_count = $6,
            updated_count = $7, merged_count = $8, failed_count = $9, updated_at = $10
        WHERE import_id = $1
        """,
        taking: ImportID.self,
        Int.self,
        Int.self,
        Int.self,
        Int.self,
        Int.self,
        Int.self,
        Int.self,
        Int.self,
        Timestamp.self
    )

    /// Records the names of a file's columns.
    package static let setHeader = Command(
        "UPDATE profile_import SET header = $2 WHERE import_id = $1",
        taking: ImportID.self,
        JSONList<String>.self
    )

    /// Ends an import: status, time and, if it failed as a whole, why.
    package static let end = Command(
        "UPDATE profile_import SET status = $2, updated_at = $3, failure = $4 WHERE import_id = $1",
        taking: ImportID.self,
        ProfileImport.Status.self,
        Timestamp.self,
        String?.self
    )

    /// An import of a store that is being purged.
    ///
    /// Index: profile_import_by_store.
    package static let firstOfStore = Query(
        "SELECT import_id FROM profile_import WHERE store_id = $1 ORDER BY import_id LIMIT 1",
        taking: StoreID.self,
        row: { columns throws(EngineError) -> ImportID in try columns.next() }
    )

    /// Removes an import.
    package static let delete = Command(
        "DELETE FROM profile_import WHERE import_id = $1",
        taking: ImportID.self
    )

    /// Why rows of an import could not be applied, in their order.
    package static let errors = Query(
        """
        SELECT row_number, line_number, column_name, message FROM import_error
        WHERE import_id = $1 AND row_number > $2 ORDER BY row_number LIMIT $3
        """,
        taking: ImportID.self,
        Int.self,
        Int.self,
        row: { columns throws(EngineError) -> ImportRowError in
            ImportRowError(
                row: try columns.next(),
                line: try columns.next(),
                column: try columns.next(),
                message: try columns.next()
            )
        }
    )

    /// Records why rows could not be applied.
    package static let insertErrors = Insertion(
        "INSERT INTO import_error (import_id, row_number, line_number, column_name, message) VALUES {rows}",
        columns: ImportID.self,
        Int.self,
        Int.self,
        String?.self,
        String.self
    )

    /// Removes the errors of an import.
    package static let deleteErrors = Command(
        "DELETE FROM import_error WHERE import_id = $1",
        taking: ImportID.self
    )

    private static func page(order: String) -> Query<ImportID, StoreKey, ImportID, ImportID, Int> {
        Query(
            """
            SELECT import_id FROM profile_import WHERE store_id = $1 AND import_id >= $2 AND import_id < $3
            ORDER BY import_id \(order) LIMIT $4
            """,
            taking: StoreKey.self,
            ImportID.self,
            ImportID.self,
            Int.self,
            row: { columns throws(EngineError) -> ImportID in try columns.next() }
        )
    }

    private static func value(_ columns: inout Columns) throws(EngineError) -> ProfileImport {
        let id: ImportID = try columns.next()
        let operation: OperationID = try columns.next()
        let status: ProfileImport.Status = try columns.next()
        let fileName: String = try columns.next()
        let fileSize: Int = try columns.next()
        let mappings: JSONList<ColumnMapping> = try columns.next()
        let updatedAt: Timestamp = try columns.next()
        var progress = ImportProgress()
        progress.position = try columns.next()
        progress.rows = try columns.next()
        progress.lines = try columns.next()
        progress.warnings = try columns.next()
        progress.counts.created = try columns.next()
        progress.counts.updated = try columns.next()
        progress.counts.merged = try columns.next()
        progress.counts.failed = try columns.next()
        return ProfileImport(
            id: id,
            operation: operation,
            status: status,
            fileName: fileName,
            fileSize: fileSize,
            columns: mappings.elements,
            updatedAt: updatedAt,
            progress: progress,
            failure: try columns.next()
        )
    }
}
