// How alike a column and a trait are by the words of their names. Both names are cut into words, well-known synonyms become one
// word, words become stems. The measure is Dice's coefficient over weighted words, 2·common / (column + trait): 1 when the words
// are the same, 0 when none is. A word weighs less the more traits of the store have it (1/√n), so that `name` does not tie a
// column to each of firstName and lastName; a word that no trait has is a mere qualifier (`customer email`) and weighs half, unless
// it says that the column is about something else (`email status`). Words of the trait's group in the column's name weigh nothing:
// `billing city` is the city of the group Billing. Traits are found through an index by word, so the cost is that of the pairs
// that share one.

import RecollectRanking
import RecollectVocabulary

/// Compares names by their words.
struct WordSimilarity: ColumnSimilarity {
    /// The confidence in the one trait of a column's name, however its words are spelled, or in group and trait.
    ///
    /// Source: ours.
    private static let sameName = 1.0
    /// The most confidence in names that differ, or in a name that traits of several groups have.
    ///
    /// Source: ours.
    private static let otherNameLimit = 0.95
    /// What a synonym takes from the confidence, as a factor.
    ///
    /// Source: ours.
    private static let synonymFactor = 0.9

    private let analyser = Analyser()
    private let weights: WordWeights.Kinds

    init() {
        weights = WordWeights.Kinds(analysedBy: analyser)
    }

    func matches(
        of columns: [ColumnName],
        with traits: [MappableTrait],
        atLeast threshold: Double
    ) async throws -> [ColumnMatch] {
        let index = TraitWordIndex(traits, analysedBy: analyser)
        let weights = WordWeights(kinds: weights, traitsWithTerm: index.traitsByTerm.mapValues(\.count))
        var matches: [ColumnMatch] = []
        for (place, column) in columns.enumerated() {
            // A hundred columns beside thousands of traits take a while: other requests go in between.
            try Task.checkCancellation()
            await Task.yield()
            let name = NameWords(column.text, analysedBy: analyser)
            for trait in index.traits(like: name) {
                let pair = NamePair(column: name, trait: index.names[trait], group: index.groups[trait])
                let confidence = Self.confidence(of: pair, isOnlyOne: index.isOnlyOne(trait), weights)
                guard confidence >= threshold else { continue }
                matches.append(
                    ColumnMatch(
                        column: place,
                        trait: trait,
                        confidence: confidence,
                        rationale: pair.rationale(column: column, trait: traits[trait])
                    )
                )
            }
        }
        return matches
    }

    /// Rounded to hundredths: more digits would claim a precision that is not there.
    private static func confidence(of pair: NamePair, isOnlyOne: Bool, _ weights: WordWeights) -> Double {
        if pair.isGroupAndName { return sameName }
        if pair.isSameName { return isOnlyOne ? sameName : otherNameLimit }
        var similarity = pair.similarity(weights)
        if pair.needsSynonym { similarity *= synonymFactor }
        return (min(similarity, otherNameLimit) * 100).rounded() / 100
    }
}

/// The names of traits and their groups in words, and the traits that share a word with a column, or its whole name.
private struct TraitWordIndex {
    let names: [NameWords]
    let groups: [NameWords]
    let traitsByTerm: [String: [Int]]
    private let traitsByName: [String: [Int]]

    init(_ traits: [MappableTrait], analysedBy analyser: Analyser) {
        var wordsByGroup: [String: NameWords] = [:]
        var groups: [NameWords] = []
        for trait in traits {
            let words = wordsByGroup[trait.group.text] ?? NameWords(trait.group.text, analysedBy: analyser)
            wordsByGroup[trait.group.text] = words
            groups.append(words)
        }
        let names = traits.map { NameWords($0.name.text, analysedBy: analyser) }
        var byTerm: [String: [Int]] = [:]
        var byName: [String: [Int]] = [:]
        for (trait, name) in names.enumerated() {
            for term in name.terms { byTerm[term, default: []].append(trait) }
            byName[name.joined, default: []].append(trait)
        }
        self.names = names
        self.groups = groups
        traitsByTerm = byTerm
        traitsByName = byName
    }

    func isOnlyOne(_ trait: Int) -> Bool {
        traitsByName[names[trait].joined]?.count == 1
    }

    func traits(like column: NameWords) -> Set<Int> {
        var found = Set(traitsByName[column.joined] ?? [])
        for term in column.terms { found.formUnion(traitsByTerm[term] ?? []) }
        return found
    }
}

