import RecollectVocabulary

extension RecallRequest {
    /// Reads the body of a recall.
    init(_ body: ObjectReader) throws(Rejection) {
        try self.init(
            query: body["query"].optional?.string(),
            conversationID: body["conversationId"].optional?.text(ConversationID.init(_:field:)),
            begin: body["beginDate"].optional?.timestamp(),
            end: body["endDate"].optional?.timestamp(),
            observationsLimit: body["observationsLimit"].optional?.integer(Self.limitRange),
            summariesLimit: body["summariesLimit"].optional?.integer(Self.limitRange),
            communicationsLimit: body["communicationsLimit"].optional?.integer(Self.limitRange),
            relevanceThreshold: body["relevanceThreshold"].optional?.number(0...1)
        )
    }
}

/// The answer to a recall.
struct RecallWire: JSONWritable {
    let recollection: Recollection
    /// How long the server took.
    let queryTime: Duration

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.array("observations", recollection.observations) { writer, item in
                writer.object { writer in
                    item.memory.writeFields(to: &writer)
                    writer.field("score", ifPresent: item.score)
                }
            }
            writer.array("summaries", recollection.summaries) { writer, item in
                writer.object { writer in
                    item.memory.writeFields(to: &writer)
                    writer.field("score", ifPresent: item.score)
                }
            }
            // Conversations are not kept in this version.
            writer.array("communications", [String]()) { writer, text in writer.string(text) }
            writer.object("meta") { writer in
                writer.field("queryTime", Int(queryTime / .milliseconds(1)))
            }
        }
    }
}
