import RecollectVocabulary
import Testing

@Suite struct `Contents, sources and conversations of memories` {
    @Test(arguments: ["a", " ", "é", "\u{1F469}\u{200D}\u{1F680}", String(repeating: "\u{1F600}", count: 4096)])
    func `a content has 1 to 4096 characters, counted as Unicode scalars`(text: String) throws {
        #expect(try MemoryContent(text, field: "content").text == text)
    }

    @Test(arguments: ["", String(repeating: "a", count: 4097), "a\u{0}b", "\u{0}"])
    func `an empty or over-long content and one with U+0000 are refused`(text: String) {
        let error = #expect(throws: Rejection.self) { try MemoryContent(text, field: "observations[2].content") }
        #expect(error?.reason == .malformed)
        #expect(error?.field == "observations[2].content")
    }

    @Test(arguments: ["a", "Conversation_Intelligence v1.0-beta", String(repeating: "9", count: 100)])
    func `a source is letters, digits, spaces and three signs of ASCII`(text: String) throws {
        #expect(try MemorySource(text, field: "source").text == text)
    }

    @Test(arguments: ["", "a/b", "é", "a\n", "a\u{0}", "\u{0391}", String(repeating: "9", count: 101)])
    func `any other source is refused`(text: String) {
        #expect(throws: Rejection.self) { try MemorySource(text, field: "source") }
    }

    @Test(arguments: ["0123456789abcdefghijklmnop", "7zzzzzzzzzzzzzzzzzzzzzzzzz", "0iloulilouiloiuloiuloiuloi"])
    func `the id of a conversation is kept exactly as given`(digits: String) throws {
        let text = "conv_conversation_\(digits)"
        #expect(try ConversationID(text, field: "conversationId").text == text)
    }

    @Test(arguments: [
        "", "conv_conversation_", "conv_conversation_8123456789abcdefghijklmnop",
        "conv_conversation_0123456789abcdefghijklmno", "conv_conversation_0123456789abcdefghijklmnopq",
        "conv_conversation_0123456789ABCDEFGHIJKLMNOP", "conv_conversation_0123456789abcdefghijklmno\n",
        "mem_observation_0123456789abcdefghijklmnop", "conv_conversation_0123456789abcdefghijklmn\u{e9}",
    ])
    func `anything else is no conversation`(text: String) {
        #expect(throws: Rejection.self) { try ConversationID(text, field: "conversationId") }
    }
}
