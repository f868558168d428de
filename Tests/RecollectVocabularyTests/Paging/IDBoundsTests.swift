import RecollectVocabulary
import Testing

@Suite struct `Bounds of pages` {
    private let times = (0..<6).map { Timestamp(microseconds: 1_800_000_000_000_000 + $0) }

    /// Two ids of each time.
    private var ids: [ObservationID] {
        times.flatMap { time in [1, 2].map { ObservationID(bits: RawID.make(at: time, tail: $0)) } }
    }

    private func shown(_ page: PageQuery<ObservationID>, after: Timestamp? = nil, before: Timestamp? = nil) -> [Int] {
        let bounds = IDBounds(page, createdAfter: after, createdBefore: before)
        return ids.indices.filter { ids[$0] >= bounds.lower && ids[$0] < bounds.upper }
    }

    @Test func `a time filter holds its begin and not its end, to the microsecond`() {
        let page = PageQuery<ObservationID>(order: .ascending, cursor: nil, isBackward: false, limit: 50)
        #expect(shown(page) == Array(0..<12))
        #expect(shown(page, after: times[1], before: times[3]) == [2, 3, 4, 5])
        #expect(shown(page, after: times[3], before: times[1]) == [])
    }

    @Test(arguments: [PageOrder.ascending, .descending], [true, false])
    func `a cursor is never shown again and narrows the filter on its own side`(order: PageOrder, isBackward: Bool) {
        for cursor in ids.indices {
            let page = PageQuery(order: order, cursor: ids[cursor], isBackward: isBackward, limit: 50)
            let beyond = (2...9).filter { page.scansForward ? $0 > cursor : $0 < cursor }
            #expect(shown(page, after: times[1], before: times[5]) == beyond)
        }
    }

    @Test func `an id carries its time to the microsecond`() {
        #expect(ids.map(\.createdAt) == times.flatMap { [$0, $0] })
    }
}
