package import RecollectVocabulary

extension IdentitySettings: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("identifierConfigs", configs)
            writer.field("matchingRules", matchingRules.map(\.text))
            writer.field("version", version)
        }
    }

    /// Reads the body of a PUT.
    init(_ body: ObjectReader) throws(Rejection) {
        let configs = try body["identifierConfigs"].required().array(Self.countRange)
        let rules = try body["matchingRules"].required().array(Self.countRange)
        var readConfigs: [IdentifierConfig] = []
        for config in configs { readConfigs.append(try IdentifierConfig(config)) }
        var readRules: [IdentifierType] = []
        for rule in rules { readRules.append(try rule.text(IdentifierType.init(_:field:))) }
        try self.init(configs: readConfigs, matchingRules: readRules)
    }
}

extension IdentifierConfig: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("idType", idType.text)
            writer.field("matchingAlgo", matchingAlgorithm.rawValue)
            writer.field("matchingThreshold", matchingThreshold)
            writer.field("limit", limit)
            writer.field("limitPolicy", limitPolicy.rawValue)
            writer.field("enforceUnique", enforceUnique)
            writer.field("normalization", normalization.rawValue)
        }
    }

    fileprivate init(_ value: ValueReader) throws(Rejection) {
        let config = try value.object()
        try config.allowOnly(
            "idType",
            "matchingAlgo",
            "matchingThreshold",
            "limit",
            "limitPolicy",
            "enforceUnique",
            "normalization"
        )
        try self.init(
            idType: config["idType"].required().text(IdentifierType.init(_:field:)),
            matchingAlgorithm: config["matchingAlgo"].optional?.choice() ?? .exact,
            matchingThreshold: config["matchingThreshold"].optional?.integer(Self.thresholdRange)
                ?? Self.defaultThreshold,
            limit: config["limit"].optional?.integer(Self.limitRange) ?? Self.defaultLimit,
            limitPolicy: config["limitPolicy"].optional?.choice() ?? .fifo,
            enforceUnique: config["enforceUnique"].optional?.bool() ?? true,
            normalization: config["normalization"].optional?.choice() ?? .trim,
            field: value.path
        )
    }
}
