import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Suggestions of data mappings` {
    @Test(arguments: EngineKind.available)
    func `columns find the traits that they are other words for`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let found = try await store.proposals(for: [
                "E-Mail Address", "Mobile", "Surname", "given_name", "ZIP", "addressLine1", "Town", "lang", "FAX",
            ])
            #expect(
                found == [
                    "E-Mail Address > Contact.email", "Mobile > Contact.phone", "Surname > Contact.lastName",
                    "given_name > Contact.firstName", "ZIP > Contact.postalCode",
                    "addressLine1 > Contact.street", "Town > Contact.city", "lang > Contact.preferredLanguage",
                ]
            )
        }
    }

    @Test(arguments: [
        ("cell", "phone"), ("tel", "phone"), ("Phone Number", "phone"), ("mobile_phone_no", "phone"),
        ("customerPhone", "phone"), ("postcode", "postalCode"), ("Zip Code", "postalCode"),
        ("family name", "lastName"), ("LASTNAME", "lastName"), ("lname", "lastName"), ("fname", "firstName"),
        ("First Name", "firstName"), ("customer first name", "firstName"), ("FIRST_NAME", "firstName"),
        ("mail", "email"), ("EMAIL", "email"), ("E-mail", "email"), ("contact.email", "email"),
        ("work email", "email"), ("Whats App Number", "whatsapp"), ("province", "state"), ("Country Code", "country"),
        ("locale", "preferredLanguage"), ("Prénom / First Name", "firstName"), ("cities", "city"),
    ])
    func `a column is understood`(column: String, trait: String) async throws {
        try await withStore(on: .sqlite) { store in
            let found = try await store.proposals(for: [column])
            #expect(found == ["\(column) > Contact.\(trait)"])
        }
    }

    @Test(arguments: [
        "name", "full name", "company name", "date", "email status", "Email opt-in", "phone type", "IP address",
        "address line 2", "mailing", "id", "last order date", "Total", "code", "客户", "___", "🙂",
    ])
    func `a column that is about something else is left alone`(column: String) async throws {
        try await withStore(on: .sqlite) { store in
            let found = try await store.proposals(for: [column])
            #expect(found.isEmpty)
        }
    }

    @Test(arguments: EngineKind.available)
    func `the surest column has the trait, and the first of equals`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let found = try await store.proposals(for: ["Mobile", "tel", "Phone", "work email", "billing email"])
            #expect(found == ["Phone > Contact.phone", "work email > Contact.email"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a column that names a group leads into it`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            try await store.create("Billing", [draft("city", .string), draft("vatNumber", .string)])
            let found = try await store.proposals(for: ["billing_city", "city", "VAT no", "vat number"])
            #expect(
                found == ["billing_city > Billing.city", "city > Contact.city", "vat number > Billing.vatNumber"]
            )
        }
    }

    @Test(arguments: EngineKind.available)
    func `a suggestion says how sure it is and why`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let columns = try ingress(["email", "Mobile", "Customer Country", "E-Mail Address"])
            let first = try await store.suggestion(store.suggest(from: columns))
            #expect(first.source == columns)
            #expect(first.mappings.map(\.confidence) == [1, 0.9, 0.8])
            #expect(
                first.mappings.map(\.rationale) == [
                    "'email' is the trait name 'email'",
                    "the words of 'Mobile' are those of the trait name 'phone', synonyms counted as one word",
                    "the words of 'Customer Country' contain the trait name 'country'",
                ]
            )
            let second = try await store.suggestion(store.suggest(from: ingress(["E-Mail Address"])))
            #expect(second.mappings[0].confidence == 0.95)
            #expect(second.mappings[0].rationale == "the words of 'E-Mail Address' contain the trait name 'email'")
            #expect(second.expiresAt == second.id.createdAt + .seconds(7 * 24 * 60 * 60))
        }
    }

    @Test(arguments: EngineKind.available)
    func `where words say nothing meaning does, if there is a model`(on engine: EngineKind) async throws {
        let embedder = WordEmbedder()
        try await withStore(on: engine, embedder: embedder) { store in
            try await store.create("Taste", [draft("coffee", .string), draft("dog", .string)])
            let columns = ["espresso", "Puppy", "weather", "___"]
            #expect(try await store.proposals(for: columns) == ["espresso > Taste.coffee", "Puppy > Taste.dog"])
            let why = try await store.suggestion(store.suggest(from: ingress(["espresso"]))).mappings[0]
            #expect(why.confidence == 0.9)
            #expect(why.rationale == "'espresso' means about the same as the trait 'coffee' (cosine 1.00)")
            embedder.misbehave(.isDown)
            #expect(try await store.proposals(for: columns + ["dog"]) == ["dog > Taste.dog"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `the columns of a dataset are those of its first rows, whose values have to fit`(
        on engine: EngineKind
    ) async throws {
        try await withStore(on: engine) { store in
            try await store.create(
                "Shop",
                [draft("orders", .number), draft("isMember", .boolean), draft("rank", .number)]
            )
            let dataset = ListDataset()
            dataset.rename(["E-Mail", "Orders", "is member", "Rank", "Note"])
            for number in 0..<20 { dataset.append(["p\(number)@example.com", "\(number)", "true", "high", ""]) }
            let memory = store.test.anotherServer(datasets: try SyncStore.datasets(dataset))
            let operation = try await memory.dataMappings.suggest(from: cloudApp(), of: store.id, in: store.scope)
            let id = try await memory.operations.fetch(operation, in: store.scope).resourceID ?? ""
            let found = try await store.suggestion(SuggestionID(id, field: "")).mappings
            #expect(found.map(\.mapping.traitName.text) == ["email", "orders", "isMember"])
            #expect(found[1].rationale == "'Orders' is the trait name 'orders', and its values are of the type NUMBER")
        }
    }

    @Test(arguments: EngineKind.available)
    func `nothing is proposed for a dataset that is not registered`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let suggestion = try await store.suggestion(store.suggest(from: cloudApp()))
            #expect(try suggestion.source == cloudApp())
            #expect(suggestion.mappings.isEmpty)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a suggestion is kept for seven days and then swept away`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            let old = try await store.suggest(from: ingress(["email"]))
            store.test.clock.advance(by: DataMappingSuggestion.lifetime)
            let new = try await store.suggest(from: ingress(["phone"]))
            #expect(try await listed(in: store) == [old, new])
            try await store.suggestion(old)
            store.test.clock.advance(by: .seconds(1))
            #expect(await store.refusal { try await store.suggestion(old) } == .suggestionNotFound)
            #expect(try await listed(in: store) == [new])
            #expect(try await store.test.rowCount(of: "data_mapping_suggestion") == 2)
            try await withThrowingTaskGroup { tasks in
                tasks.addTask { try await store.memory.jobs.run() }
                while try await store.test.rowCount(of: "data_mapping_suggestion") > 1 { await Task.yield() }
                tasks.cancelAll()
            }
            try await store.suggestion(new)
        }
    }

    @Test(arguments: EngineKind.available)
    func `suggestions are listed page by page`(on engine: EngineKind) async throws {
        try await withStore(on: engine) { store in
            var ids: [SuggestionID] = []
            for number in 0..<5 { ids.append(try await store.suggest(from: ingress(["c\(number)"]))) }
            #expect(try await listed(in: store, pageSize: 2) == ids)
            let page = PageQuery<SuggestionID>(order: .descending, cursor: ids[2], isBackward: false, limit: 5)
            let slice = try await store.memory.dataMappings.suggestions(page, of: store.id, in: store.scope)
            #expect(slice.rows.map(\.id) == [ids[1], ids[0]])
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `names made up to be costly are compared in a moment`() async throws {
        try await withStore(on: .sqlite) { store in
            let words = (0..<40).map { "w\($0)" }.joined(separator: "_")
            for group in 0..<10 {
                let names = (0..<TraitLimits.traitsPerGroup).map { "t\(group)_\($0)_" + words.prefix(40) }
                try await store.create("Group\(group)", names.map { try draft($0, .string) })
            }
            let columns = (0..<100).map { "\($0)_\(words)" }
            let found = try await store.suggestion(store.suggest(from: ingress(columns)))
            #expect(found.mappings.count <= columns.count)
        }
    }

    /// The ids of all suggestions, oldest first.
    private func listed(in store: TestStore, pageSize: Int = 50) async throws -> [SuggestionID] {
        var ids: [SuggestionID] = []
        while true {
            let page = PageQuery(order: .ascending, cursor: ids.last, isBackward: false, limit: pageSize)
            let slice = try await store.memory.dataMappings.suggestions(page, of: store.id, in: store.scope)
            ids += slice.rows.map(\.id)
            guard slice.hasNext else { return ids }
        }
    }
}
