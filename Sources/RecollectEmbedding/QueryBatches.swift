/// Which queries wait, which are being computed, and who wants to know: the rules of `QueryEmbedder` without its tasks.
///
/// A query that nobody has asked for yet waits for the next batch; one that is waiting or being computed is joined. A batch is
/// whatever waits when there is room to compute, so batches are single queries while there is little to do and grow by
/// themselves under load. Nothing waits for company.
struct QueryBatches<Waiter> {
    /// Names a waiter.
    typealias WaiterID = Int

    private let batchLimit: Int
    private let batchesAtOnce: Int
    private let pendingLimit: Int
    private var running = 0
    private var nextID = 0
    private var pending: [String] = []
    /// Those who wait, by text; a text that is computed for nobody any more has none.
    private var waiters: [String: [WaiterID: Waiter]] = [:]

    init(batchLimit: Int, batchesAtOnce: Int, pendingLimit: Int) {
        precondition(batchLimit > 0 && batchesAtOnce > 0, "batches of nothing would never end")
        self.pendingLimit = pendingLimit
        self.batchLimit = batchLimit
        self.batchesAtOnce = batchesAtOnce
    }

    /// A name for somebody who will wait.
    mutating func makeID() -> WaiterID {
        nextID += 1
        return nextID
    }

    /// Adds somebody who waits for a text.
    mutating func add(_ waiter: Waiter, _ id: WaiterID, for text: String) {
        if waiters[text] == nil { pending.append(text) }
        waiters[text, default: [:]][id] = waiter
    }

    /// Takes away somebody who waits no longer; the text is computed all the same.
    mutating func remove(_ id: WaiterID, for text: String) -> Waiter? { waiters[text]?.removeValue(forKey: id) }

    /// Whether nothing waits and nothing is computed.
    var isIdle: Bool { running == 0 && pending.isEmpty }

    /// Whether as much waits as may: what comes now would be late before its turn.
    func isFull(for text: String) -> Bool { waiters[text] == nil && pending.count >= pendingLimit }

    /// Takes away everybody, and what waits to be computed.
    mutating func removeAll() -> [Waiter] {
        defer {
            pending = []
            waiters = [:]
        }
        return waiters.values.flatMap(\.values)
    }

    /// The next batch, to be ended by `end`, if something waits and there is room to compute it.
    mutating func begin() -> [String]? {
        guard running < batchesAtOnce, !pending.isEmpty else { return nil }
        running += 1
        let batch = Array(pending.prefix(batchLimit))
        pending.removeFirst(batch.count)
        return batch
    }

    /// Ends a batch: those who wait for its texts, in the texts' order.
    mutating func end(_ batch: [String]) -> [[Waiter]] {
        running -= 1
        return batch.map { waiters.removeValue(forKey: $0).map { Array($0.values) } ?? [] }
    }
}
