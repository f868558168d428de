import RecollectVocabulary
import Testing

@Suite struct `TypeIDs` {
    private let ids = RandomIDSource()

    @Test func `an id reads back as it was written`() throws {
        for _ in 0..<1000 {
            let id: ProfileID = ids.next(at: Timestamp(microseconds: 1_795_176_000_123_456))
            #expect(try ProfileID(id.description, field: "id") == id)
        }
    }

    @Test func `an id carries its time to the microsecond`() {
        for microsecond in 0..<1000 {
            let time = Timestamp(microseconds: 1_795_176_000_000_000 + Int64(microsecond))
            let id: ObservationID = ids.next(at: time)
            #expect(id.createdAt == time)
        }
    }

    @Test func `the order of ids, as values and as text, is the order of their times`() {
        let times = (0..<500).map { Timestamp(microseconds: 1_795_176_000_000_000 + Int64($0 * 37)) }
        let drawn: [StoreID] = times.map { ids.next(at: $0) }
        #expect(drawn == drawn.sorted())
        #expect(drawn.map(\.description) == drawn.map(\.description).sorted())
    }

    @Test func `ids of one draw increase, and a bound by time parts older from newer`() {
        let time = Timestamp(microseconds: 1_795_176_000_000_000)
        let drawn: [SummaryID] = ids.next(100, at: time)
        #expect(zip(drawn, drawn.dropFirst()).allSatisfy { $0 < $1 })
        #expect(drawn.allSatisfy { $0 >= SummaryID.first(at: time) })
        #expect(drawn.allSatisfy { $0 < SummaryID.first(at: Timestamp(microseconds: time.microseconds + 1)) })
    }

    @Test(arguments: [
        "", "None", "mem_profile_", "mem_profile_0", "mem_store_00000000000000000000000000",
        "mem_profile_80000000000000000000000000", "mem_profile_0000000000000000000000000A",
        "mem_profile_000000000000000000000000000", "xmem_profile_00000000000000000000000000",
    ])
    func `what breaks the pattern is refused`(text: String) {
        let error = #expect(throws: Rejection.self) { try ProfileID(text, field: "profileId") }
        #expect(error?.field == "profileId")
    }

    @Test func `what fits the pattern but cannot be ours is nobody`() throws {
        #expect(try ProfileID("mem_profile_0000000000000000000000000u", field: "id") == .nobody)
        #expect(try StoreID("mem_service_00000000000000000000000000", field: "id") == .nobody)
    }
}
