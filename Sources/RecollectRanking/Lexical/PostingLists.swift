// The postings of all terms in one array. Each list is contiguous, so a query streams through it; a list that is full moves
// to a place with twice the room: one that another list left behind, or the array's end. Appending is O(1) amortised, and a
// term of one item, which most are, takes eight bytes rather than an allocation of its own.

/// How often an item has a term.
struct Posting: Sendable {
    let item: UInt32
    var count: Float
}

/// For each term the items that have it, in the order of the items.
struct PostingLists: Sendable {
    private struct List: Sendable {
        var start: Int
        var count: UInt32
        var capacity: UInt32
    }

    private var lists: [List] = []
    private var postings: [Posting] = []
    /// Where there is room that no list uses, by the binary logarithm of the room.
    private var vacancies = [[Int]](repeating: [], count: UInt32.bitWidth)

    /// The bytes that the lists hold, used or reserved.
    var byteCount: Int {
        vacancies.reduce(0) { $0 + $1.capacity * MemoryLayout<Int>.stride } + lists.capacity * MemoryLayout<List>.stride
            + postings.capacity * MemoryLayout<Posting>.stride
    }

    /// Adds a term's list; its number is the count of lists before.
    ///
    /// - Returns: the number.
    mutating func addList() -> Int {
        lists.append(List(start: postings.count, count: 0, capacity: 0))
        return lists.count - 1
    }

    /// How many items have a term.
    func count(of term: Int) -> Int { Int(lists[term].count) }

    /// Counts a term once more for the last item.
    mutating func count(_ term: Int, for item: UInt32) {
        var list = lists[term]
        let end = list.start + Int(list.count)
        if list.count > 0, postings[end - 1].item == item {
            postings[end - 1].count += 1
            return
        }
        if list.count == list.capacity {
            makeRoom(&list)
        }
        postings[list.start + Int(list.count)] = Posting(item: item, count: 1)
        list.count += 1
        lists[term] = list
    }

    /// Calls a function with the postings of a term.
    func withPostings<Result>(of term: Int, _ body: (UnsafeBufferPointer<Posting>) -> Result) -> Result {
        let list = lists[term]
        return postings.withUnsafeBufferPointer { all in
            body(UnsafeBufferPointer(rebasing: all[list.start..<(list.start + Int(list.count))]))
        }
    }

    private mutating func makeRoom(_ list: inout List) {
        let room = max(list.capacity * 2, 1)
        let start: Int
        if let vacancy = vacancies[room.trailingZeroBitCount].popLast() {
            start = vacancy
        } else {
            start = postings.count
            postings.append(contentsOf: repeatElement(Posting(item: 0, count: 0), count: Int(room)))
        }
        for offset in 0..<Int(list.count) {
            postings[start + offset] = postings[list.start + offset]
        }
        if list.capacity > 0 {
            vacancies[list.capacity.trailingZeroBitCount].append(list.start)
        }
        list.start = start
        list.capacity = room
    }
}
