import RecollectDomain
import RecollectEmbedding
import RecollectTestSupport
import RecollectVocabulary

/// A profile of a fresh store, to remember things of.
struct TestProfile: Sendable {
    let test: TestMemory
    let place: ProfilePlace

    var memory: Memory { test.memory }
    var scope: AccountScope { test.scope }

    /// Another profile of the same store.
    func another(_ email: String = "other@example.com") async throws -> TestProfile {
        TestProfile(test: test, place: try await test.profile(["email": email], in: place.store))
    }
}

/// Runs a test on the only profile of a fresh store.
func withProfile(
    on engine: EngineKind,
    embedder: (any Embedder)? = nil,
    limits: Memory.Limits = Memory.Limits(),
    _ body: (TestProfile) async throws -> Void
) async throws {
    try await withMemory(on: engine, embedder: embedder, limits: limits) { test in
        let place = try await test.profile(["email": "ada@example.com"], in: test.store())
        try await body(TestProfile(test: test, place: place))
    }
}

/// The reason for which a call is refused; nil when it is not.
func refusal<Result>(of call: () async throws -> Result) async -> Rejection.Reason? {
    do {
        _ = try await call()
        return nil
    } catch {
        return (error as? Rejection)?.reason
    }
}

/// The id of a made-up conversation; the number, below 10000, tells it from the others.
func conversation(_ number: Int) -> ConversationID {
    let digits = String(10_000 + number).dropFirst()
    do {
        return try ConversationID("conv_conversation_0123456789abcdefghijkl\(digits)", field: "conversation")
    } catch {
        preconditionFailure("four digits make an id")
    }
}