/// A column's name beside a trait's.
private struct NamePair {
    let column: NameWords
    let trait: NameWords
    let isSameName: Bool
    /// Whether the column is called by the group's name and the trait's, and nothing else.
    let isGroupAndName: Bool
    /// The words that only the column has, those of the trait's group left out.
    let columnOnly: Set<String>
    let traitOnly: Set<String>
    let common: Set<String>
    let namesGroup: Bool

    init(column: NameWords, trait: NameWords, group: NameWords) {
        self.column = column
        self.trait = trait
        isSameName = !column.words.isEmpty && column.joined == trait.joined
        isGroupAndName = column.joined == group.joined + trait.joined
        common = column.terms.intersection(trait.terms)
        traitOnly = trait.terms.subtracting(common)
        let others = column.terms.subtracting(common)
        columnOnly = others.subtracting(group.terms)
        namesGroup = columnOnly.count < others.count
    }

    /// Whether the names are alike only because a synonym was replaced.
    var needsSynonym: Bool {
        (column.hasSynonym || trait.hasSynonym) && !column.spell(trait.joined)
    }

    func similarity(_ weights: WordWeights) -> Double {
        let shared = weights.sum(ofShared: common)
        guard shared > 0 else { return 0 }
        let apart = weights.sum(ofUnshared: columnOnly) + weights.sum(ofUnshared: traitOnly)
        return Double(2 * shared) / Double(2 * shared + apart)
    }

    func rationale(column name: ColumnName, trait target: MappableTrait) -> String {
        let traitName = "the trait name '\(target.name.text)'"
        let group = namesGroup ? ", and the column names its group '\(target.group.text)'" : ""
        if isSameName { return "'\(name.text)' is \(traitName)" }
        if column.spell(trait.joined) { return "the words of '\(name.text)' contain \(traitName)\(group)" }
        let synonym = needsSynonym ? ", synonyms counted as one word" : ""
        return switch (columnOnly.isEmpty, traitOnly.isEmpty) {
        case (true, true): "the words of '\(name.text)' are those of \(traitName)\(synonym)\(group)"
        case (false, true): "the words of '\(name.text)' contain those of \(traitName)\(synonym)\(group)"
        case (true, false): "\(traitName) contains the words of '\(name.text)'\(synonym)\(group)"
        case (false, false): "'\(name.text)' and \(traitName) share most of their words\(synonym)\(group)"
        }
    }
}

/// How much a word tells of what a name is about.
private struct WordWeights {
    /// Words of a kind that weigh otherwise than others.
    struct Kinds: Sendable {
        /// Words that say of what sort a value is, but not of what.
        let generic: Set<String>
        /// Words that, when only one of two names has them, say that the two are about different things.
        let aside: Set<String>

        init(analysedBy analyser: Analyser) {
            generic = Set(analyser.terms(of: "name number no code id key value field info data"))
            aside = Set(
                analyser.terms(
                    of: """
                        date time timestamp type status verified valid confirmed consent opt optin optout subscribed \
                        unsubscribed bounced count total hash flag preference allowed enabled created updated last first
                        """
                )
            )
        }
    }

    // In thousandths: sums of integers are the same in whatever order a set gives its words.
    private static let unit = 1000
    private static let weightOfGeneric = unit / 2
    private static let weightOfUnknown = unit / 2
    private static let weightOfAside = unit * 2

    let kinds: Kinds
    let traitsWithTerm: [String: Int]

    func sum(ofShared terms: Set<String>) -> Int {
        terms.reduce(0) { $0 + shared($1) }
    }

    func sum(ofUnshared terms: Set<String>) -> Int {
        terms.reduce(0) { $0 + unshared($1) }
    }

    private func shared(_ term: String) -> Int {
        let isTelling = !kinds.generic.contains(term) && !kinds.aside.contains(term)
        return thinned(isTelling ? Self.unit : Self.weightOfGeneric, by: traitsWithTerm[term] ?? 1)
    }

    private func unshared(_ term: String) -> Int {
        if kinds.aside.contains(term) { return Self.weightOfAside }
        if kinds.generic.contains(term) { return Self.weightOfGeneric }
        return traitsWithTerm[term].map { thinned(Self.unit, by: $0) } ?? Self.weightOfUnknown
    }

    /// A weight that a word shares with all the traits that have it.
    private func thinned(_ weight: Int, by traits: Int) -> Int {
        Int((Double(weight) / Double(traits).squareRoot()).rounded())
    }
}
