package import Logging
package import Metrics
package import RecollectEmbedding
package import RecollectEngine
package import RecollectVocabulary

/// The whole domain as one value: built by the executable, given to HTTP.
package struct Memory: Sendable {
    /// Accounts and API keys.
    package let accounts: Accounts
    /// Memory stores.
    package let stores: Stores
    /// Trait groups and the traits they define.
    package let traitGroups: TraitGroups
    /// Data mappings and suggestions for them.
    package let dataMappings: DataMappings
    /// Identity resolution settings.
    package let identityResolution: IdentityResolution
    /// Profiles and their traits.
    package let profiles: Profiles
    /// Imports of files of profiles.
    package let imports: Imports
    /// The identifiers of profiles.
    package let identifiers: Identifiers
    /// The merges of profiles.
    package let merges: Merges
    /// Observations and their revisions.
    package let observations: Observations
    /// Conversation summaries.
    package let summaries: Summaries
    /// Recall.
    package let recall: Recall
    /// Operations of the control plane.
    package let operations: Operations
    /// The servers that share the database; run it as a service beside the server when there may be several.
    package let servers: Servers
    /// What accounts may still send, whichever servers they send to.
    package let requestBudgets: RequestBudgets
    /// Background work; run it as a service beside the server.
    package let jobs: JobRunner
    /// Makes the vectors of what is written; run it as a service beside the server.
    ///
    /// Nil without an embedder.
    package let vectorMaker: VectorMaker?
    /// Makes the vectors of queries; run it as a service beside the server, so that those that arrive together cost less.
    ///
    /// Nil without an embedder.
    package let queryVectors: QueryVectors?
    /// Measures the work that waits in the database; run it as a service beside the server.
    package let gauges: StoredGauges

    /// The domain on a database that `Schema.migrate` has brought up to date.
    ///
    /// - Parameters:
    ///   - database: the database.
    ///   - replica: what answers reads whose callers are content with what lags; nil when there is none.
    ///   - secret: the installation's secret.
    ///   - clock: where the time comes from.
    ///   - ids: where new ids come from.
    ///   - embedder: what makes vectors; without one recall goes by words alone.
    ///   - limits: the limits that can be configured.
    ///   - datasets: the datasets that the configuration names; nil where none are read.
    ///   - logger: where trouble is told.
    ///   - metrics: where what happens is measured.
    package init(
        database: any Database,
        replica: (any Database)? = nil,
        secret: ServerSecret,
        clock: any WallClock,
        ids: any IDSource,
        embedder: (any Embedder)? = nil,
        limits: Limits = Limits(),
        datasets: Datasets? = nil,
        logger: Logger,
        metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        let transactions = Transactions(database, replica: replica, clock: clock, logger: logger, metrics: metrics)
        let queue = JobQueue()
        accounts = Accounts(transactions: transactions, clock: clock, ids: ids, secret: secret)
        stores = Stores(
            transactions: transactions,
            clock: clock,
            ids: ids,
            limits: limits.stores,
            jobs: queue,
            embeddingModel: embedder?.model
        )
        traitGroups = TraitGroups(transactions: transactions, clock: clock, ids: ids, jobs: queue)
        dataMappings = DataMappings(
            transactions: transactions,
            clock: clock,
            ids: ids,
            matcher: ColumnMatcher(embedder: embedder),
            datasets: datasets,
            jobs: queue
        )
        identityResolution = IdentityResolution(transactions: transactions, clock: clock, ids: ids)
        let mergeLog = MergeLog(logger: logger, metrics: metrics)
        profiles = Profiles(transactions: transactions, clock: clock, ids: ids, jobs: queue, mergeLog: mergeLog)
        identifiers = Identifiers(transactions: transactions, clock: clock, ids: ids, mergeLog: mergeLog)
        merges = Merges(transactions: transactions, clock: clock)
        let vectors = VectorQueue(model: embedder?.model)
        observations = Observations(transactions: transactions, clock: clock, ids: ids, vectors: vectors)
        summaries = Summaries(transactions: transactions, clock: clock, ids: ids, vectors: vectors)
        queryVectors = embedder.map { QueryVectors($0, clock: clock, logger: logger, metrics: metrics) }
        recall = Recall(transactions, clock: clock, queries: queryVectors, limits: limits.recall, metrics: metrics)
        vectorMaker = embedder.map { embedder in
            VectorMaker(
                transactions: transactions,
                queue: vectors,
                embedder: embedder,
                clock: clock,
                ids: ids,
                jobs: queue,
                logger: logger,
                metrics: metrics
            )
        }
        gauges = StoredGauges(transactions: transactions, clock: clock, model: embedder?.model, metrics: metrics)
        operations = Operations(transactions: transactions, clock: clock)
        servers = Servers(transactions: transactions, clock: clock, ids: ids, logger: logger)
        requestBudgets = RequestBudgets(transactions: transactions, clock: clock)
        imports = Imports(transactions: transactions, clock: clock, ids: ids, jobs: queue)
        jobs = JobRunner(
            transactions: transactions,
            queue: queue,
            clock: clock,
            ids: ids,
            datasets: datasets,
            mergeLog: mergeLog,
            logger: logger,
            metrics: metrics
        )
    }

    /// The limits that can be configured, by feature.
    package struct Limits: Sendable {
        /// Of stores.
        package var stores = StoreLimits()
        /// Of recall.
        package var recall = RecallLimits()

        /// The documented limits.
        package init() {}
    }
}
