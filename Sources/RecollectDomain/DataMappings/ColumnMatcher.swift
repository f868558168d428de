// Which column could become which trait. How alike a column and a trait are is asked of a `ColumnSimilarity`; here is only the
// choice among the pairs it finds: the surest first, each column and each trait at most once. Greedy rather than the optimal
// assignment, because a reader can follow it: the best pair is always there, whatever the others are. Ties go to the column,
// then the trait, that comes first, so that the same question has the same answer.

import RecollectVocabulary

/// A trait as columns are compared with it.
struct MappableTrait: Sendable {
    /// The name of its group.
    let group: TraitGroupName
    /// Its name.
    let name: TraitName
}

/// A column and a trait that could belong together.
struct ColumnMatch: Sendable {
    /// Where the column stands among the columns.
    let column: Int
    /// Where the trait stands among the traits.
    let trait: Int
    /// How sure, from 0 to 1.
    let confidence: Double
    /// Why, in one sentence of at most 512 characters.
    let rationale: String
}

/// A way to see how alike columns and traits are.
protocol ColumnSimilarity: Sendable {
    /// The pairs that are alike.
    ///
    /// - Parameters:
    ///   - columns: the columns' names.
    ///   - traits: the traits.
    ///   - threshold: the confidence below which a pair is not wanted.
    /// - Returns: the pairs, in any order.
    /// - Throws: `CancellationError`, or what the comparison throws.
    func matches(
        of columns: [ColumnName],
        with traits: [MappableTrait],
        atLeast threshold: Double
    ) async throws -> [ColumnMatch]
}

/// Chooses a trait for each column.
struct ColumnMatcher: Sendable {
    /// Below this confidence nothing is suggested.
    ///
    /// Source: ours; a name that shares one of two equally telling words with another has 0.5.
    static let confidenceThreshold = 0.6

    let similarity: any ColumnSimilarity

    /// What to propose for columns, in their order.
    func match(_ columns: [ColumnName], to schema: TraitSchema) async throws -> [SuggestedMapping] {
        guard !columns.isEmpty else { return [] }
        let traits = schema.groups.flatMap { group in
            group.definitions.map { MappableTrait(group: group.name, name: $0.name) }
        }
        let matches = try await similarity.matches(
            of: columns,
            with: traits,
            atLeast: Self.confidenceThreshold
        )
        return Self.choice(of: matches).map { match in
            SuggestedMapping(
                mapping: TraitMapping(
                    expression: columns[match.column],
                    traitGroup: traits[match.trait].group.text,
                    traitName: traits[match.trait].name
                ),
                confidence: match.confidence,
                rationale: match.rationale
            )
        }
    }

    private static func choice(of matches: [ColumnMatch]) -> [ColumnMatch] {
        var columns: Set<Int> = []
        var traits: Set<Int> = []
        var chosen: [ColumnMatch] = []
        let ordered = matches.sorted { ($1.confidence, $0.column, $0.trait) < ($0.confidence, $1.column, $1.trait) }
        for match in ordered where !columns.contains(match.column) && !traits.contains(match.trait) {
            columns.insert(match.column)
            traits.insert(match.trait)
            chosen.append(match)
        }
        return chosen.sorted { $0.column < $1.column }
    }
}
