/// What `GET /metrics` answers.
package struct MetricsPage: Sendable {
    let contentType: String
    let body: [UInt8]

    /// A page.
    ///
    /// - Parameters:
    ///   - contentType: its media type.
    ///   - text: what it says.
    package init(contentType: String, text: String) {
        self.contentType = contentType
        body = Array(text.utf8)
    }
}
