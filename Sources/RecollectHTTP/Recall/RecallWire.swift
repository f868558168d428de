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
            relevanceThreshold: body["relevanceThreshold"].optional?.number(0...1),
            explains: body["explain"].optional?.bool() ?? false,
            asOf: body["asOf"].optional?.timestamp().endOfSecond,
            tokensLimit: body["maxTokens"].optional?.integer(Self.tokensRange)
        )
    }
}

extension Timestamp {
    /// The last moment that is printed like this one.
    ///
    /// Times are printed to the second and kept to the microsecond: what was created at a printed time is there as of it.
    fileprivate var endOfSecond: Timestamp {
        microseconds.isMultiple(of: 1_000_000) ? self + .microseconds(999_999) : self
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
                    item.writeScore(to: &writer)
                }
            }
            writer.array("summaries", recollection.summaries) { writer, item in
                writer.object { writer in
                    item.memory.writeFields(to: &writer)
                    item.writeScore(to: &writer)
                }
            }
            // Conversations are not kept in this version.
            writer.array("communications", [String]()) { writer, text in writer.string(text) }
            writer.object("meta") { writer in
                writer.field("queryTime", Int(queryTime / .milliseconds(1)))
                writer.field("tokens", ifPresent: recollection.tokens)
            }
        }
    }
}

extension Recollection.Item {
    /// Writes the score, and where it comes from if that was asked for.
    fileprivate func writeScore(to writer: inout JSONWriter) {
        writer.field("score", ifPresent: score)
        guard let explanation else { return }
        writer.object("explanation") { writer in
            writer.field("cosine", ifPresent: explanation.cosine)
            writer.field("bm25", explanation.lexical)
            writer.array("matchedTerms", explanation.matchedTerms) { writer, term in writer.string(term) }
            writer.field("ageSeconds", Int(explanation.age / .seconds(1)))
        }
    }
}
