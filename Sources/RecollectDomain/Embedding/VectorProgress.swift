import Logging
import RecollectEmbedding
import RecollectVocabulary
import Synchronization

/// Tells how the making of vectors goes: what fails, at most once a minute, and how far much work has come.
final class VectorProgress: Sendable {
    /// How often the progress of much work is told.
    static let interval = Duration.seconds(60)
    /// From how many items on it is much.
    ///
    /// Source: ours; what a model makes in some seconds.
    private static let muchWork = 1_000

    private struct State {
        var trouble = TroubleReports()
        var toldAt: Timestamp?
        var made = 0
        /// Whether much work has been told of that is not done.
        var isWorking = false
    }

    private let logger: Logger
    private let state = Mutex(State())

    init(logger: Logger) {
        self.logger = logger
    }

    /// Notes vectors that were made.
    func made(_ count: Int, at now: Timestamp) {
        let report = state.withLock { state in
            state.made += count
            return state.trouble.succeeded(at: now)
        }
        if report == .over { logger.notice("vectors of what is remembered are made again") }
    }

    /// Notes that vectors could not be made.
    func failed(_ error: EmbeddingError, at now: Timestamp) {
        guard case .trouble(let times) = state.withLock({ $0.trouble.failed(at: now) }) else { return }
        logger.warning(
            "no vectors; recall ranks by words until there are",
            metadata: ["batches": "\(times)", "error": "\(error)"]
        )
    }

    /// Whether it is time to look how far the work has come: often enough, and only if there has been some.
    func isDue(at now: Timestamp) -> Bool {
        state.withLock { state in
            guard state.made > 0 || state.isWorking else { return false }
            guard let toldAt = state.toldAt, toldAt <= now else { return true }
            return now >= toldAt + Self.interval
        }
    }

    /// Tells how far the work has come, if there is much of it or was.
    func tell(_ counts: StoredCounts, at now: Timestamp) {
        let isMuch = counts.queuedVectors >= Self.muchWork || counts.storesMadeAnew + counts.storesOfOtherModels > 0
        let (made, wasMuch) = state.withLock { state in
            defer {
                state.made = 0
                state.toldAt = now
                state.isWorking = isMuch
            }
            return (state.made, state.isWorking)
        }
        guard isMuch || wasMuch else { return }
        let metadata: Logger.Metadata = [
            "made": "\(made)", "itemsWaiting": "\(counts.queuedVectors)", "storesMadeAnew": "\(counts.storesMadeAnew)",
            "storesWaiting": "\(counts.storesOfOtherModels)", "profilesToQueue": "\(counts.profilesToQueue)",
        ]
        logger.notice(isMuch ? "vectors are being made" : "nearly all vectors are made", metadata: metadata)
    }
}
