import HTTPTypes
package import RecollectDomain
import RecollectVocabulary

/// The route of the operations that writes of the control plane are followed by.
package struct OperationsRoutes: Sendable {
    private let operations: Operations

    /// The route on the domain's feature.
    ///
    /// - Parameter operations: the feature.
    package init(_ operations: Operations) {
        self.operations = operations
    }

    /// The route.
    package var routes: [Route] {
        [Route(.get, "/v1/ControlPlane/Operations/{operationId}", fetch)]
    }

    @Sendable private func fetch(_ request: APIRequest) async throws -> APIResponse {
        let id = try request.parameter("operationId", OperationID.init(_:field:))
        return .operation(try await operations.fetch(id, in: request.scope), for: request)
    }
}
