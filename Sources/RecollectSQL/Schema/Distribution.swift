// How a database comes to be spread over the nodes of Citus. Every table is taken in turn, in a transaction of its own, and looked
// at before it is touched: so this can be repeated, after an interruption as after a migration. What a table becomes is decided
// by its family alone (`TableFamily`):
//   control plane   a reference table: a copy on every node, which statements join on the spot
//   background      a local table of Citus on the coordinator: jobs are claimed in the order of time, by rows that others skip.
//                   Of Citus, and not of PostgreSQL alone, because only then its changes commit with those on other nodes
//   the others      spread by the family's column; the tables of one family lie together

package import RecollectEngine

/// Spreads the tables of a database over the nodes of Citus.
package struct Distribution: Sendable {
    /// What became of a table.
    package enum Outcome: Sendable, Equatable {
        /// It was spread now.
        case distributed
        /// It was spread before.
        case unchanged
    }

    private let shards: Int?

    /// A distribution.
    ///
    /// - Parameter shards: how many parts a family is cut into; nil for what the database is set to.
    package init(shards: Int? = nil) {
        self.shards = shards
    }

    /// Brings a database to this program's version and spreads every table that is not spread yet.
    ///
    /// Servers should be stopped: a table cannot be written meanwhile. Nothing is touched where the database is not ready.
    ///
    /// - Parameters:
    ///   - database: the database.
    ///   - report: is told of each table in its turn; what it throws ends the run.
    /// - Throws: `DistributionRefused` when the database is no Citus, not ready, or spread otherwise; `SchemaTooNew`;
    ///   `EngineError`.
    package func run(
        on database: any Database,
        report: @Sendable (SchemaTable, Outcome) async throws -> Void
    ) async throws {
        try await database.write { connection in try connection.requireReadyForDistribution() }
        try await Schema.migrate(database)
        for table in SchemaTable.all {
            let outcome = try await database.write { connection in
                try connection.prepareForDistribution()
                return try connection.distribute(table, shards: shards)
            }
            // What the coordinator held before is of no use to anybody. A transaction of its own, so that it can be made up for.
            try await database.write { connection in
                guard try connection.first(leavesRows, table.name) != nil else { return }
                try connection.prepareForDistribution()
                try connection.run(truncate, table.name)
            }
            try await report(table, outcome)
        }
    }

    /// Spreads the tables there are, of whatever version, in one transaction.
    ///
    /// Quicker where they hold little, as in tests.
    ///
    /// - Parameter database: a database that only this uses.
    /// - Throws: `EngineError`.
    package func runOnce(on database: any Database) async throws {
        try await database.write { connection in
            try connection.prepareForDistribution()
            try connection.distributeNewTables(shards: shards)
        }
    }
}

/// Why a database is not distributed.
package struct DistributionRefused: Error, CustomStringConvertible {
    /// What is wrong and what to do.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension Connection {
    /// Prepares a migration of a database that may be spread; tells whether it is.
    func prepareMigration() throws(EngineError) -> Bool {
        guard try hasCitus() else { return false }
        guard try first(kind, "profile") != nil else { return false }
        try prepareForDistribution()
        return true
    }

    /// Spreads what a migration of a spread database has added, in the transaction of the migration.
    func distributeNewTables(shards: Int? = nil) throws {
        for table in SchemaTable.all where try first(exists, table.name) != nil {
            _ = try distribute(table, shards: shards)
        }
    }

    fileprivate func prepareForDistribution() throws(EngineError) {
        for setting in settings { try run(setting, []) }
    }

    fileprivate func requireReadyForDistribution() throws {
        guard try hasCitus() else {
            throw DistributionRefused(
                """
                the database is not Citus: install Citus on every node, run CREATE EXTENSION citus in this database on each, \
                and add the workers with citus_add_node. A single PostgreSQL needs none of this
                """
            )
        }
        guard try first(isCoordinator) != nil else {
            throw DistributionRefused("this is a worker of Citus: give the URL of its coordinator")
        }
        guard try first(coordinatorIsKnown) != nil else {
            throw DistributionRefused(
                """
                the nodes do not know their coordinator: run SELECT citus_set_coordinator_host('HOST', PORT) on it, with an \
                address that the workers reach
                """
            )
        }
        guard try first(holdsShards) != nil else {
            throw DistributionRefused("no node takes shards: add workers with SELECT citus_add_node('HOST', PORT)")
        }
    }

    fileprivate func distribute(_ table: SchemaTable, shards: Int?) throws -> Distribution.Outcome {
        let leader = table.family.leader
        if let found = try first(kind, table.name) {
            let together = try leader == table.name ? found.group : first(kind, leader)?.group
            let wanted = table.family.kind(inGroup: table.family.distributionColumn == nil ? found.group : together)
            guard found == wanted else {
                throw DistributionRefused(
                    "the table \(table.name) is spread otherwise: run SELECT undistribute_table('\(table.name)') first"
                )
            }
            return .unchanged
        }
        switch (table.family, table.family.distributionColumn) {
        case (.background, _):
            try run(addLocal, table.name)
        case (_, nil):
            try run(addReference, table.name)
        case (_, let column?) where leader == table.name:
            if let shards { try run(Statement("SET LOCAL citus.shard_count = \(shards)"), []) }
            try run(addDistributed, table.name, column, "none")
        case (_, let column?):
            try run(addDistributed, table.name, column, leader)
        }
        return .distributed
    }

    private func hasCitus() throws(EngineError) -> Bool {
        try !rows(Dialect.citusVersion, []) { columns throws(EngineError) -> String in try columns.next() }.isEmpty
    }
}

