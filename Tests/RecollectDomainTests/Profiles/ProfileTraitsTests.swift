import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Traits of profiles` {
    @Test(arguments: EngineKind.available)
    func `a create or patch that a trait's type, limit or rule forbids is refused with its name, and changes nothing`(
        on engine: EngineKind
    ) async throws {
        try await withTraits(on: engine) { store in
            let long = String(repeating: "x", count: 1025)
            let bad: [(group: String, name: String, value: TraitValue)] = [
                ("Contact", "city", .number(.integer(1))), ("Contact", "city", .string(long)),
                ("Contact", "city", .array([.string("x")])), ("Contact", "nothing", .string("x")),
                ("Nowhere", "city", .string("x")), ("Plan", "seats", .string("1")),
                ("Plan", "seats", .number(.integer(0))), ("Plan", "code", .string("ABC")),
                ("Plan", "tags", .array(Array(repeating: .string("x"), count: 101))),
                ("Plan", "tags", .array([.string(long)])), ("Plan", "isPaid", .string("true")),
            ]
            let present = try await store.create(["email": "ann@example.com"])
            for (group, name, value) in bad {
                let field = "traits.\(group).\(name)"
                let inputs: [TraitInput] =
                    .contact(["email": "ben@example.com", "state": "IN"])
                    + [TraitInput(group: group, name: name, value: value, field: field)]
                let created = await #expect(throws: Rejection.self) {
                    try await store.memory.profiles.create(inputs, in: store.id, store.scope)
                }
                let patched = await #expect(throws: Rejection.self) {
                    try await store.memory.profiles.patch(store.place(present), with: inputs, store.scope)
                }
                for error in [created, patched] {
                    #expect(error?.reason == .malformed && error?.field?.hasPrefix(field) == true, "\(field)")
                }
            }
            #expect(try await store.profiles() == [present])
            #expect(try await store.traits(of: present) == ["email": "ann@example.com"])
            #expect(try await store.identifiers(of: present) == ["email": ["ann@example.com"]])
        }
    }

    @Test(arguments: EngineKind.available)
    func `values come back as they were given, at their limits too`(on engine: EngineKind) async throws {
        try await withTraits(on: engine) { store in
            let profile = try await store.create(["email": "ann@example.com"])
            let tags = (0..<100).map { TraitScalar.string(String(repeating: "é", count: 924) + "\($0)") }
            let values: [String: TraitValue] = [
                "seats": .number(.integer(Int64.max)), "code": .string("abc"), "isPaid": .boolean(false),
                "tags": .array(tags), "ratio": .number(.real(0.1)),
            ]
            let inputs = values.map { TraitInput(group: "plan", name: $0.key, value: $0.value, field: $0.key) }
            try await store.memory.profiles.patch(store.place(profile), with: inputs, store.scope)
            let groups = try await store.memory.profiles.fetch(store.place(profile), store.scope).value.groups
            let plan = try #require(groups.first { $0.name.text == "Plan" })
            #expect(plan.traits.count == values.count)
            for trait in plan.traits { #expect(trait.value == values[trait.definition.name.text]) }
        }
    }

    @Test(arguments: EngineKind.available)
    func `a patch merges per trait, null removes, and a null for an undeclared trait is refused`(
        on engine: EngineKind
    ) async throws {
        try await withTraits(on: engine) { store in
            let profile = try await store.create(["email": "ann@example.com", "city": "Gary", "state": "IN"])
            try await store.patch(profile, ["city": "Rome", "state": nil, "country": nil])
            #expect(try await store.traits(of: profile) == ["email": "ann@example.com", "city": "Rome"])
            #expect(await refusal { try await store.patch(profile, ["nothing": nil]) } == .malformed)
            try await store.patch(profile, [:])
            #expect(try await store.traits(of: profile) == ["email": "ann@example.com", "city": "Rome"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a profile shows only groups that hold values, those asked for, and ignores names of none`(
        on engine: EngineKind
    ) async throws {
        try await withTraits(on: engine) { store in
            let profile = try await store.create(["email": "ann@example.com"])
            func groups(_ names: [String]? = nil) async throws -> [String] {
                try await store.memory.profiles.fetch(store.place(profile), groups: names, store.scope).value.groups
                    .map(\.name.text)
            }
            #expect(try await groups() == ["Contact"])
            let input = TraitInput(group: "Plan", name: "code", value: .string("abc"), field: "code")
            try await store.memory.profiles.patch(store.place(profile), with: [input], store.scope)
            #expect(try await groups() == ["Contact", "Plan"])
            #expect(try await groups(["plan", "nothing"]) == ["Plan"])
            #expect(try await groups(["nothing"]) == [])
            let removal = TraitInput(group: "Plan", name: "code", value: nil, field: "code")
            try await store.memory.profiles.patch(store.place(profile), with: [removal], store.scope)
            #expect(try await groups() == ["Contact"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a create needs a promoted trait with a value`(on engine: EngineKind) async throws {
        try await withTraits(on: engine) { store in
            let inputs: [[TraitInput]] = [
                [], .contact(["city": "Gary"]), .contact(["email": nil, "city": "Gary"]), .contact(["email": ""]),
                [TraitInput(group: "Plan", name: "code", value: .string("abc"), field: "code")],
                .contact(["phone": "123"]),
            ]
            for input in inputs {
                let reason = await refusal { try await store.memory.profiles.create(input, in: store.id, store.scope) }
                #expect(reason == .malformed)
            }
            let profiles = try await store.profiles()
            #expect(profiles.isEmpty)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a trait that is removed from its group hides its values, and the identifiers it became stay`(
        on engine: EngineKind
    ) async throws {
        try await withTraits(on: engine) { store in
            let traits = TestStore(test: store.test, id: store.id, scope: store.scope)
            try await traits.create("Desk", [draft("line", .string, promotion: .to(IdentifierType("chat")))])
            let inputs = [TraitInput(group: "Desk", name: "line", value: .string("one"), field: "line")]
            let profile = try await store.memory.profiles.create(inputs, in: store.id, store.scope)
            try await traits.patch("Desk", [draft("line", nil)])
            #expect(try await store.traits(of: profile).isEmpty)
            #expect(try await store.identifiers(of: profile) == ["chat": ["one"]])
            #expect(try await store.create(["chat": "one", "city": "Gary"]) == profile)
        }
    }

    /// Runs a test on a store with the group `Plan` beside `Contact`.
    private func withTraits(on engine: EngineKind, _ body: (IdentityStore) async throws -> Void) async throws {
        try await withIdentities(on: engine) { store in
            let traits = TestStore(test: store.test, id: store.id, scope: store.scope)
            try await traits.create(
                "Plan",
                [
                    draft("code", .string, rule: ValidationRule(.string, pattern: "^[a-z]+$")),
                    draft("seats", .number, rule: ValidationRule(.number, minimum: 1)), draft("ratio", .number),
                    draft("isPaid", .boolean), draft("tags", .array),
                ]
            )
            try await body(store)
        }
    }
}
