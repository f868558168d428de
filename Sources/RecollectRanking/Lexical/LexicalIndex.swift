// BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009) over a part of a profile's items.
// A query costs one pass over the postings of its terms. What a term is worth depends on all items of the profile, so the weights
// come from outside (`LexicalStatistics`): parts can be added without touching those that are there.

/// Some items by their terms.
struct LexicalIndex: Sendable {
    /// How fast repetitions of a term stop counting (the paper's k1).
    ///
    /// Source: measured on conversations; the paper's range is 1.2 to 2 for documents, and in items of a sentence or two a word that
    /// is repeated says little more than one that is not.
    static let saturation: Float = 0.8
    /// What a term is worth at most, in weights of it: with endless repetitions.
    static let highestSaturation = saturation + 1
    /// How much longer items are held back (the paper's b).
    ///
    /// Source: measured on conversations; the paper's range is 0.5 to 0.8 for documents, and items are a sentence or two, whose
    /// length says little.
    static let lengthWeight: Float = 0.3

    private var termNumbers: [String: Int] = [:]
    private var postings = PostingLists()
    private var lengths: [Float] = []
    /// How many terms the items have together.
    private(set) var totalLength = 0
    /// What the terms take that are too long to lie inside the dictionary.
    private var longTermBytes = 0

    /// About how much memory the index takes, what it has reserved included.
    var byteCount: Int {
        let entry = MemoryLayout<(String, Int)>.stride + 1
        // The dictionary keeps a quarter of its table free.
        return termNumbers.capacity * entry * 4 / 3 + longTermBytes + postings.byteCount
            + lengths.capacity * MemoryLayout<Float>.stride
    }

    /// How many items there are.
    var count: Int { lengths.count }

    /// Adds an item; its number is the count before.
    mutating func append(_ terms: [String]) {
        let item = UInt32(lengths.count)
        for term in terms {
            postings.count(number(of: term), for: item)
        }
        lengths.append(Float(terms.count))
        totalLength += terms.count
    }

    /// How many items have a term.
    func frequency(of term: String) -> Int {
        termNumbers[term].map(postings.count(of:)) ?? 0
    }

    /// Adds to each item's score what it has of a query's terms.
    ///
    /// - Parameters:
    ///   - terms: the terms with their weights.
    ///   - averageLength: the average length of all items of the profile.
    ///   - scores: one score an item of the profile.
    ///   - first: where the score of this part's first item stands.
    func addScores(
        of terms: [(term: String, weight: Float)],
        averageLength: Float,
        to scores: inout [Float],
        from first: Int
    ) {
        let base = Self.saturation * (1 - Self.lengthWeight)
        let slope = Self.saturation * Self.lengthWeight / averageLength
        for (term, weight) in terms {
            guard let number = termNumbers[term] else { continue }
            let worth = weight * Self.highestSaturation
            let lengths = lengths.span
            postings.withPostings(of: number) { postings in
                var scores = scores.mutableSpan
                for posting in postings {
                    let item = Int(posting.item)
                    scores[first + item] +=
                        worth * posting.count / (posting.count + base + slope * lengths[item])
                }
            }
        }
    }

    /// Which of some terms an item has.
    func terms(_ terms: [String], of item: Int) -> [String] {
        terms.filter { term in
            guard let number = termNumbers[term] else { return false }
            return postings.withPostings(of: number) { postings in postings.contains { $0.item == UInt32(item) } }
        }
    }

    private mutating func number(of term: String) -> Int {
        if let number = termNumbers[term] { return number }
        let number = postings.addList()
        termNumbers[term] = number
        let bytes = term.utf8.count
        // Fifteen bytes fit a string itself; a longer one has an allocation with a header of 32.
        if bytes > 15 { longTermBytes += bytes + 32 }
        return number
    }
}
