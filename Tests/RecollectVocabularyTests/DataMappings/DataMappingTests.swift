import RecollectVocabulary
import Testing

@Suite struct `Data mappings by themselves` {
    private let schema: TraitSchema
    private let id = DataMappingID(bits: 1)
    private let now = Timestamp(microseconds: 1_795_176_000_000_000)

    init() throws {
        let names = ["email", "firstName"]
        let definitions = try names.enumerated().map { place, name in
            try TraitDefinition(
                id: TraitID(bits: UInt128(place)),
                name: TraitName(name, field: "name"),
                dataType: .string,
                field: name
            )
        }
        let contact = TraitGroup(
            name: try TraitGroupName("Contact"),
            description: nil,
            version: 1,
            createdAt: now,
            definitions: definitions
        )
        schema = TraitSchema(groups: [contact])
    }

    private func columns(_ names: String...) throws -> IngressColumns {
        try IngressColumns(names.map { try ColumnName($0, field: "columns") }, field: "mappingFrom.columns")
    }

    private func item(_ column: String, _ group: String, _ trait: String) throws -> TraitMapping {
        TraitMapping(
            expression: try ColumnName(column, field: "expression"),
            traitGroup: group,
            traitName: try TraitName(trait, field: "traitName")
        )
    }

    private func mapping(_ source: MappingSource, _ items: TraitMapping...) throws -> DataMapping {
        try DataMappingDraft(displayName: DataMappingName("people"), source: source, mappings: TraitMappings(items))
            .mapping(as: id, in: schema)
    }

    private func refusal<Result>(_ call: () throws -> Result) -> String? {
        do {
            _ = try call()
            return nil
        } catch {
            return (error as? Rejection)?.message ?? "\(error)"
        }
    }

    @Test(arguments: ["a", "A-1.b", String(repeating: "a", count: 64)])
    func `a name begins with a letter`(_ name: String) throws {
        #expect(try DataMappingName(name).text == name)
    }

    @Test(arguments: ["", "1a", "-a", ".a", "a b", "a_b", "é", String(repeating: "a", count: 65)])
    func `what is no name is refused`(_ name: String) {
        #expect(throws: Rejection.self) { try DataMappingName(name) }
    }

    @Test func `a description has 1 to 512 characters`() throws {
        #expect(throws: Rejection.self) { try DataMappingDescription("") }
        #expect(throws: Rejection.self) { try DataMappingDescription(String(repeating: "é", count: 513)) }
        #expect(try DataMappingDescription(String(repeating: "é", count: 512)).text.count == 512)
    }

    @Test func `a dataset's id is kept as given, whatever its letters`() throws {
        let text = "tdi_dataset_7" + String(repeating: "u", count: 25)
        #expect(try DatasetID(text, field: "datasetId").text == text)
        for wrong in [
            "tdi_dataset_8" + text.suffix(25), text + "0", "tdi_datase_" + text.suffix(26), text.uppercased(),
        ] {
            #expect(throws: Rejection.self) { try DatasetID(String(wrong), field: "datasetId") }
        }
    }

    @Test func `columns are 1 to 100, each name once`() throws {
        #expect(refusal { try columns() } == "mappingFrom.columns: must have 1 to 100 items")
        #expect(refusal { try columns("a", "A", "a") } == "mappingFrom.columns[2]: names the column a again")
        let many = try (0...100).map { try ColumnName("c\($0)", field: "columns") }
        #expect(throws: Rejection.self) { try IngressColumns(many) }
        #expect(try IngressColumns(Array(many.dropLast())).names.count == 100)
        #expect(throws: Rejection.self) { try ColumnName("", field: "column") }
        #expect(throws: Rejection.self) { try ColumnName(String(repeating: "x", count: 257), field: "column") }
    }

    @Test func `names become those of the store`() throws {
        let mapping = try mapping(.ingress(columns("E-Mail", "n")), item("E-Mail", "CONTACT", "Email"))
        #expect(mapping.mappings.items == [try item("E-Mail", "Contact", "email")])
        let targets = try mapping.mappings.targets(in: schema)
        #expect(targets.map(\.column.text) == ["E-Mail"])
        #expect(targets.map(\.definition.id) == [TraitID(bits: 0)])
    }

    @Test func `a mapping is from a column, to a trait, and no trait has two`() throws {
        let source = MappingSource.ingress(try columns("a", "b"))
        let good = try item("a", "Contact", "email")
        #expect(
            refusal { try mapping(source, good, item("c", "Contact", "first_name")) }
                == "mappingTo.mappings[1].expression: must be one of mappingFrom.columns"
        )
        #expect(
            refusal { try mapping(source, good, item("b", "Nothing", "x")) }
                == "mappingTo.mappings[1].traitGroup: the store has no trait group of that name"
        )
        #expect(
            refusal { try mapping(source, good, item("b", "contact", "nick_name")) }
                == "mappingTo.mappings[1].traitName: the trait group Contact has no trait nickName"
        )
        #expect(
            refusal { try mapping(source, good, item("b", "contact", "EMAIL")) }
                == "mappingTo.mappings[1].traitName: names the trait email, which another mapping names too"
        )
        #expect(refusal { try mapping(source) } == "mappingTo.mappings: must have 1 to 100 items")
        let dataset = try DatasetID("tdi_dataset_" + String(repeating: "0", count: 26), field: "datasetId")
        #expect(try mapping(.warehouse(dataset), item("any column", "Contact", "email")).version == 1)
    }

    @Test func `only a real change counts`() throws {
        let first = try mapping(.ingress(columns("a", "b")), item("a", "Contact", "email"))
        let later = now + .seconds(60)
        let same = DataMappingChange(
            displayName: first.displayName,
            isEnabled: true,
            mappings: try TraitMappings([item("a", "contact", "Email")])
        )
        #expect(try first.applying(same.resolved(in: schema), at: later) == first)
        let disabled = try first.applying(DataMappingChange(isEnabled: false), at: later)
        #expect(disabled.version == 2)
        #expect(disabled.updatedAt == later)
        #expect(disabled.mappings == first.mappings)
        let wrong = DataMappingChange(mappings: try TraitMappings([item("c", "Contact", "email")]))
        #expect(throws: Rejection.self) { try first.applying(wrong, at: later) }
    }
}
