import RecollectRanking
import RecollectVocabulary

// One profile's observations or summaries, ready to be ranked. The items are held whole, so that a recall of a warm profile
// reads nothing from the database but the proof that the index is still valid.

/// The memories of one kind of one profile.
struct MemoryIndex<Memory: Sendable>: Sendable {
    /// What an item takes beside its text: ids, times, the struct itself.
    private static var bytesAnItem: Int { 200 }

    private let memories: [Memory]
    private let times: [Timestamp]
    /// The items' numbers, the most recent first.
    private let byRecency: [Int]
    private let lexical: LexicalIndex
    private let textBytes: Int

    /// An index of memories in the order of their ids.
    init(
        _ memories: [Memory],
        analysedBy analyser: Analyser,
        describedBy describe: (Memory) -> (content: String, occurredAt: Timestamp)
    ) {
        var lexical = LexicalIndex()
        var times: [Timestamp] = []
        var textBytes = 0
        for memory in memories {
            let (content, occurredAt) = describe(memory)
            lexical.append(
                analyser.terms(of: content)
                    + analyser.terms(of: DateWords.words(atMicroseconds: occurredAt.microseconds))
            )
            times.append(occurredAt)
            textBytes += content.utf8.count
        }
        self.memories = memories
        self.times = times
        self.lexical = lexical
        self.textBytes = textBytes
        // Of two that occurred at once, the one written later comes first.
        byRecency = memories.indices.sorted { (times[$0], $0) > (times[$1], $1) }
    }

    /// About how much memory the index takes.
    var byteCount: Int { lexical.byteCount + textBytes + memories.count * Self.bytesAnItem }

    /// The most recent memories that a request covers.
    func recent(_ request: RecallRequest, limit: Int) -> [Recollection.Item<Memory>] {
        var items: [Recollection.Item<Memory>] = []
        for number in byRecency where request.covers(times[number]) {
            guard items.count < limit else { break }
            items.append(Recollection.Item(memory: memories[number], score: nil))
        }
        return items
    }

    /// The memories that answer a query best.
    ///
    /// When fewer match than are asked for and no threshold is set, the most recent of the others follow with score 0: to a
    /// caller on the line, something recent is worth more than nothing.
    func ranked(_ terms: [String], _ request: RecallRequest, limit: Int) -> [Recollection.Item<Memory>] {
        guard limit > 0 else { return [] }
        let scores = lexical.scores(of: terms)
        // `byRecency` is sorted by time already and the sort is stable: equal scores stay most recent first.
        return byRecency.filter { request.covers(times[$0]) && Double(scores[$0]) >= request.relevanceThreshold }
            .sorted { scores[$0] > scores[$1] }
            .prefix(limit)
            .map { Recollection.Item(memory: memories[$0], score: Double(scores[$0])) }
    }
}
