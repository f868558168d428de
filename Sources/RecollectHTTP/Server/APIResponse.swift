package import HTTPTypes

/// An answer: status, headers, and the whole body.
package struct APIResponse: Sendable {
    /// The status.
    package var status: HTTPResponse.Status
    /// The headers, without those that every response gets.
    package var headers: HTTPFields
    /// The body.
    package var body: [UInt8]

    /// An answer.
    ///
    /// - Parameters:
    ///   - status: the status.
    ///   - headers: its headers.
    ///   - body: its body.
    package init(status: HTTPResponse.Status, headers: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An answer in JSON.
    ///
    /// - Parameters:
    ///   - status: the status.
    ///   - write: writes the one value of the body.
    /// - Returns: the answer.
    /// - Throws: what `write` throws.
    package static func json<Failure: Error>(
        _ status: HTTPResponse.Status = .ok,
        _ write: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) -> APIResponse {
        APIResponse(
            status: status,
            headers: [.contentType: "application/json"],
            body: try JSONWriter.bytes(write)
        )
    }

    /// An answer in JSON.
    ///
    /// - Parameters:
    ///   - value: the body.
    ///   - status: the status.
    /// - Returns: the answer.
    package static func json(_ value: some JSONWritable, _ status: HTTPResponse.Status = .ok) -> APIResponse {
        json(status) { value.write(to: &$0) }
    }

    /// 202 with `{"message": …}`, the answer to writes of the data plane.
    ///
    /// - Parameter message: what was accepted.
    /// - Returns: the answer.
    package static func accepted(_ message: String) -> APIResponse {
        json(.accepted) { writer in
            writer.object { $0.field("message", message) }
        }
    }

    /// The same answer with one header more.
    ///
    /// - Parameters:
    ///   - name: its name, sent in this spelling.
    ///   - value: its value.
    /// - Returns: the answer.
    package func header(_ name: HTTPField.Name, _ value: String) -> APIResponse {
        var response = self
        response.headers[name] = value
        return response
    }
}

extension HTTPField.Name {
    /// The id of the operation that a write of the control plane started.
    package static let operationID = known("Operation-Id")
    /// The id of the profile into which the one asked for was merged.
    package static let canonicalProfileID = known("Canonical-Profile-Id")
    /// The id of the request.
    package static let twilioRequestID = known("Twilio-Request-Id")
    /// The caller's name for a write that must happen once.
    package static let idempotencyKey = known("Idempotency-Key")
    /// Whether reads may lag, or what they were answered by.
    package static let recollectRead = known("Recollect-Read")
    /// The scheme that the caller used, as the proxy in front of the server says.
    static let forwardedProto = known("X-Forwarded-Proto")

    /// Header names are sent in the spelling given, which a client with a case-sensitive dictionary relies on.
    private static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("a header's name is a token of RFC 9110") }
        return name
    }
}
