import HTTPTypes
import RecollectTestSupport
import Testing

@testable import RecollectHTTP

/// The whole server, and two profiles that a third create has joined.
struct MergedPair: Sendable {
    let server: MemoryServer
    /// The path of the store's profiles.
    let profiles: String
    /// The canonical profile.
    let winner: String
    /// The profile that was merged into it.
    let loser: String

    func send(_ method: HTTPRequest.Method, _ path: String, body: String? = nil) async throws -> Answer {
        try await server.send(method, path, body: body)
    }

    /// Creates a profile with traits of the group `Contact`; its id.
    func create(_ contact: String) async throws -> String {
        try await server.createProfile(contact, in: profiles)
    }

    /// The newest merge of the canonical profile; its id.
    func newestMerge() async throws -> String {
        let merges = try await send(.get, "\(profiles)/\(winner)/Merges?pageSize=1")
        return try #require(merges.items("merges").first?.text("id"), "\(merges.text)")
    }
}

extension MemoryServer {
    /// Creates a profile with traits of the group `Contact`; its id.
    func createProfile(_ contact: String, in profiles: String) async throws -> String {
        let created = try await send(.post, profiles, body: #"{"traits": {"Contact": {\#(contact)}}}"#)
        guard case .string(let id)? = created["id"], created.status == 202 else {
            Issue.record("no profile was created: \(created.text)")
            return ""
        }
        return id
    }
}

/// Runs a test on the server of a fresh database with two profiles that were merged.
func withMergedPair(
    on engine: EngineKind,
    redirectingMergedReads redirectsMergedReads: Bool = false,
    _ body: @Sendable (MergedPair) async throws -> Void
) async throws {
    try await withServer(on: engine, redirectingMergedReads: redirectsMergedReads) { server in
        let profiles = "/v1/Stores/\(try await server.test.store())/Profiles"
        let (phone, email) = (#""phone": "+13175550101""#, #""email": "ann@example.com""#)
        let winner = try await server.createProfile(phone, in: profiles)
        let loser = try await server.createProfile(email, in: profiles)
        #expect(try await server.createProfile("\(phone), \(email)", in: profiles) == winner)
        try await body(MergedPair(server: server, profiles: profiles, winner: winner, loser: loser))
    }
}
