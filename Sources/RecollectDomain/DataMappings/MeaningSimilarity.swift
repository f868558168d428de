// How alike a column and a trait are in meaning, for columns whose words say nothing: the cosine of the vectors of their names, the
// trait's with its description. Names are short and vectors of short texts lie close together, so a pair counts only when it is
// clearly nearer than any other of its column, and is never as sure as one of the same words. Names that share a word are left to
// their words: `email status` is near to `email` and means something else.

import RecollectEmbedding
import RecollectRanking
import RecollectVocabulary

/// Compares names by their words, and where that finds nothing by their meaning.
struct MeaningSimilarity: ColumnSimilarity {
    /// The least cosine of names that mean the same.
    ///
    /// Source: measured on some sixty made-up names of columns of customer lists: about two thirds of those that mean a trait
    /// find it and none finds another; of thirty that mean none, one or two find some.
    private static let cosineThreshold: Float = 0.45
    /// How much nearer the trait must be than the next one.
    ///
    /// Source: as above.
    private static let margin: Float = 0.05
    /// The most confidence in meaning alone.
    ///
    /// Source: ours.
    private static let confidenceLimit = 0.9
    /// How many traits are compared at most, as the vector of each takes about a millisecond.
    ///
    /// Source: ours.
    private static let traitsLimit = 500

    let words: WordSimilarity
    let embedder: any Embedder
    private let analyser = Analyser()

    init(words: WordSimilarity, embedder: any Embedder) {
        self.words = words
        self.embedder = embedder
    }

    func matches(
        of columns: [ColumnName],
        with traits: [MappableTrait],
        atLeast threshold: Double
    ) async throws -> [ColumnMatch] {
        let byWords = try await words.matches(of: columns, with: traits, atLeast: threshold)
        let matched = Set(byWords.map(\.column))
        let rest = columns.indices.filter { !matched.contains($0) }
        guard !rest.isEmpty, (1...Self.traitsLimit).contains(traits.count) else { return byWords }
        let names = rest.map { NameWords(columns[$0].text, analysedBy: analyser) }
        let texts = names.map { $0.words.joined(separator: " ") } + traits.map(text)
        // Without the model, words have to do.
        guard let vectors = try? await embedder.embed(texts), vectors.count == texts.count else { return byWords }
        let quantised = vectors.map(QuantisedVector.init)
        let ofTraits = quantised[rest.count...]
        let byMeaning = rest.enumerated().compactMap { place, column -> ColumnMatch? in
            guard !names[place].words.isEmpty else { return nil }
            let cosines = ofTraits.map { $0.cosine(with: quantised[place]) }
            guard let nearest = cosines.indices.max(by: { cosines[$0] < cosines[$1] }) else { return nil }
            let next = cosines.indices.filter { $0 != nearest }.map { cosines[$0] }.max() ?? 0
            guard cosines[nearest] >= Self.cosineThreshold, cosines[nearest] - next >= Self.margin,
                names[place].terms.isDisjoint(with: NameWords(traits[nearest].name.text, analysedBy: analyser).terms)
            else { return nil }
            return Self.match(
                of: column,
                named: columns[column],
                with: nearest,
                traits[nearest],
                cosine: cosines[nearest]
            )
        }
        return byWords + byMeaning.filter { $0.confidence >= threshold }
    }

    private func text(of trait: MappableTrait) -> String {
        let name = NameWords(trait.name.text, analysedBy: analyser).words.joined(separator: " ")
        guard let description = trait.definition.description else { return name }
        return "\(name): \(description.text)"
    }

    private static func match(
        of column: Int,
        named name: ColumnName,
        with place: Int,
        _ trait: MappableTrait,
        cosine: Float
    ) -> ColumnMatch {
        let share = Double((cosine - cosineThreshold) / (1 - cosineThreshold))
        let least = ColumnMatcher.confidenceThreshold
        let confidence = min(least + share * (confidenceLimit - least), confidenceLimit)
        let hundredths = Int((min(cosine, 1) * 100).rounded())
        let shown = "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
        return ColumnMatch(
            column: column,
            trait: place,
            confidence: (confidence * 100).rounded() / 100,
            rationale: "'\(name.text)' means about the same as the trait '\(trait.name.text)' (cosine \(shown))"
        )
    }
}
