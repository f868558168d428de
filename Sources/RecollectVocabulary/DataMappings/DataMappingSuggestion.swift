/// A mapping that the server proposes, how sure it is, and why.
package struct SuggestedMapping: Sendable, Equatable {
    /// The mapping.
    package let mapping: TraitMapping
    /// How sure, from 0 to 1.
    package let confidence: Double
    /// Why, in one sentence.
    package let rationale: String

    /// A proposal.
    ///
    /// - Parameters:
    ///   - mapping: the mapping.
    ///   - confidence: how sure, from 0 to 1.
    ///   - rationale: why, in one sentence.
    package init(mapping: TraitMapping, confidence: Double, rationale: String) {
        self.mapping = mapping
        self.confidence = confidence
        self.rationale = rationale
    }
}

/// What the server proposes for the columns of a source.
package struct DataMappingSuggestion: Sendable, Equatable {
    /// How long a suggestion can be asked for.
    ///
    /// Source: behaviour.md.
    package static let lifetime = Duration.seconds(7 * 24 * 60 * 60)

    /// Its id, which carries when it was made.
    package let id: SuggestionID
    /// Where the values would come from.
    package let source: MappingSource
    /// The proposals, in the order of the columns.
    package let mappings: [SuggestedMapping]

    /// A suggestion.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - source: where the values would come from.
    ///   - mappings: the proposals, in the order of the columns.
    package init(id: SuggestionID, source: MappingSource, mappings: [SuggestedMapping]) {
        self.id = id
        self.source = source
        self.mappings = mappings
    }

    /// When it will be forgotten.
    package var expiresAt: Timestamp { id.createdAt + Self.lifetime }
}
