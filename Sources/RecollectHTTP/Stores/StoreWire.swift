package import RecollectVocabulary

extension Store: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("id", id)
            writer.field("displayName", displayName.text)
            writer.field("description", ifPresent: description?.text)
            writer.field("status", status.rawValue)
            // Twilio's Conversational Intelligence, which a store here is never tied to.
            writer.field("intelligenceServiceId", JSONValue.null)
            // Ours, and only where it was set.
            writer.field("language", ifPresent: language == .english ? nil : language.rawValue)
            writer.field("version", version)
        }
    }
}

extension StoreChange {
    /// Reads a PATCH; a body that is empty changes nothing.
    init(_ request: APIRequest) throws(Rejection) {
        guard !request.body.isEmpty else {
            self.init(displayName: nil, description: nil)
            return
        }
        let body = try request.object(.controlPlanePayload)
        self.init(
            displayName: try body["displayName"].optional?.text(StoreName.init(_:field:)),
            description: try body["description"].optional?.text(StoreDescription.init(_:field:)),
            language: try body["language"].optional?.text(MemoryLanguage.init(_:field:))
        )
    }
}
