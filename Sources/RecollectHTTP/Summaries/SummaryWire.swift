package import RecollectVocabulary

extension ConversationSummary: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in writeFields(to: &writer) }
    }

    /// Writes the fields, for an object that may have more.
    func writeFields(to writer: inout JSONWriter) {
        writer.field("id", id)
        writer.field("content", draft.content.text)
        writer.field("source", ifPresent: draft.source?.text)
        writer.field("occurredAt", draft.occurredAt)
        writer.field("conversationId", draft.conversationID.text)
        writer.field("createdAt", id.createdAt)
        writer.field("updatedAt", updatedAt)
    }
}

extension APIRequest {
    /// Reads the summaries of a POST.
    func summaryDrafts() throws(Rejection) -> [SummaryDraft] {
        let body = try object()
        try body.allowOnly("summaries")
        var drafts: [SummaryDraft] = []
        for item in try body["summaries"].required().array(ConversationSummary.countRange) {
            let fields = try item.object()
            drafts.append(
                SummaryDraft(
                    content: try fields["content"].required().text(MemoryContent.init(_:field:)),
                    source: try fields["source"].optional?.text(MemorySource.init(_:field:)),
                    occurredAt: try fields["occurredAt"].required().timestamp(),
                    conversationID: try fields["conversationId"].required().text(ConversationID.init(_:field:))
                )
            )
        }
        return drafts
    }
}

extension SummaryChange {
    /// Reads a PATCH.
    init(_ body: ObjectReader) throws(Rejection) {
        self.init(
            content: try body["content"].optional?.text(MemoryContent.init(_:field:)),
            source: try body["source"].optional?.text(MemorySource.init(_:field:)),
            occurredAt: try body["occurredAt"].optional?.timestamp(),
            conversationID: try body["conversationId"].optional?.text(ConversationID.init(_:field:))
        )
    }
}
