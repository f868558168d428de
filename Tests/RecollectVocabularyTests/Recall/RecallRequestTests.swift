import RecollectVocabulary
import Testing

@Suite struct `Recall requests` {
    private func refusal(_ make: () throws -> RecallRequest) -> String? {
        let error = #expect(throws: Rejection.self) { _ = try make() }
        return error?.field
    }

    private func conversation() throws -> ConversationID {
        try ConversationID("conv_conversation_0123456789abcdefghijklmnop", field: "conversationId")
    }

    @Test func `an empty request asks for 20 observations and 5 summaries, whatever their relevance`() throws {
        let request = try RecallRequest()
        #expect(request.query == nil)
        #expect(request.observationsLimit == 20)
        #expect(request.summariesLimit == 5)
        #expect(request.relevanceThreshold == 0)
        #expect(request.covers(Timestamp(microseconds: .min)) && request.covers(Timestamp(microseconds: .max)))
    }

    @Test(arguments: ["", " ", "\n\t\u{a0}\u{3000}"])
    func `a blank query is none`(query: String) throws {
        #expect(try RecallRequest(query: query).query == nil)
    }

    @Test func `a query has at most 1024 characters`() throws {
        #expect(try RecallRequest(query: String(repeating: "é", count: 1024)).query != nil)
        #expect(refusal { try RecallRequest(query: String(repeating: "é", count: 1025)) } == "query")
    }

    @Test func `a range holds its begin and not its end`() throws {
        let (begin, end) = (Timestamp(microseconds: 10), Timestamp(microseconds: 20))
        let request = try RecallRequest(begin: begin, end: end)
        let covered = (9...20).filter { request.covers(Timestamp(microseconds: $0)) }
        #expect(covered == Array(10...19))
    }

    @Test func `a range may be empty but not end before it begins`() throws {
        let (begin, end) = (Timestamp(microseconds: 20), Timestamp(microseconds: 10))
        #expect(try RecallRequest(begin: end, end: end).covers(end) == false)
        #expect(refusal { try RecallRequest(begin: begin, end: end) } == "beginDate")
    }

    @Test func `communications need their conversation`() throws {
        #expect(refusal { try RecallRequest(communicationsLimit: 1) } == "communicationsLimit")
        _ = try RecallRequest(communicationsLimit: 0)
        _ = try RecallRequest(conversationID: conversation(), communicationsLimit: 100)
    }
}
