import CLibPQ
package import RecollectEngine

/// A table or a query of a PostgreSQL database that is not ours, connected to for each page, and for reading alone.
///
/// A connection for each page costs a few milliseconds, and leaves none standing in a database that is asked every few minutes.
package struct PostgresTable: ForeignTable {
    /// Settings of every connection: nothing is written, nothing takes for ever, and values are written in one form.
    private static let settings = SessionSettings.limits.merging(
        SessionSettings([
            ("default_transaction_read_only", "on"), ("client_encoding", "UTF8"), ("TimeZone", "UTC"),
            ("DateStyle", "ISO"), ("IntervalStyle", "postgres"), ("extra_float_digits", "1"),
        ])
    )
    /// Types of arrays that become lists (pg_type.dat): booleans, numbers, texts and identifiers.
    private static let arrayTypes: Set<Oid> = [1000, 1005, 1007, 1016, 1009, 1015, 1014, 1021, 1022, 1231, 2951]

    /// What is wrong with a URL is told when the table is read, like other trouble of its database.
    private let pool: Result<PostgresPool, EngineError>
    private let relation: ForeignRelation

    /// A table or a query.
    ///
    /// - Parameters:
    ///   - url: a libpq connection URL.
    ///   - relation: what is read.
    package init(url: String, _ relation: ForeignRelation) {
        pool = Result { () throws(EngineError) in
            let address = try PostgresAddress(url: url, role: .replica)
            return PostgresPool(
                PostgresTarget(address: address, settings: Self.settings, isPooled: false),
                connections: 1
            )
        }
        self.relation = relation
    }

    /// The rows from a position on.
    ///
    /// - Parameters:
    ///   - position: the position; nil for the beginning.
    ///   - limit: the most rows.
    /// - Returns: the rows in order.
    /// - Throws: `EngineError` when the database cannot be read.
    package func rows(from position: ForeignPosition?, limit: Int) async throws -> ForeignRows {
        try await pool.get().run { session in
            defer { session.disconnect() }
            return try rows(on: session, from: position, limit)
        }
    }

    private func rows(
        on session: PostgresSession,
        from position: ForeignPosition?,
        _ limit: Int
    ) throws(EngineError) -> ForeignRows {
        let columns = try session.texts(relation.columnsText, []).columns
        let text = relation.rowsText(
            columns: columns.map { column in
                let name = "source_rows." + quoted(column.name)
                return Self.arrayTypes.contains(column.type) ? "to_json(\(name))::text" : "\(name)::text"
            },
            order: { "\($0)::text" },
            digest: "encode(sha256(convert_to((source_rows.*)::text, 'UTF8')), 'hex') COLLATE \"C\"",
            arguments: "$",
            from: position,
            limit: limit
        )
        let arguments = position.map { [$0.value] + ($0.digest.map { [$0] } ?? []) } ?? []
        let result = try session.texts(text, arguments)
        return ForeignRows(
            columns: columns.map(\.name),
            rows: (0..<result.count).map { index in
                let values = result.texts(index)
                return ForeignRow(
                    values: Array(values[..<columns.count]),
                    order: values[columns.count] ?? "",
                    digest: values[columns.count + 1] ?? "",
                    group: values[columns.count + 2].flatMap { Int($0) } ?? 0
                )
            }
        )
    }
}
