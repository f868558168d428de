import RecollectVocabulary

// Packing memories into the part of a prompt that is left for them. The best come first; one that does not fit is passed over for
// smaller ones behind it. What a model counts as a token is the model's own affair, so tokens are estimated, rather too many.

/// How many tokens texts take in a prompt.
enum TokenEstimate {
    /// How many characters of a Latin script are one token.
    ///
    /// Source: the rule of thumb of the vendors of language models, for English; other scripts are counted a token a character.
    private static let charactersAToken = 4
    /// What an item takes beside its words: a line break and a mark.
    private static let tokensAnItem = 2

    /// About how many tokens an item with a text takes.
    static func tokens(of text: String) -> Int {
        var (plain, other) = (0, 0)
        for scalar in text.unicodeScalars {
            if scalar.value < 0x250 { plain += 1 } else { other += 1 }
        }
        return (plain + charactersAToken - 1) / charactersAToken + other + tokensAnItem
    }
}

extension Recollection {
    /// The best of what is recalled that a number of tokens holds; everything when there is no limit.
    ///
    /// Observations and summaries compete by their scores, or by their times when there are none.
    func packed(into limit: Int?) -> Recollection {
        guard let limit else { return self }
        var rest = limit
        var kept: Set<MemoryItemID> = []
        for candidate in (candidates(observations) + candidates(summaries)).sorted(by: >) where candidate.tokens <= rest
        {
            rest -= candidate.tokens
            kept.insert(candidate.id)
        }
        return Recollection(
            observations: observations.filter { kept.contains($0.memory.itemID) },
            summaries: summaries.filter { kept.contains($0.memory.itemID) },
            tokens: limit - rest
        )
    }

    private func candidates<Memory: RankedMemory>(_ items: [Item<Memory>]) -> [Candidate] {
        items.map { item in
            Candidate(
                score: item.score ?? 0,
                occurredAt: item.memory.occurredAt,
                id: item.memory.itemID,
                tokens: TokenEstimate.tokens(of: item.memory.content)
            )
        }
    }
}

/// An item that may be packed.
private struct Candidate: Comparable {
    let score: Double
    let occurredAt: Timestamp
    let id: MemoryItemID
    let tokens: Int

    static func < (one: Candidate, other: Candidate) -> Bool {
        (one.score, one.occurredAt, one.id) < (other.score, other.occurredAt, other.id)
    }
}
