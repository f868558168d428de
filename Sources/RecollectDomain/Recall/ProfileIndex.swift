import RecollectEngine
import RecollectRanking
import RecollectSQL
import RecollectVocabulary

/// Everything that recall ranks of one profile, as it was at one memory version.
struct ProfileIndex: Sendable {
    /// The profile's memory version: the index is valid while it stays.
    let version: Int
    let observations: MemoryIndex<Observation>
    let summaries: MemoryIndex<ConversationSummary>

    /// About how much memory the index takes.
    var byteCount: Int { observations.byteCount + summaries.byteCount }

    /// Reads and indexes a profile.
    ///
    /// Two statements a profile, those merged into it included, to be run in one snapshot with the one that found the profile.
    init(of profile: ResolvedProfile, on connection: any Connection, analysedBy analyser: Analyser) throws {
        version = profile.memoryVersion
        observations = MemoryIndex(
            try profile.family.all.flatMap { key in try connection.all(ObservationQueries.all, key) },
            analysedBy: analyser,
            describedBy: { ($0.draft.content.text, $0.draft.occurredAt, $0.draft.conversationIDs.count) }
        )
        summaries = MemoryIndex(
            try profile.family.all.flatMap { key in try connection.all(SummaryQueries.all, key) },
            analysedBy: analyser,
            describedBy: { ($0.draft.content.text, $0.draft.occurredAt, 1) }
        )
    }
}
