import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Trait groups` {
    @Test(arguments: EngineKind.available)
    func `a new store begins with Contact and its twelve traits`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let contact = try await store.group("Contact")
            #expect(contact.version == 1)
            #expect(
                contact.definitions.map(\.name.text) == [
                    "email", "phone", "whatsapp", "chat", "firstName", "lastName", "street", "city", "state",
                    "postalCode", "country", "preferredLanguage",
                ]
            )
            #expect(contact.definitions.allSatisfy { $0.dataType == .string })
            #expect(
                contact.definitions.compactMap(\.promotedIDType?.text) == ["email", "phone", "whatsapp", "chat"]
            )
        }
    }

    @Test(arguments: EngineKind.available)
    func `a group is read back as it was written`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let rule = try ValidationRule(.string, pattern: "^[a-z]+$", minimum: 1, maximum: 64)
            let drafts = [
                try draft("favourite_colour", .string, description: "as told", rule: rule),
                try draft("age", .number, rule: ValidationRule(.number, minimum: 0.5)),
                try draft("customerNumber", .string, promotion: .to(IdentifierType("chat"))),
                try draft("isMember", .boolean),
                try draft("tags", .array, rule: ValidationRule(.array, maximum: 5)),
            ]
            let operation = try await store.create("Loyalty.Plan", drafts, description: "what they like")
            let completed = try await store.memory.operations.fetch(operation, in: store.scope)
            #expect(completed.status == .completed)
            #expect(completed.resourceID == "Loyalty.Plan")
            let group = try await store.group("loyalty.PLAN")
            #expect(group.name.text == "Loyalty.Plan")
            #expect(group.description?.text == "what they like")
            #expect(group.version == 1)
            #expect(
                group.definitions.map(\.name.text) == ["favouriteColour", "age", "customerNumber", "isMember", "tags"]
            )
            #expect(group.definitions.map(\.dataType) == [.string, .number, .string, .boolean, .array])
            #expect(group.definitions[0].rule == rule)
            #expect(group.definitions[0].description?.text == "as told")
            #expect(group.definitions[1].rule?.minimum == 0.5)
            #expect(group.definitions[1].rule?.maximum == nil)
            #expect(group.definitions[2].promotedIDType?.text == "chat")
            #expect(group.definitions[3].rule == nil)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a name is taken without regard to case`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            try await store.create("Plan", [])
            #expect(await store.refusal { try await store.create("PLAN", []) } == .traitGroupNameTaken)
            #expect(await store.refusal { try await store.create("contact", []) } == .traitGroupNameTaken)
            let other = try await store.another()
            try await other.create("Plan", [])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a store has at most 50 groups`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            for number in 1..<TraitLimits.groupsPerStore { try await store.create("Group\(number)", []) }
            #expect(await store.refusal { try await store.create("OneMore", []) } == .traitGroupLimit)
            try await store.delete("Group1")
            try await store.create("OneMore", [])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a group has at most 95 traits`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let drafts = try (0..<TraitLimits.traitsPerGroup).map { try draft("trait\($0)", .string) }
            try await store.create("Plan", drafts)
            #expect(await store.refusal { try await store.patch("Plan", [draft("more", .string)]) } == .traitLimit)
            #expect(try await store.group("Plan").version == 1)
            try await store.patch("Plan", [draft("trait0", nil), draft("more", .string)])
            #expect(try await store.group("Plan").definitions.count == 95)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a patch merges by trait`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let rule = try ValidationRule(.string, maximum: 9)
            try await store.create(
                "Plan",
                [draft("a", .string, description: "first", rule: rule), draft("b", .number)]
            )
            let before = try await store.group("plan")
            try await store.patch("plan", [draft("A", .string, description: "changed"), draft("c", .boolean)])
            let after = try await store.group("plan")
            #expect(after.version == 2)
            #expect(after.definitions.map(\.name.text) == ["a", "b", "c"])
            #expect(after.definitions[0].description?.text == "changed")
            #expect(after.definitions[0].rule == rule)
            #expect(after.definitions[0].id == before.definitions[0].id)
            #expect(after.definitions[1] == before.definitions[1])
            try await store.patch("plan", [draft("b", nil)])
            #expect(try await store.group("plan").definitions.map(\.name.text) == ["a", "c"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a patch that changes nothing keeps the version`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            try await store.create("Plan", [draft("a", .string, description: "x")], description: "d")
            try await store.patch("Plan", [])
            try await store.patch("Plan", [draft("a", .string), draft("gone", nil)])
            try await store.patch("Plan", [draft("a", .string, description: "x")], description: "d")
            #expect(try await store.group("Plan").version == 1)
            try await store.patch("Plan", [], description: "other")
            #expect(try await store.group("Plan").version == 2)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a promotion can be taken back and given again`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let chat = TraitDraft.Promotion.to(try IdentifierType("chat"))
            try await store.create("Plan", [draft("a", .string, promotion: chat)])
            try await store.patch("Plan", [draft("a", .string, promotion: TraitDraft.Promotion.none)])
            #expect(try await store.group("Plan").definitions[0].promotedIDType == nil)
            try await store.patch("Plan", [draft("a", .string, promotion: chat)])
            #expect(try await store.group("Plan").definitions[0].promotedIDType?.text == "chat")
        }
    }

    @Test(arguments: EngineKind.available)
    func `a promotion names a configured identifier type`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let unknown = [try draft("a", .string, promotion: .to(IdentifierType("fax")))]
            #expect(await store.refusal { try await store.create("Plan", unknown) } == .controlPlanePayload)
            #expect(await store.refusal { try await store.group("Plan") } == .traitGroupNotFound)
            #expect(await store.refusal { try await store.patch("Contact", unknown) } == .controlPlanePayload)
        }
    }

    @Test(arguments: EngineKind.available)
    func `If-Match decides whether a patch is applied`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            try await store.create("Plan", [])
            try await store.patch("Plan", [draft("a", .string)], expecting: .oneOf([1]))
            let stale = await store.refusal {
                try await store.patch("Plan", [draft("b", .string)], expecting: .oneOf([1]))
            }
            #expect(stale == .staleVersion)
            try await store.patch("Plan", [draft("b", .string)], expecting: .any)
            #expect(try await store.group("Plan").version == 3)
        }
    }

    @Test(arguments: EngineKind.available)
    func `Contact may gain traits and stays otherwise`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            try await store.patch("contact", [draft("nickname", .string), draft("email", .string)])
            #expect(try await store.group("Contact").definitions.last?.name.text == "nickname")
            #expect(await store.refusal { try await store.delete("contact") } == .builtIn)
            #expect(await store.refusal { try await store.patch("Contact", [draft("email", nil)]) } == .builtIn)
            #expect(await store.refusal { try await store.patch("Contact", [draft("Email", .number)]) } == .builtIn)
            try await store.patch("Contact", [draft("nickname", nil)])
            #expect(try await store.group("Contact").definitions.count == 12)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a type changes only while the trait has no values, and takes its rule along`(
        on engine: EngineKind
    ) async throws {
        try await withStore(on: engine) { store in
            try await store.create("Plan", [draft("a", .string, rule: ValidationRule(.string, maximum: 3))])
            try await store.patch("Plan", [draft("a", .number)])
            let trait = try await store.group("Plan").definitions[0]
            #expect(trait.dataType == .number)
            #expect(trait.rule == nil)
            try await store.test.insertValue(of: trait.id, for: ProfileID(bits: 1))
            #expect(await store.refusal { try await store.patch("Plan", [draft("a", .string)]) } == .conflict)
            #expect(try await store.group("Plan").version == 2)
        }
    }

    @Test(arguments: EngineKind.available)
    func `the values of a removed trait or group are purged, and no others`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            try await store.create("Plan", [draft("a", .string), draft("b", .string)])
            try await store.create("Kept", [draft("a", .string)])
            let (a, b) = (
                try await store.group("Plan").definitions[0].id, try await store.group("Plan").definitions[1].id
            )
            let kept = try await store.group("Kept").definitions[0].id
            for profile in 1...600 { try await store.test.insertValue(of: a, for: ProfileID(bits: UInt128(profile))) }
            for trait in [b, kept] { try await store.test.insertValue(of: trait, for: ProfileID(bits: 1)) }
            try await store.patch("Plan", [draft("a", nil)])
            await store.memory.jobs.runDueJobs()
            #expect(try await store.test.valueCount(of: a) == 0)
            #expect(try await store.test.valueCount(of: b) == 1)
            try await store.delete("PLAN")
            #expect(await store.refusal { try await store.group("Plan") } == .traitGroupNotFound)
            await store.memory.jobs.runDueJobs()
            #expect(try await store.test.valueCount(of: b) == 0)
            #expect(try await store.test.valueCount(of: kept) == 1)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a trait defined anew is another trait`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            try await store.create("Plan", [draft("a", .string)])
            let first = try await store.group("Plan").definitions[0].id
            try await store.patch("Plan", [draft("a", nil)])
            try await store.patch("Plan", [draft("a", .string)])
            #expect(try await store.group("Plan").definitions[0].id != first)
        }
    }

    @Test(arguments: EngineKind.available, ["(", "a{2,1}", "(?=a)", "\\1", "[z-a]"])
    func `a pattern must compile`(on engine: EngineKind, _ pattern: String) async throws {
        try await withStore(on: engine) { store in
            let drafts = [try draft("a", .string, rule: ValidationRule(.string, pattern: pattern))]
            #expect(await store.refusal { try await store.create("Plan", drafts) } == .controlPlanePayload)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a pattern that would run for ever elsewhere is accepted`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            try await store.create("Plan", [draft("a", .string, rule: ValidationRule(.string, pattern: "(a+)+$"))])
        }
    }

    @Test(arguments: EngineKind.available, [PageOrder.ascending, .descending])
    func `lists are ordered by creation and then by name, and paged both ways`(
        on engine: EngineKind,
        _ order: PageOrder
    ) async throws {
        try await withStore(on: engine) { store in
            for name in ["b", "A", "c"] { try await store.create(name, [draft("x", .string)]) }
            store.test.clock.advance(by: .milliseconds(1))
            try await store.create("a2", [])
            let oldestFirst = ["A", "b", "c", "Contact", "a2"]
            let expected = order == .ascending ? oldestFirst : oldestFirst.reversed()
            var shown: [String] = []
            var cursor: TraitGroupPosition?
            var pages = 0
            repeat {
                let page = try await store.list(PageQuery(order: order, cursor: cursor, isBackward: false, limit: 2))
                shown += page.rows.map(\.name.text)
                pages += 1
                cursor = page.hasNext ? page.rows.last?.position : nil
                #expect(page.hasPrevious == (pages > 1))
            } while cursor != nil
            #expect(shown == expected)
            #expect(pages == 3)
            let last = try await store.group(expected[4]).position
            let back = try await store.list(PageQuery(order: order, cursor: last, isBackward: true, limit: 2))
            #expect(back.rows.map(\.name.text) == [expected[2], expected[3]])
            #expect(back.hasNext && back.hasPrevious)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a list comes with definitions when they are asked for`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            for number in 0..<10 { try await store.create("Group\(number)", [draft("trait\(number)", .string)]) }
            let page = PageQuery<TraitGroupPosition>(order: .ascending, cursor: nil, isBackward: false, limit: 50)
            #expect(try await store.list(page).rows.allSatisfy { $0.definitions.isEmpty })
            let full = try await store.list(page, includingTraits: true).rows
            #expect(full.count == 11)
            for group in full where group.name.text != "Contact" {
                #expect(group.definitions.map(\.name.text) == ["trait\(group.name.text.dropFirst(5))"])
            }
            #expect(full.first { $0.name.text == "Contact" }?.definitions.count == 12)
        }
    }

    @Test(arguments: EngineKind.available)
    func `another account sees nothing of a store's groups`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            try await store.create("Plan", [])
            let stranger = store.acting(for: try await store.test.otherAccount())
            #expect(await store.refusal { try await stranger.group("Plan") } == .storeNotFound)
            #expect(await store.refusal { try await stranger.create("Mine", []) } == .storeNotFound)
            #expect(await store.refusal { try await stranger.patch("Plan", []) } == .storeNotFound)
            #expect(await store.refusal { try await stranger.delete("Plan") } == .storeNotFound)
        }
    }

    @Test(arguments: EngineKind.available)
    func `of 16 creators of one name one succeeds`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let refusals = await withTaskGroup { tasks in
                for _ in 0..<16 {
                    tasks.addTask { await store.refusal { try await store.create("Plan", [draft("a", .string)]) } }
                }
                return await tasks.reduce(into: []) { $0.append($1) }
            }
            let group = try await store.group("Plan")
            #expect(group.definitions.count == 1)
            #expect(refusals.filter { $0 == nil }.count == 1)
            #expect(refusals.filter { $0 == .traitGroupNameTaken }.count == 15)
        }
    }
}
