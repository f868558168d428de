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
        relevanceThreshold: Double? = nil
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

        /// An item.
        ///
        /// - Parameters:
        ///   - memory: the observation or summary.
        ///   - score: how well it answers the query.
        package init(memory: Memory, score: Double?) {
            self.memory = memory
            self.score = score
        }
    }

    /// The observations, best or most recent first.
    package let observations: [Item<Observation>]
    /// The summaries, best or most recent first.
    package let summaries: [Item<ConversationSummary>]

    /// What is recalled.
    ///
    /// - Parameters:
    ///   - observations: the observations, best or most recent first.
    ///   - summaries: the summaries, best or most recent first.
    package init(observations: [Item<Observation>], summaries: [Item<ConversationSummary>]) {
        self.observations = observations
        self.summaries = summaries
    }
}

/// The limits of recall that can be configured.
package struct RecallLimits: Sendable {
    /// How much memory the indexes of profiles may take together.
    package var cacheBytesLimit = 256 << 20

    /// The defaults.
    package init() {}
}
