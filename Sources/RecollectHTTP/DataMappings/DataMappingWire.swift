package import RecollectVocabulary

extension DataMapping: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("id", id)
            writer.field("displayName", displayName.text)
            writer.field("description", ifPresent: description?.text)
            writer.field("isEnabled", isEnabled)
            writer.field("mappingFrom", source)
            writer.object("mappingTo") { writer in
                writer.field("type", MappingDestination.traits.rawValue)
                writer.field("mappings", mappings.items)
            }
            writer.field("createdAt", id.createdAt)
            writer.field("updatedAt", updatedAt)
            writer.field("version", version)
        }
    }
}

extension DataMappingSuggestion: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("id", id)
            writer.field("mappingFrom", source)
            writer.object("mappingTo") { writer in
                writer.field("type", MappingDestination.traits.rawValue)
                writer.array("mappings", mappings) { writer, suggested in
                    writer.object { writer in
                        writer.field("mapping", suggested.mapping)
                        writer.field("confidence", suggested.confidence)
                        writer.field("rationale", suggested.rationale)
                    }
                }
            }
            writer.field("createdAt", id.createdAt)
            writer.field("expiresAt", expiresAt)
        }
    }
}

extension MappingSource: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("type", kind.rawValue)
            writer.field("columns", ifPresent: columns?.names.map(\.text))
            writer.field("datasetId", ifPresent: dataset?.text)
        }
    }

    /// Reads `mappingFrom`.
    init(_ value: ValueReader) throws(Rejection) {
        let source = try value.object()
        switch try source["type"].required().choice(of: Kind.self) {
        case .ingress:
            try source.allowOnly("type", "columns")
            let columns = try source["columns"].required()
            var names: [ColumnName] = []
            for name in try columns.array(IngressColumns.count) {
                names.append(try name.text(ColumnName.init(_:field:)))
            }
            self = .ingress(try IngressColumns(names, field: columns.path))
        case .cloudApp:
            self = .cloudApp(try Self.dataset(source))
        case .warehouse:
            self = .warehouse(try Self.dataset(source))
        }
    }

    private static func dataset(_ source: ObjectReader) throws(Rejection) -> DatasetID {
        try source.allowOnly("type", "datasetId")
        return try source["datasetId"].required().text(DatasetID.init(_:field:))
    }
}

extension TraitMapping: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("expression", expression.text)
            writer.field("traitGroup", traitGroup)
            writer.field("traitName", traitName.text)
        }
    }

    fileprivate init(_ value: ValueReader) throws(Rejection) {
        let mapping = try value.object()
        try mapping.allowOnly("expression", "traitGroup", "traitName")
        try self.init(
            expression: mapping["expression"].required().text(ColumnName.init(_:field:)),
            traitGroup: mapping["traitGroup"].required().text(TraitGroupName.init(_:field:)).text,
            traitName: mapping["traitName"].required().text(TraitName.init(_:field:))
        )
    }
}

/// What the values of a mapping become, as the contract names it.
enum MappingDestination: String, CaseIterable {
    case traits = "TRAITS"
}

extension TraitMappings {
    /// Reads `mappingTo`.
    fileprivate init(_ value: ValueReader) throws(Rejection) {
        let destination = try value.object()
        try destination.allowOnly("type", "mappings")
        _ = try destination["type"].required().choice(of: MappingDestination.self)
        var items: [TraitMapping] = []
        for item in try destination["mappings"].required().array(Self.count) { items.append(try TraitMapping(item)) }
        try self.init(items)
    }
}

extension DataMappingDraft {
    /// Reads a POST.
    init(_ body: ObjectReader) throws(Rejection) {
        try self.init(
            displayName: body["displayName"].required().text(DataMappingName.init(_:field:)),
            description: body["description"].optional?.text(DataMappingDescription.init(_:field:)),
            isEnabled: body["isEnabled"].optional?.bool() ?? true,
            source: MappingSource(body["mappingFrom"].required()),
            mappings: TraitMappings(body["mappingTo"].required())
        )
    }
}

extension DataMappingChange {
    /// Reads a PATCH; a body that is empty changes nothing.
    init(_ request: APIRequest) throws(Rejection) {
        guard !request.body.isEmpty else {
            self.init()
            return
        }
        let body = try request.object(.controlPlanePayload)
        var mappings: TraitMappings?
        if let given = body["mappingTo"].optional { mappings = try TraitMappings(given) }
        try self.init(
            displayName: body["displayName"].optional?.text(DataMappingName.init(_:field:)),
            description: body["description"].optional?.text(DataMappingDescription.init(_:field:)),
            isEnabled: body["isEnabled"].optional?.bool(),
            mappings: mappings
        )
    }
}

extension MappingSource {
    /// Reads the body of a request for a suggestion: where from, and that it is to traits.
    init(suggestionFor body: ObjectReader) throws(Rejection) {
        try body.allowOnly("mappingFrom", "mappingTo")
        let destination = try body["mappingTo"].required().object()
        try destination.allowOnly("type")
        _ = try destination["type"].required().choice(of: MappingDestination.self)
        try self.init(body["mappingFrom"].required())
    }
}
