import RecollectMetrics

/// Every metric of the program, with what is said of it to those who watch.
enum MetricCatalogue {
    /// The descriptions.
    static let all = requests + recall + vectors + work + database + process

    private static let requests = [
        MetricDescription("recollect_http_requests_total", "Requests answered, by method, route and status."),
        MetricDescription(
            "recollect_http_request_duration_seconds",
            "From a request's header to its answer, by method and route."
        ),
        MetricDescription("recollect_http_requests_in_flight", "Requests being answered now."),
        MetricDescription(
            "recollect_http_requests_rate_limited_total",
            "Requests refused because their account sent too many."
        ),
    ]

    private static let recall = [
        MetricDescription(
            "recollect_recall_stage_duration_seconds",
            "Stages of a recall; query_vector goes on beside resolve and index_cold, index_incremental or index_past.",
            buckets: DurationBuckets.fine
        ),
        MetricDescription(
            "recollect_recalls_degraded_total",
            "Recalls with a query that went by words alone: no_model, deadline (no vector in time), failure."
        ),
        MetricDescription(
            "recollect_index_cache_lookups_total",
            "Profiles' indexes looked for: hit (here and valid), stale (brought up to date), miss (read whole)."
        ),
        MetricDescription("recollect_index_cache_bytes", "Memory of the profiles' indexes, about."),
        MetricDescription("recollect_index_cache_limit_bytes", "The most memory that indexes may take."),
        MetricDescription("recollect_index_cache_profiles", "Profiles whose indexes are in memory."),
        MetricDescription("recollect_index_cache_evictions_total", "Indexes dropped to make room."),
    ]

    private static let vectors = [
        MetricDescription("recollect_vectors_made_total", "Vectors made and stored."),
        MetricDescription("recollect_vectors_failed_total", "Items whose vector could not be made, each try."),
        MetricDescription("recollect_vector_queue_items", "Items that wait for a vector, counted to 100,000."),
        MetricDescription("recollect_reembedding_stores", "Stores whose vectors are made anew for another model."),
        MetricDescription(
            "recollect_reembedding_stores_waiting",
            "Stores with vectors of another model than this server's, not yet begun."
        ),
        MetricDescription(
            "recollect_reembedding_profiles_waiting",
            "Profiles of stores made anew whose items are not queued yet, counted to 100,000 a store."
        ),
    ]

    private static let work = [
        MetricDescription(
            "recollect_jobs",
            "Jobs: due (nobody works on it), scheduled (for later), claimed (worked on, or to be tried again)."
        ),
        MetricDescription("recollect_jobs_overdue_seconds", "How long the job that has been due longest is due."),
        MetricDescription("recollect_jobs_oldest_age_seconds", "The age of the oldest job."),
        MetricDescription("recollect_job_failures_total", "Jobs that failed and are tried again."),
        MetricDescription("recollect_profile_merges_total", "Profiles merged into others."),
        MetricDescription(
            "recollect_profile_merges_refused_total",
            "Merges refused because a profile had reached its store's limit."
        ),
    ]

    private static let database = [
        MetricDescription("recollect_database_reachable", "1 when the database answered the last time it was asked."),
        MetricDescription(
            "recollect_database_transaction_duration_seconds",
            "Reads and writes of the database, with their waiting and repetitions.",
            buckets: DurationBuckets.usual
        ),
        MetricDescription("recollect_database_transactions_in_flight", "Reads and writes under way or waiting."),
        MetricDescription("recollect_database_connections", "Connections to PostgreSQL: open, and in_use of these."),
        MetricDescription("recollect_database_connections_limit", "The most connections of a pool."),
        MetricDescription("recollect_database_connections_awaited", "Requests that wait for a connection."),
        MetricDescription("recollect_database_refused_total", "Requests refused for want of a connection."),
        MetricDescription("recollect_database_reconnects_total", "Connections made in place of lost ones."),
        MetricDescription("recollect_database_failed_connects_total", "Attempts to connect that failed."),
        MetricDescription("recollect_database_round_trips_total", "Round trips to PostgreSQL, but for connecting."),
        MetricDescription("recollect_servers", "Servers on this database that are alive, as this one knows."),
        MetricDescription("recollect_database_errors_total", "Errors of the database that reached a caller, by kind."),
    ]

    private static let process = [
        MetricDescription("recollect_build_info", "The program's version and the database's engine; always 1."),
        MetricDescription(
            MetricsRegistry.droppedSeriesName,
            "Series that were not kept: too many of one name, or of another kind."
        ),
        MetricDescription("process_cpu_seconds_total", "CPU time used, user's and system's."),
        MetricDescription("process_resident_memory_bytes", "Memory resident in RAM."),
        MetricDescription("process_open_fds", "Open file descriptors."),
        MetricDescription("process_max_fds", "The most file descriptors that may be open."),
        MetricDescription("process_start_time_seconds", "When the process started, in seconds since 1970."),
    ]
}
