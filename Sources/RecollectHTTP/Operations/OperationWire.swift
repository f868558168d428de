import HTTPTypes
package import RecollectVocabulary

extension APIResponse {
    /// How long a caller should wait before it asks for an operation again, in seconds.
    ///
    /// Source: ours.
    fileprivate static let operationRetrySeconds = "1"

    /// 202 with `{"message", "statusUrl"}` and the operation's headers, the answer to writes of the control plane.
    ///
    /// - Parameters:
    ///   - message: what was accepted.
    ///   - operation: the operation that follows it.
    ///   - request: the request that is answered.
    /// - Returns: the answer.
    package static func accepted(
        _ message: String,
        _ operation: OperationID,
        for request: APIRequest
    ) -> APIResponse {
        let statusURL = OperationWire.statusURL(of: operation, for: request)
        return json(.accepted) { writer in
            writer.object { writer in
                writer.field("message", message)
                writer.field("statusUrl", statusURL)
            }
        }
        .header(.operationID, operation.description)
        .header(.location, statusURL)
        .header(.retryAfter, operationRetrySeconds)
    }

    /// 202 with `{"message", "operationId", "createdAt", "statusUrl"}`, the answer to writes that bring many profiles in.
    ///
    /// - Parameters:
    ///   - message: what was accepted.
    ///   - operation: the operation that follows it.
    ///   - request: the request that is answered.
    /// - Returns: the answer.
    static func accepted(
        _ message: String,
        followedBy operation: OperationID,
        for request: APIRequest
    ) -> APIResponse {
        json(.accepted) { writer in
            writer.object { writer in
                writer.field("message", message)
                OperationWire.writeReference(to: operation, for: request, to: &writer)
            }
        }
        .header(.operationID, operation.description)
        .header(.retryAfter, operationRetrySeconds)
    }

    /// An operation as it stands.
    ///
    /// - Parameters:
    ///   - operation: the operation.
    ///   - request: the request that is answered.
    /// - Returns: the answer.
    static func operation(_ operation: Operation, for request: APIRequest) -> APIResponse {
        let wire = OperationWire(
            operation: operation,
            statusURL: OperationWire.statusURL(of: operation.id, for: request)
        )
        let response = json(wire).header(.operationID, operation.id.description)
        return operation.completedAt == nil ? response.header(.retryAfter, operationRetrySeconds) : response
    }
}

extension OperationCounts {
    /// Writes what was done to profiles: an extension of the contract.
    func writeFields(to writer: inout JSONWriter) {
        writer.field("created", created)
        writer.field("updated", updated)
        writer.field("merged", merged)
        writer.field("failed", failed)
    }
}

/// An operation and where it is asked for.
struct OperationWire: JSONWritable {
    /// The page that explains why an operation failed, and its code: nobody but the server is at fault.
    private static let failure = (type: "https://www.twilio.com/docs/errors/20500", code: 20500)

    let operation: Operation
    let statusURL: String

    static func statusURL(of operation: OperationID, for request: APIRequest) -> String {
        "\(request.publicBaseURL)/v1/ControlPlane/Operations/\(operation)"
    }

    /// Writes where an operation is asked for, among the fields of what it follows.
    static func writeReference(
        to operation: OperationID,
        for request: APIRequest,
        to writer: inout JSONWriter
    ) {
        writer.field("operationId", operation)
        writer.field("createdAt", operation.createdAt)
        writer.field("statusUrl", statusURL(of: operation, for: request))
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("operationId", operation.id)
            writer.field("status", operation.status.rawValue)
            writer.field("createdAt", operation.id.createdAt)
            writer.field("statusUrl", statusURL)
            writer.field("completedAt", ifPresent: operation.completedAt)
            if let id = operation.resourceID, operation.status == .completed || operation.counts != nil {
                writer.object("result") { writer in
                    writer.field("type", "RESOURCE_ID")
                    writer.field("id", id)
                    operation.counts?.writeFields(to: &writer)
                }
            }
            if let detail = operation.failure {
                writer.object("error") { writer in
                    writer.field("type", Self.failure.type)
                    writer.field("title", "The operation failed")
                    writer.field("code", Self.failure.code)
                    writer.field("detail", detail)
                }
            }
        }
    }
}
