import RecollectRanking
import RecollectSQL
import RecollectVocabulary

// One profile's observations or summaries, ready to be ranked. The items are held whole, so that a recall of a warm profile
// reads nothing from the database but the proof that the index is still valid. An item that changes gets a new number and its
// old one is given up; when more than half are given up the index is built anew.

/// The memories of one kind of one profile.
struct MemoryIndex<Memory: RankedMemory>: Sendable {
    private struct Item: Sendable {
        let memory: Memory
        /// The memory version of the memory's last change.
        let version: Int
    }

    private var items = ChunkedArray<Item>()
    private var numbers: [MemoryItemID: Int] = [:]
    private var recencies: [Recency] = []
    private var ranking: HybridIndex
    private var memoryBytes = 0

    /// An index of some memories, made on several processors.
    ///
    /// - Parameters:
    ///   - memories: each once, with the memory version of its last change.
    ///   - analyser: what cuts texts into terms.
    ///   - dimensions: how many components vectors have; 0 when there are none.
    init(of memories: [(version: Int, memory: Memory)], analysedBy analyser: Analyser, dimensions: Int) {
        ranking = HybridIndex(of: memories.map(\.memory.rankedText), analysedBy: analyser, dimensions: dimensions)
        numbers.reserveCapacity(memories.count)
        for (number, (version, memory)) in memories.enumerated() {
            numbers[memory.itemID] = number
            keep(memory, version)
        }
    }

    /// About how much memory the index takes.
    var byteCount: Int { ranking.byteCount + memoryBytes }

    /// Whether more numbers are given up than used.
    var isWorn: Bool { ranking.count > 2 * ranking.activeCount + 64 }

    /// Adds a memory, in place of an earlier state of it.
    ///
    /// - Parameters:
    ///   - memory: the memory.
    ///   - version: the memory version of its last change.
    mutating func put(_ memory: Memory, version: Int) {
        remove(memory.itemID)
        numbers[memory.itemID] = ranking.count
        ranking.append(memory.rankedText)
        keep(memory, version)
    }

    private mutating func keep(_ memory: Memory, _ version: Int) {
        items.append(Item(memory: memory, version: version))
        recencies.append(Recency(occurredAt: memory.occurredAt.microseconds, id: memory.itemID.bits))
        memoryBytes += memory.byteCount
    }

    /// Removes a memory if it is here.
    mutating func remove(_ id: MemoryItemID) {
        guard let number = numbers.removeValue(forKey: id) else { return }
        let memory = items[number].memory
        ranking.remove(number, memory.rankedText)
        memoryBytes -= memory.byteCount
    }

    /// Says how many vectors are about to be set, so that room for them is made once.
    ///
    /// - Parameter count: how many there may be, those of other memories among them.
    mutating func expectVectors(_ count: Int) { ranking.expectVectors(min(count, ranking.activeCount)) }

    /// Gives a memory the vector that was made of it, unless it has changed since.
    mutating func setVector(_ vector: MemoryVector) {
        guard let number = numbers[vector.item], items[number].version == vector.itemVersion else { return }
        ranking.setVector(vector.bytes, of: number)
    }

    /// The most recent memories that a request covers.
    func recent(_ request: RecallRequest, limit: Int) -> [Recollection.Item<Memory>] {
        var best = BestMatches(limit: limit)
        for number in recencies.indices where ranking.isActive(number) && request.covers(recencies[number]) {
            best.offer(0, recencies[number], number)
        }
        return best.sorted().map { Recollection.Item(memory: items[$0].memory, score: nil) }
    }

    /// The memories that answer a query best; of equals the most recent first.
    ///
    /// When fewer match than are asked for and no threshold is set, those with score 0 follow, the most recent first: to a
    /// caller on the line, something recent is worth more than nothing.
    ///
    /// It runs where the request runs, as a move to another thread would cost more than most profiles take.
    ///
    /// - Parameters:
    ///   - query: what to rank by.
    ///   - request: what is asked for.
    ///   - limit: the most.
    ///   - now: what ages are told from.
    /// - Returns: the memories with their scores, descending.
    func ranked(
        by query: RankingQuery,
        _ request: RecallRequest,
        limit: Int,
        at now: Timestamp
    ) -> [Recollection.Item<Memory>] {
        guard limit > 0, ranking.activeCount > 0 else { return [] }
        let scores = ranking.scores(of: query)
        let threshold = Float(request.relevanceThreshold)
        var best = BestMatches(limit: limit)
        let sums = scores.sums
        for number in sums.indices {
            // Most items end here.
            guard sums[number].isFinite, best.mayHold(sums[number]), request.covers(recencies[number]) else { continue }
            // The curve that makes a score of a sum is computed for few.
            guard threshold == 0 || scores.score(of: number) >= threshold else { continue }
            best.offer(sums[number], recencies[number], number)
        }
        return best.sorted().map { number in
            let memory = items[number].memory
            return Recollection.Item(
                memory: memory,
                score: Double(scores.score(of: number)),
                explanation: request.explains
                    ? ScoreExplanation(
                        cosine: scores.cosine(of: number).map(Double.init),
                        lexical: Double(scores.lexical[number]),
                        matchedTerms: ranking.matchedTerms(of: query, in: number),
                        age: .microseconds(now.microseconds - memory.occurredAt.microseconds)
                    ) : nil
            )
        }
    }
}

extension RecallRequest {
    /// Whether something of a recency is asked for.
    fileprivate func covers(_ recency: Recency) -> Bool {
        covers(Timestamp(microseconds: recency.occurredAt))
    }
}
