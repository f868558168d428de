package import HTTPTypes
import RecollectVocabulary

/// One operation of the contract: a method, a path, and what answers them.
package struct Route: Sendable {
    /// What answers a request.
    package typealias Handler = @Sendable (APIRequest) async throws -> APIResponse

    let method: HTTPRequest.Method
    /// The path's segments between its slashes.
    let segments: [Segment]
    let template: String
    let handler: Handler

    /// A route.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - template: the path as the contract writes it, such as `/v1/ControlPlane/Stores/{storeId}`.
    ///   - handler: what answers.
    package init(
        _ method: HTTPRequest.Method, _ template: String, _ handler: @escaping Handler
    ) {
        precondition(template.hasPrefix("/"), "a path starts with a slash")
        self.method = method
        self.template = template
        self.handler = handler
        segments = template.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { segment in
            segment.hasPrefix("{") ? .parameter(String(segment.dropFirst().dropLast())) : .literal(String(segment))
        }
    }

    /// Operations of the contract that are not built yet: 501 with an error body, behind authentication like all others.
    ///
    /// - Parameters:
    ///   - methods: the methods.
    ///   - template: the path.
    /// - Returns: their routes.
    package static func notBuilt(_ methods: [HTTPRequest.Method], _ template: String) -> [Route] {
        methods.map { method in
            Route(method, template) { _ in
                throw Rejection(.notBuilt, nil, "\(method.rawValue) \(template) is not built yet")
            }
        }
    }

    /// A segment of a path.
    enum Segment: Equatable {
        case literal(String)
        case parameter(String)
    }
}
