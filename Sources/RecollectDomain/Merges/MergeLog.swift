import Logging
import Metrics
import RecollectVocabulary

/// Tells and counts what resolution has decided about merges: what an operator wants to see before merges run away.
struct MergeLog: Sendable {
    private let logger: Logger
    private let merges: Counter
    private let refusedMerges: Counter

    init(logger: Logger, metrics: any MetricsFactory) {
        self.logger = logger
        merges = Counter(label: "recollect_profile_merges_total", factory: metrics)
        refusedMerges = Counter(label: "recollect_profile_merges_refused_total", factory: metrics)
    }

    /// Tells what became of records, once it is committed.
    func tell(_ outcome: ResolutionOutcome) {
        merges.increment(by: outcome.merges.count)
        refusedMerges.increment(by: outcome.refused.count)
        for refused in outcome.refused {
            logger.warning(
                "a merge was refused: the profile has reached its store's limit of merges a day",
                metadata: ["profile": "\(refused.canonical)", "newcomer": "\(refused.newcomer)"]
            )
        }
    }
}
