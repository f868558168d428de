import RecollectDomain
import RecollectEmbedding
import RecollectTestSupport
import RecollectVocabulary

/// A store to define traits in, and short ways to do it.
struct TestStore: Sendable {
    let test: TestMemory
    let id: StoreID
    let scope: AccountScope

    var memory: Memory { test.memory }

    func acting(for scope: AccountScope) -> TestStore {
        TestStore(test: test, id: id, scope: scope)
    }

    func another() async throws -> TestStore {
        TestStore(test: test, id: try await test.createStore("another", in: scope), scope: scope)
    }

    @discardableResult
    func create(_ name: String, _ drafts: [TraitDraft], description: String? = nil) async throws -> OperationID {
        try await memory.traitGroups.create(
            TraitGroupName(name),
            with: change(drafts, description),
            of: id,
            in: scope
        )
    }

    func patch(
        _ name: String,
        _ drafts: [TraitDraft],
        description: String? = nil,
        expecting expected: ExpectedVersion? = nil
    ) async throws {
        _ = try await memory.traitGroups.patch(
            name,
            with: change(drafts, description),
            expecting: expected,
            of: id,
            in: scope
        )
    }

    func delete(_ name: String) async throws {
        _ = try await memory.traitGroups.delete(name, of: id, in: scope)
    }

    @discardableResult
    func group(_ name: String) async throws -> TraitGroup {
        try await memory.traitGroups.fetch(name, of: id, in: scope)
    }

    func list(
        _ page: PageQuery<TraitGroupPosition>,
        includingTraits: Bool = false
    ) async throws -> PageSlice<TraitGroup> {
        try await memory.traitGroups.list(page, includingTraits: includingTraits, of: id, in: scope)
    }

    /// Why a call is refused; nil when it is not.
    func refusal<Result>(_ call: () async throws -> Result) async -> Rejection.Reason? {
        do {
            _ = try await call()
            return nil
        } catch {
            return (error as? Rejection)?.reason
        }
    }

    private func change(_ drafts: [TraitDraft], _ description: String?) throws -> TraitGroupChange {
        try TraitGroupChange(description: description.map { try TraitDescription($0) }, traits: drafts)
    }
}

/// Runs a test on a fresh store.
func withStore(
    on engine: EngineKind,
    embedder: (any Embedder)? = nil,
    _ body: (TestStore) async throws -> Void
) async throws {
    try await withMemory(on: engine, embedder: embedder) { test in
        let id = try await test.createStore("support", in: test.scope)
        try await body(TestStore(test: test, id: id, scope: test.scope))
    }
}

/// What a caller says of a trait.
func draft(
    _ name: String,
    _ dataType: TraitDataType?,
    description: String? = nil,
    rule: ValidationRule? = nil,
    promotion: TraitDraft.Promotion? = nil
) throws -> TraitDraft {
    try TraitDraft(
        field: "traits.\(name)",
        name: TraitName(name, field: name),
        dataType: dataType,
        description: description.map { try TraitDescription($0) },
        rule: rule,
        promotion: promotion
    )
}
