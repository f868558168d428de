/// What items are ranked by.
package struct RankingQuery: Sendable {
    /// Its terms, each once.
    package let terms: [String]
    /// Its vector, if there is a model.
    package let vector: QuantisedVector?

    /// A query.
    ///
    /// - Parameters:
    ///   - text: what is looked for.
    ///   - analyser: what cuts it into terms.
    ///   - vector: its vector.
    package init(_ text: String, analysedBy analyser: Analyser, vector: [Float]?) {
        // Sorted, as a set's order differs from run to run and the last bit of a sum with it.
        terms = Set(analyser.terms(of: text)).sorted()
        self.vector = vector.map(QuantisedVector.init)
    }

    /// Whether it names nothing to rank by.
    package var isEmpty: Bool { terms.isEmpty && vector == nil }
}
