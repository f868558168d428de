/// What a caller wants to be reminded of.
package struct RecallRequest: Sendable {
    /// The most characters of a query.
    ///
    /// Source: openapi.yaml.
    package static let queryLengthLimit = 1024
    /// How many items of one kind may be asked for.
    ///
    /// Source: openapi.yaml.
    package static let limitRange = 0...100
    /// How many observations are recalled when the caller does not say.
    ///
    /// Source: openapi.yaml.
    package static let defaultObservationsLimit = 20
    /// How many summaries are recalled when the caller does not say.
    ///
    /// Source: openapi.yaml.
    package static let defaultSummariesLimit = 5

    /// For how many tokens what is recalled may be packed.
    ///
    /// Source: ours; more than any model reads, and small enough to count.
    package static let tokensRange = 0...1_000_000

    /// What to look for; nil for the most recent.
    package let query: String?
    /// Nothing that occurred before this.
    package let begin: Timestamp?
    /// Nothing that occurred then or later.
    package let end: Timestamp?
    /// The most observations.
    package let observationsLimit: Int
    /// The most summaries.
    package let summariesLimit: Int
    /// The least score.
    package let relevanceThreshold: Double
    /// Whether each score is explained.
    package let explains: Bool
    /// The time whose memory is asked for; nil for now.
    package let asOf: Timestamp?
    /// How many tokens there are for what is recalled; nil for any number.
    package let tokensLimit: Int?

    /// A request.
    ///
    /// - Parameters:
    ///   - query: what to look for; a blank one is none.
    ///   - conversationID: the conversation under way. None is known to this version.
    ///   - begin: nothing that occurred before this.
    ///   - end: nothing that occurred then or later.
    ///   - observationsLimit: the most observations.
    ///   - summariesLimit: the most summaries.
    ///   - communicationsLimit: the most communications of the conversation.
    ///   - relevanceThreshold: the least score.
    ///   - explains: whether each score is explained.
    ///   - asOf: the time whose memory is asked for.
    ///   - tokensLimit: how many tokens there are for what is recalled.
    /// - Throws: `Rejection` when the query is too long, the range ends before it begins, or communications are asked
    ///   for without their conversation.
    package init(
        query: String? = nil,
        conversationID: ConversationID? = nil,
        begin: Timestamp? = nil,
        end: Timestamp? = nil,
        observationsLimit: Int? = nil,
        summariesLimit: Int? = nil,
        communicationsLimit: Int? = nil,
        relevanceThreshold: Double? = nil,
        explains: Bool = false,
        asOf: Timestamp? = nil,
        tokensLimit: Int? = nil
    ) throws(Rejection) {
        if let query, query.unicodeScalars.count > Self.queryLengthLimit {
            throw Rejection(.malformed, "query", "must be at most \(Self.queryLengthLimit) characters")
        }
        if let begin, let end, begin > end {
            throw Rejection(.malformed, "beginDate", "must not be after endDate")
        }
        if communicationsLimit ?? 0 > 0, conversationID == nil {
            throw Rejection(.malformed, "communicationsLimit", "needs a conversationId")
        }
        let isBlank = query?.unicodeScalars.allSatisfy(\.properties.isWhitespace) ?? true
        self.query = isBlank ? nil : query
        self.begin = begin
        self.end = end
        self.observationsLimit = observationsLimit ?? Self.defaultObservationsLimit
        self.summariesLimit = summariesLimit ?? Self.defaultSummariesLimit
        self.relevanceThreshold = relevanceThreshold ?? 0
        self.explains = explains
        self.asOf = asOf
        self.tokensLimit = tokensLimit
    }

    /// Whether something that occurred at a time is asked for.
    ///
    /// - Parameter time: when it occurred.
    /// - Returns: whether it lies in the range.
    package func covers(_ time: Timestamp) -> Bool {
        if let begin, time < begin { return false }
        if let end, time >= end { return false }
        return true
    }
}

/// What is recalled.
package struct Recollection: Sendable {
    /// An item with its score, if it was ranked.
    package struct Item<Memory: Sendable>: Sendable {
        /// The observation or summary.
        package let memory: Memory
        /// How well it answers the query, 0…1; nil when there was no query.
        package let score: Double?
        /// Where the score comes from, if that was asked for.
        package let explanation: ScoreExplanation?

        /// An item.
        ///
        /// - Parameters:
        ///   - memory: the observation or summary.
        ///   - score: how well it answers the query.
        ///   - explanation: where the score comes from.
        package init(memory: Memory, score: Double?, explanation: ScoreExplanation? = nil) {
            self.memory = memory
            self.score = score
            self.explanation = explanation
        }
    }

    /// The observations, best or most recent first.
    package let observations: [Item<Observation>]
    /// The summaries, best or most recent first.
    package let summaries: [Item<ConversationSummary>]
    /// About how many tokens they take, if they were packed.
    package let tokens: Int?

    /// What is recalled.
    ///
    /// - Parameters:
    ///   - observations: the observations, best or most recent first.
    ///   - summaries: the summaries, best or most recent first.
    ///   - tokens: about how many tokens they take, if they were packed.
    package init(observations: [Item<Observation>], summaries: [Item<ConversationSummary>], tokens: Int? = nil) {
        self.observations = observations
        self.summaries = summaries
        self.tokens = tokens
    }
}

/// Why an item has its score.
package struct ScoreExplanation: Sendable, Equatable {
    /// How near it is to the query in meaning, -1…1; nil when it or the query has no vector.
    package let cosine: Double?
    /// BM25 of its words.
    package let lexical: Double
    /// The stems of the query that it has.
    package let matchedTerms: [String]
    /// How long ago it occurred; negative for what is still to come.
    package let age: Duration

    /// An explanation.
    ///
    /// - Parameters:
    ///   - cosine: how near the item is to the query in meaning.
    ///   - lexical: BM25 of its words.
    ///   - matchedTerms: the stems of the query that it has.
    ///   - age: how long ago it occurred.
    package init(cosine: Double?, lexical: Double, matchedTerms: [String], age: Duration) {
        self.cosine = cosine
        self.lexical = lexical
        self.matchedTerms = matchedTerms
        self.age = age
    }
}

/// The limits of recall that can be configured.
package struct RecallLimits: Sendable {
    /// How much memory the indexes of profiles may take together.
    package var cacheBytesLimit = 256 << 20

    /// The defaults.
    package init() {}
}
