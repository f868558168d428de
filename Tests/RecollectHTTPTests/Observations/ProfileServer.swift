import HTTPTypes
import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@testable import RecollectHTTP

/// The whole server, and the path of a profile to remember things of.
struct ProfileServer: Sendable {
    let server: MemoryServer
    /// The profile's path.
    let path: String

    var observations: String { "\(path)/Observations" }
    var summaries: String { "\(path)/ConversationSummaries" }
    var recall: String { "\(path)/Recall" }

    func send(_ method: HTTPRequest.Method, _ path: String, body: String? = nil) async throws -> Answer {
        try await server.send(method, path, body: body)
    }

    /// Creates an observation and tells its path.
    func observe(_ fields: String) async throws -> String {
        let created = try await send(.post, observations, body: #"{"observations": [{\#(fields)}]}"#)
        #expect(created.status == 202)
        let newest = try await send(.get, "\(observations)?pageSize=1")
        return "\(observations)/\(try #require(newest.items("observations").first?.text("id")))"
    }
}

/// Runs a test on the server of a fresh database that knows one profile.
func withProfileServer(on engine: EngineKind, _ body: @Sendable (ProfileServer) async throws -> Void) async throws {
    try await withServer(on: engine) { server in
        let place = try await server.test.profile(["email": "ada@example.com"], in: server.test.store())
        let path = "/v1/Stores/\(place.store)/Profiles/\(place.profile)"
        try await body(ProfileServer(server: server, path: path))
    }
}

extension Answer {
    /// The objects of an array of the body.
    func items(_ name: String) -> [JSONObject] {
        guard case .array(let elements)? = self[name] else { return [] }
        return elements.compactMap { element in
            guard case .object(let object) = element else { return nil }
            return object
        }
    }

    /// A text of the field `meta`.
    func meta(_ name: String) -> String? {
        guard case .object(let meta)? = self["meta"] else { return nil }
        return meta.text(name)
    }
}

extension JSONObject {
    /// A member that is a string, or the digits of one that is a number.
    func text(_ name: String) -> String? {
        switch self[name] {
        case .string(let text): text
        case .number(let number): number.lexeme
        default: nil
        }
    }
}
