package import HTTPTypes
import RecollectVocabulary

/// One operation of the contract: a method, a path, and what answers them.
package struct Route: Sendable {
    /// What answers a request.
    package typealias Handler = @Sendable (APIRequest) async throws -> APIResponse

    /// What takes a body as it comes, of a caller whose URL is signed.
    package typealias UploadHandler = @Sendable (UploadRequest) async throws -> APIResponse

    /// Who may call, and what answers.
    enum Handling: Sendable {
        /// An authenticated account, with a body that is read first.
        case authenticated(Handler)
        /// Whoever has the signed URL, with a body too large to be read first.
        case signed(UploadHandler)
    }

    let method: HTTPRequest.Method
    /// The path's segments between its slashes.
    let segments: [Segment]
    let template: String
    let handling: Handling
    /// Its number among the router's routes.
    fileprivate(set) var number = 0

    /// A route.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - template: the path as the contract writes it, such as `/v1/ControlPlane/Stores/{storeId}`.
    ///   - handler: what answers.
    package init(
        _ method: HTTPRequest.Method,
        _ template: String,
        _ handler: @escaping Handler
    ) {
        self.init(method, template, .authenticated(handler))
    }

    /// The route of an upload to a signed URL.
    ///
    /// - Parameters:
    ///   - template: the path.
    ///   - handler: what takes the body.
    package init(uploadTo template: String, _ handler: @escaping UploadHandler) {
        self.init(.put, template, .signed(handler))
    }

    private init(_ method: HTTPRequest.Method, _ template: String, _ handling: Handling) {
        precondition(template.hasPrefix("/"), "a path starts with a slash")
        self.method = method
        self.template = template
        self.handling = handling
        segments = template.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { segment in
            segment.hasPrefix("{") ? .parameter(String(segment.dropFirst().dropLast())) : .literal(String(segment))
        }
    }

    /// A segment of a path.
    enum Segment: Equatable {
        case literal(String)
        case parameter(String)
    }
}

// Finds the route of a request in a tree of path segments. Ours rather than Hummingbird's router, because an unknown path and a
// known path with another method (405 and Allow, for whatever method) must be told apart before anything else is looked at,
// with our error body; over an immutable tree that is less code than bending middleware.

/// All routes of the server.
struct Router: Sendable {
    /// What a path leads to.
    struct Match {
        let template: String
        let routes: [HTTPRequest.Method: Route]
        let parameters: [String: String]

        /// The route of a method; HEAD is GET without the body.
        func route(_ method: HTTPRequest.Method) -> Route? {
            routes[method] ?? (method == .head ? routes[.get] : nil)
        }

        /// The methods of the path, as the Allow header lists them.
        var allowed: String {
            var methods = Set(routes.keys.map(\.rawValue))
            if routes[.get] != nil { methods.insert("HEAD") }
            return methods.sorted().joined(separator: ", ")
        }
    }

    private var root = Node()

    init(_ routes: [Route]) {
        for (number, route) in routes.enumerated() {
            var route = route
            route.number = number
            root.insert(route, route.segments[...])
        }
    }

    /// - Parameter segments: the segments of a path, decoded.
    /// - Returns: where it leads; nil when no route has such a path. A segment spelled out wins over a parameter, and a
    ///   parameter is never empty.
    func match(_ segments: [String]) -> Match? {
        guard let node = root.find(segments[...]), let any = node.routes.values.first else { return nil }
        var parameters: [String: String] = [:]
        for (segment, value) in zip(any.segments, segments) {
            if case .parameter(let name) = segment { parameters[name] = value }
        }
        return Match(template: any.template, routes: node.routes, parameters: parameters)
    }

    private struct Node: Sendable {
        var literals: [String: Node] = [:]
        /// At most one: the subtree of a parameter, boxed in an array because a struct cannot hold itself.
        var parameter: [Node] = []
        var routes: [HTTPRequest.Method: Route] = [:]

        mutating func insert(_ route: Route, _ segments: ArraySlice<Segment>) {
            switch segments.first {
            case .literal(let text):
                literals[text, default: Node()].insert(route, segments.dropFirst())
            case .parameter:
                if parameter.isEmpty { parameter.append(Node()) }
                parameter[0].insert(route, segments.dropFirst())
            case nil:
                precondition(routes[route.method] == nil, "\(route.method) \(route.template) is there twice")
                precondition(
                    routes.values.allSatisfy { $0.segments == route.segments },
                    "\(route.template) names its parameters differently"
                )
                routes[route.method] = route
            }
        }

        func find(_ segments: ArraySlice<String>) -> Node? {
            guard let segment = segments.first else { return routes.isEmpty ? nil : self }
            let rest = segments.dropFirst()
            if let found = literals[segment]?.find(rest) { return found }
            return segment.isEmpty ? nil : parameter.first?.find(rest)
        }

        typealias Segment = Route.Segment
    }
}
