// Which column could become which trait. How alike a column and a trait are is asked of a `ColumnSimilarity`; here is only the
// choice among the pairs it finds: the surest first, each column and each trait at most once. Greedy rather than the optimal
// assignment, because a reader can follow it: the best pair is always there, whatever the others are. Ties go to the column,
// then the trait, that comes first, so that the same question has the same answer.

import RecollectEmbedding
import RecollectVocabulary

/// A trait as columns are compared with it.
struct MappableTrait: Sendable {
    /// The name of its group.
    let group: TraitGroupName
    /// What it is.
    let definition: TraitDefinition

    /// Its name.
    var name: TraitName { definition.name }
}

/// A column, with some of its values where they can be seen.
struct SampledColumn: Sendable {
    /// Its name.
    let name: ColumnName
    /// Some of its values, as they stand in a file.
    var samples: [String] = []
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

    /// What share of a column's values must be some of the trait's type.
    ///
    /// Source: ours; a stray value in a hundred is an error of the list, not of the choice.
    private static let fittingShare = 0.9

    private let similarity: any ColumnSimilarity

    /// - Parameter embedder: what makes vectors of names; without one their words alone are compared.
    init(embedder: (any Embedder)?) {
        let words = WordSimilarity()
        similarity = embedder.map { MeaningSimilarity(words: words, embedder: $0) } ?? words
    }

    /// What to propose for columns, in their order.
    func match(_ columns: [SampledColumn], to schema: TraitSchema) async throws -> [SuggestedMapping] {
        guard !columns.isEmpty else { return [] }
        let traits = schema.groups.flatMap { group in
            group.definitions.map { MappableTrait(group: group.name, definition: $0) }
        }
        let matches = try await similarity.matches(
            of: columns.map(\.name),
            with: traits,
            atLeast: Self.confidenceThreshold
        )
        let fitting = matches.compactMap { Self.fitted($0, columns[$0.column], traits[$0.trait].definition) }
        return Self.choice(of: fitting).map { match in
            SuggestedMapping(
                mapping: TraitMapping(
                    expression: columns[match.column].name,
                    traitGroup: traits[match.trait].group.text,
                    traitName: traits[match.trait].name
                ),
                confidence: match.confidence,
                rationale: match.rationale
            )
        }
    }

    /// A match whose values can be the trait's, with what they say for it; nil when they cannot.
    private static func fitted(
        _ match: ColumnMatch,
        _ column: SampledColumn,
        _ trait: TraitDefinition
    ) -> ColumnMatch? {
        let samples = column.samples.filter { !$0.isEmpty }
        guard !samples.isEmpty, trait.dataType != .string else { return match }
        let fits = samples.count { (try? trait.value(ofCell: $0, column: column.name.text)) != nil }
        guard Double(fits) >= fittingShare * Double(samples.count) else { return nil }
        return ColumnMatch(
            column: match.column,
            trait: match.trait,
            confidence: match.confidence,
            rationale: "\(match.rationale), and its values are of the type \(trait.dataType.rawValue)"
        )
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