extension TableFamily {
    /// The table with which the others of the family lie.
    fileprivate var leader: String {
        guard let first = SchemaTable.all.first(where: { $0.family == self }) else {
            preconditionFailure("every family has a table")
        }
        return first.name
    }

    fileprivate func kind(inGroup group: Int?) -> TableKind {
        switch self {
        case .controlPlane: TableKind(method: "n", replication: "t", column: nil, group: group)
        case .background: TableKind(method: "n", replication: "s", column: nil, group: 0)
        default: TableKind(method: "h", replication: "s", column: distributionColumn, group: group)
        }
    }
}

// The statements, in the words of PostgreSQL and Citus, which nobody else has.

/// How Citus keeps a table, as its catalogue says it (pg_dist_partition).
private struct TableKind: Equatable {
    /// `h` by the hash of a column, `n` whole.
    let method: String
    /// `t` for a copy on every node, `s` for one place.
    let replication: String
    let column: String?
    /// Tables of one group lie together.
    let group: Int?
}

/// Data is moved for as long as it takes, and one node after the other, as tables of one transaction must be.
private let settings = [
    Statement("SET LOCAL statement_timeout = 0"),
    Statement("SET LOCAL citus.multi_shard_modify_mode = 'sequential'"),
]

private let kind = Query(
    """
    SELECT CAST(partmethod AS TEXT), CAST(repmodel AS TEXT), column_to_column_name(logicalrelid, partkey),
        CAST(colocationid AS BIGINT)
    FROM pg_dist_partition WHERE logicalrelid = to_regclass($1)
    """,
    taking: String.self,
    row: { columns throws(EngineError) -> TableKind in
        TableKind(
            method: try columns.next(),
            replication: try columns.next(),
            column: try columns.next(),
            group: try columns.next()
        )
    }
)

private let exists = Query(
    "SELECT CAST($1 AS TEXT) WHERE to_regclass($1) IS NOT NULL",
    taking: String.self,
    row: { columns throws(EngineError) -> String in try columns.next() }
)

private let leavesRows = Query(
    "SELECT CAST($1 AS TEXT) WHERE pg_relation_size(to_regclass($1)) > 0",
    taking: String.self,
    row: { columns throws(EngineError) -> String in try columns.next() }
)

private let truncate = Command(
    "SELECT truncate_local_data_after_distributing_table(to_regclass($1))",
    taking: String.self
)

private let isCoordinator = Query(
    "SELECT CAST(groupid AS BIGINT) FROM pg_dist_local_group WHERE groupid = 0",
    row: { columns throws(EngineError) -> Int in try columns.next() }
)

private let coordinatorIsKnown = Query(
    "SELECT CAST(groupid AS BIGINT) FROM pg_dist_node WHERE groupid = 0",
    row: { columns throws(EngineError) -> Int in try columns.next() }
)

private let holdsShards = Query(
    "SELECT CAST(nodeid AS BIGINT) FROM pg_dist_node WHERE shouldhaveshards AND isactive AND noderole = 'primary'",
    row: { columns throws(EngineError) -> Int in try columns.next() }
)

private let addReference = Command("SELECT create_reference_table(to_regclass($1))", taking: String.self)

private let addLocal = Command("SELECT citus_add_local_table_to_metadata(to_regclass($1))", taking: String.self)

private let addDistributed = Command(
    "SELECT create_distributed_table(to_regclass($1), $2, colocate_with => $3)",
    taking: String.self,
    String.self,
    String.self
)
