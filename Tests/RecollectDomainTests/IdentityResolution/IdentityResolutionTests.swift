import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Identity resolution settings` {
    private func settings(adding idTypes: [String], to settings: IdentitySettings) throws -> IdentitySettings {
        let added = try idTypes.map { try IdentifierConfig(idType: IdentifierType($0), field: $0) }
        return try IdentitySettings(configs: settings.configs + added, matchingRules: settings.matchingRules)
    }

    @Test(arguments: EngineKind.available)
    func `a trait can be promoted to a type as soon as it is configured, which then must stay`(
        on engine: EngineKind
    ) async throws {
        try await withStore(on: engine) { store in
            let features = store.memory.identityResolution
            let first = try await features.settings(of: store.id, in: store.scope)
            #expect(first == DefaultSchema.settings)
            let more = try settings(adding: ["crm"], to: first)
            _ = try await features.replace(with: more, expecting: .oneOf([1]), of: store.id, in: store.scope)
            try await store.create("Plan", [draft("a", .string, promotion: .to(IdentifierType("crm")))])
            let refusal = await store.refusal {
                try await features.replace(with: first, expecting: nil, of: store.id, in: store.scope)
            }
            #expect(refusal == .identitySettingsInvalid)
            try await store.patch("Plan", [draft("a", nil)])
            _ = try await features.replace(with: first, expecting: nil, of: store.id, in: store.scope)
            #expect(try await features.settings(of: store.id, in: store.scope).version == 3)
        }
    }

    @Test(arguments: EngineKind.available)
    func `order of types and rules is kept`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let features = store.memory.identityResolution
            let reversed = try IdentitySettings(
                configs: DefaultSchema.settings.configs.reversed(),
                matchingRules: [IdentifierType("phone"), IdentifierType("chat")]
            )
            _ = try await features.replace(with: reversed, expecting: nil, of: store.id, in: store.scope)
            let read = try await features.settings(of: store.id, in: store.scope)
            #expect(read.configs == reversed.configs)
            #expect(read.matchingRules == reversed.matchingRules)
            #expect(read.version == 2)
        }
    }

    @Test(arguments: EngineKind.available)
    func `of 16 writers with one expected version one replaces`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let features = store.memory.identityResolution
            let refusals = await withTaskGroup { tasks in
                for number in 0..<16 {
                    tasks.addTask {
                        await store.refusal {
                            let more = try settings(adding: ["type \(number)"], to: DefaultSchema.settings)
                            return try await features.replace(
                                with: more,
                                expecting: .oneOf([1]),
                                of: store.id,
                                in: store.scope
                            )
                        }
                    }
                }
                return await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(refusals.filter { $0 == nil }.count == 1)
            #expect(refusals.filter { $0 == .staleVersion }.count == 15)
            let read = try await features.settings(of: store.id, in: store.scope)
            #expect(read.configs.count == 5)
        }
    }

    @Test(arguments: EngineKind.available)
    func `another account neither sees nor replaces them`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let features = store.memory.identityResolution
            let stranger = try await store.test.otherAccount()
            let refusals = [
                await store.refusal { try await features.settings(of: store.id, in: stranger) },
                await store.refusal {
                    try await features.replace(with: DefaultSchema.settings, expecting: nil, of: store.id, in: stranger)
                },
            ]
            #expect(refusals == [.storeNotFound, .storeNotFound])
        }
    }
}
