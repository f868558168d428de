import RecollectEmbedding
import RecollectEngine
import RecollectRanking
import RecollectSQL
import RecollectVocabulary

/// Everything that recall ranks of one profile, as it was at one memory version.
struct ProfileIndex: Sendable {
    /// The profile's memory version: the index holds all changes up to it.
    private(set) var version: Int
    /// The language that texts are analysed in.
    let language: MemoryLanguage
    private let family: [ProfileID]
    private(set) var observations: MemoryIndex<Observation>
    private(set) var summaries: MemoryIndex<ConversationSummary>

    /// About how much memory the index takes.
    var byteCount: Int { observations.byteCount + summaries.byteCount }

    /// An index of what some profiles that are one remember.
    ///
    /// - Parameters:
    ///   - profile: the one that stands for them.
    ///   - family: all of them.
    ///   - model: what the index is made with.
    ///   - observations: their observations, each once, with the memory version of its last change.
    ///   - summaries: their summaries, likewise.
    private init(
        of profile: ResolvedProfile,
        _ family: [ProfileKey],
        _ model: IndexModel,
        _ observations: [(version: Int, memory: Observation)] = [],
        _ summaries: [(version: Int, memory: ConversationSummary)] = []
    ) {
        version = profile.memoryVersion
        language = profile.language
        self.family = family.map(\.id)
        let analyser = model.analyser(of: language)
        self.observations = MemoryIndex(of: observations, analysedBy: analyser, dimensions: model.dimensions)
        self.summaries = MemoryIndex(of: summaries, analysedBy: analyser, dimensions: model.dimensions)
    }

    /// The index of a profile: an earlier one brought up to date, or a new one.
    ///
    /// Some statements a profile, those merged into it included, to be run in one snapshot with the one that found the profile:
    /// whoever changes memories holds the profile's lock until the commit, so all changes up to the version that was found are in it.
    static func read(
        _ profile: ResolvedProfile,
        after earlier: ProfileIndex?,
        on connection: any Connection,
        _ model: IndexModel
    ) throws -> ProfileIndex {
        guard var index = earlier, index.canFollow(to: profile) else {
            return try build(profile, on: connection, model)
        }
        for key in profile.family.all {
            let (deleted, observations, summaries, vectors) = try connection.allTogether(
                MemoryDeletionQueries.since.asked(key, index.version),
                ObservationQueries.changed.asked(key, index.version),
                SummaryQueries.changed.asked(key, index.version),
                VectorQueries.changed.asked(key, model.key, index.version)
            )
            for item in deleted {
                index.observations.remove(item)
                index.summaries.remove(item)
            }
            index.put(observations, summaries, vectors)
        }
        index.version = profile.memoryVersion
        return index.isWorn ? try build(profile, on: connection, model) : index
    }

    /// The memories of a profile as they stood at a time, without those deleted by then.
    ///
    /// A memory that has changed since is ranked by its words, as vectors are kept of current states only.
    static func read(
        _ profile: ResolvedProfile,
        asOf moment: Timestamp,
        on connection: any Connection,
        _ model: IndexModel
    ) throws -> ProfileIndex {
        let merges = try connection.all(MergeQueries.standing, in: profile.family.all)
        let family = profile.family.all.filter { key in
            MergeMoments.joined(key.id, by: merges).map { $0 <= moment } ?? true
        }
        var index = ProfileIndex(of: profile, family, model)
        for key in family {
            let (deletions, observations, summaries, vectors) = try connection.allTogether(
                MemoryDeletionQueries.until.asked(key, moment),
                ObservationQueries.statesUntil.asked(key, moment),
                SummaryQueries.statesUntil.asked(key, moment),
                VectorQueries.all.asked(key, model.key)
            )
            let deleted = Set(deletions)
            // The states of a memory follow each other, so the last one put stays.
            index.put(
                observations.filter { !deleted.contains($0.1.itemID) },
                summaries.filter { !deleted.contains($0.1.itemID) },
                vectors
            )
        }
        return index
    }

    private static func build(
        _ profile: ResolvedProfile,
        on connection: any Connection,
        _ model: IndexModel
    ) throws -> ProfileIndex {
        let family = profile.family.all
        var observations: [(version: Int, memory: Observation)] = []
        var summaries: [(version: Int, memory: ConversationSummary)] = []
        var vectors: [MemoryVector] = []
        for key in family {
            let found = try connection.allTogether(
                ObservationQueries.all.asked(key),
                SummaryQueries.all.asked(key),
                VectorQueries.all.asked(key, model.key)
            )
            observations += found.0
            summaries += found.1
            vectors += found.2
        }
        var index = ProfileIndex(of: profile, family, model, observations, summaries)
        index.set(vectors)
        return index
    }

    private var isWorn: Bool { observations.isWorn || summaries.isWorn }

    /// Whether what changed since is all that this index lacks.
    private func canFollow(to profile: ResolvedProfile) -> Bool {
        family == profile.family.all.map(\.id) && language == profile.language && version <= profile.memoryVersion
    }

    private mutating func put(
        _ observations: [(version: Int, memory: Observation)],
        _ summaries: [(version: Int, memory: ConversationSummary)],
        _ vectors: [MemoryVector]
    ) {
        for (version, observation) in observations { self.observations.put(observation, version: version) }
        for (version, summary) in summaries { self.summaries.put(summary, version: version) }
        set(vectors)
    }

    private mutating func set(_ vectors: [MemoryVector]) {
        observations.expectVectors(vectors.count)
        summaries.expectVectors(vectors.count)
        for vector in vectors {
            observations.setVector(vector)
            summaries.setVector(vector)
        }
    }
}

/// What indexes are made with: the model of the vectors, and an analyser for each language.
struct IndexModel: Sendable {
    /// The key of the model whose vectors are compared.
    let key: Int
    /// How many components they have; 0 when there is no model.
    let dimensions: Int
    private let analysers: [MemoryLanguage: Analyser]

    /// - Parameter model: the model of this server's vectors; nil when it has none.
    init(_ model: EmbeddingModel?) {
        key = model?.key ?? 0
        dimensions = model?.dimensions ?? 0
        analysers = Dictionary(
            uniqueKeysWithValues: MemoryLanguage.allCases.map { ($0, Analyser(language: $0.rawValue)) }
        )
    }

    /// What cuts texts of a language into terms.
    func analyser(of language: MemoryLanguage) -> Analyser {
        analysers[language] ?? Analyser(language: language.rawValue)
    }
}

/// When profiles became part of another.
private enum MergeMoments {
    /// When a profile became part of the one that stands for it now: the last of the merges on its way there.
    ///
    /// - Parameters:
    ///   - profile: the profile.
    ///   - merges: the merges of its family that were not undone.
    /// - Returns: the time; nil for the canonical profile itself.
    static func joined(_ profile: ProfileID, by merges: [ProfileMerge]) -> Timestamp? {
        var moment: Timestamp?
        var current = profile
        // Not more steps than merges, whatever the rows say.
        for _ in merges {
            guard let merge = merges.last(where: { $0.merged == current }) else { break }
            moment = max(moment ?? merge.id.createdAt, merge.id.createdAt)
            current = merge.canonical
        }
        return moment
    }
}
