package import RecollectVocabulary

extension Observation: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in writeFields(to: &writer) }
    }

    /// Writes the fields, for an object that may have more.
    func writeFields(to writer: inout JSONWriter) {
        writer.field("id", id)
        writer.field("content", draft.content.text)
        writer.field("source", draft.source.text)
        writer.field("occurredAt", draft.occurredAt)
        writer.array("conversationIds", draft.conversationIDs) { writer, id in writer.string(id.text) }
        // Ours, and only where they were given.
        let provenance = draft.provenance
        if !provenance.communicationIDs.isEmpty {
            writer.array("communicationIds", provenance.communicationIDs) { writer, id in writer.string(id.text) }
        }
        if !provenance.evidence.isEmpty {
            writer.array("evidence", provenance.evidence) { writer, snippet in writer.string(snippet.text) }
        }
        writer.field("createdAt", id.createdAt)
        writer.field("updatedAt", updatedAt)
    }
}

extension APIRequest {
    /// Reads the observations of a POST.
    ///
    /// A bare observation without the wrapper is taken as one, and then need not say where it is from and when it happened:
    /// a widely used client sends that.
    func observationDrafts(at now: Timestamp) throws(Rejection) -> [ObservationDraft] {
        let body = try object()
        guard body["observations"].optional != nil || !body["content"].isPresent else {
            return [
                ObservationDraft(
                    content: try body["content"].required().text(MemoryContent.init(_:field:)),
                    source: try body["source"].optional?.text(MemorySource.init(_:field:)) ?? .api,
                    occurredAt: try body["occurredAt"].optional?.timestamp() ?? now,
                    conversationIDs: try body.conversationIDs() ?? [],
                    provenance: try body.provenance()
                )
            ]
        }
        try body.allowOnly("observations")
        var drafts: [ObservationDraft] = []
        for item in try body["observations"].required().array(Observation.countRange) {
            let fields = try item.object()
            drafts.append(
                ObservationDraft(
                    content: try fields["content"].required().text(MemoryContent.init(_:field:)),
                    source: try fields["source"].required().text(MemorySource.init(_:field:)),
                    occurredAt: try fields["occurredAt"].required().timestamp(),
                    conversationIDs: try fields.conversationIDs() ?? [],
                    provenance: try fields.provenance()
                )
            )
        }
        return drafts
    }
}

extension ObservationChange {
    /// Reads a PATCH.
    init(_ body: ObjectReader) throws(Rejection) {
        self.init(
            content: try body["content"].optional?.text(MemoryContent.init(_:field:)),
            source: try body["source"].optional?.text(MemorySource.init(_:field:)),
            occurredAt: try body["occurredAt"].optional?.timestamp(),
            conversationIDs: try body.conversationIDs(),
            communicationIDs: try body.communicationIDs(),
            evidence: try body.evidence()
        )
    }
}

extension ObservationFilter {
    /// Reads the parameters of a list.
    init(_ page: ListRequest) throws(Rejection) {
        var source: MemorySource?
        if let text = page["source"] { source = try MemorySource(text, field: "source") }
        var (after, before): (Timestamp?, Timestamp?)
        if let text = page["createdAfter"] { after = try Timestamp(parameter: text, field: "createdAfter") }
        if let text = page["createdBefore"] { before = try Timestamp(parameter: text, field: "createdBefore") }
        var conversation: ConversationID?
        if let text = page["conversationId"] { conversation = try ConversationID(text, field: "conversationId") }
        self.init(source: source, createdAfter: after, createdBefore: before, conversationID: conversation)
    }
}

extension Timestamp {
    /// Reads a date and time of a query.
    ///
    /// The plus sign of an offset that was not percent-encoded arrives as a space, and can mean nothing else.
    fileprivate init(parameter text: String, field: String) throws(Rejection) {
        let offset = text.suffix(6)
        let hasBareOffset = offset.first == " " && text.utf8.count > 19
        try self.init(rfc3339: hasBareOffset ? text.dropLast(6) + "+" + offset.dropFirst() : text, field: field)
    }
}

extension ObjectReader {
    fileprivate func conversationIDs() throws(Rejection) -> [ConversationID]? {
        try texts("conversationIds", limit: Observation.conversationsLimit, ConversationID.init(_:field:))
    }

    fileprivate func provenance() throws(Rejection) -> Provenance {
        Provenance(communicationIDs: try communicationIDs() ?? [], evidence: try evidence() ?? [])
    }

    fileprivate func communicationIDs() throws(Rejection) -> [CommunicationID]? {
        try texts("communicationIds", limit: Provenance.countLimit, CommunicationID.init(_:field:))
    }

    fileprivate func evidence() throws(Rejection) -> [EvidenceSnippet]? {
        try texts("evidence", limit: Provenance.countLimit, EvidenceSnippet.init(_:field:))
    }

    private func texts<Value>(
        _ name: String,
        limit: Int,
        _ read: (String, String) throws(Rejection) -> Value
    ) throws(Rejection) -> [Value]? {
        guard let items = try self[name].optional?.array(0...limit) else { return nil }
        var values: [Value] = []
        for item in items { values.append(try item.text(read)) }
        return values
    }
}
