/// How identifiers of one type are normalised, matched and limited.
package struct IdentifierConfig: Sendable, Equatable {
    /// How two values are compared.
    package enum MatchingAlgorithm: String, Sendable, CaseIterable {
        case exact
        case fuzzy
    }

    /// Which value gives way when a profile has its limit of them.
    package enum LimitPolicy: String, Sendable, CaseIterable {
        /// The oldest is dropped.
        case fifo
        /// The newest is not kept.
        case lifo
    }

    /// What a matching threshold may be, in per cent.
    ///
    /// Source: openapi.yaml.
    package static let thresholdRange = 50...99
    /// The matching threshold when none is given.
    ///
    /// Source: openapi.yaml.
    package static let defaultThreshold = 75
    /// How many values of a type a profile may be limited to.
    ///
    /// Source: openapi.yaml.
    package static let limitRange = 1...100
    /// The limit when none is given.
    ///
    /// Source: openapi.yaml.
    package static let defaultLimit = 100

    /// The type it is for.
    package let idType: IdentifierType
    /// How two values are compared.
    package let matchingAlgorithm: MatchingAlgorithm
    /// How similar two values must be to match, in per cent; of no effect where only equal values match.
    package let matchingThreshold: Int
    /// How many values of the type a profile may have.
    package let limit: Int
    /// Which value gives way at the limit.
    package let limitPolicy: LimitPolicy
    /// Whether a value belongs to one profile only.
    package let enforceUnique: Bool
    /// How values are brought into one form.
    package let normalization: IdentifierNormalization

    /// A configuration.
    ///
    /// - Parameters:
    ///   - idType: the type it is for.
    ///   - matchingAlgorithm: how two values are compared.
    ///   - matchingThreshold: how similar two values must be to match, in per cent.
    ///   - limit: how many values of the type a profile may have.
    ///   - limitPolicy: which value gives way at the limit.
    ///   - enforceUnique: whether a value belongs to one profile only.
    ///   - normalization: how values are brought into one form.
    ///   - field: what the caller calls it.
    /// - Throws: `Rejection` when threshold or limit are out of range.
    package init(
        idType: IdentifierType,
        matchingAlgorithm: MatchingAlgorithm = .exact,
        matchingThreshold: Int = defaultThreshold,
        limit: Int = defaultLimit,
        limitPolicy: LimitPolicy = .fifo,
        enforceUnique: Bool = true,
        normalization: IdentifierNormalization = .trim,
        field: String
    ) throws(Rejection) {
        let checks = [
            ("matchingThreshold", matchingThreshold, Self.thresholdRange), ("limit", limit, Self.limitRange),
        ]
        for (name, value, range) in checks where !range.contains(value) {
            throw Rejection(
                .identitySettingsInvalid,
                "\(field).\(name)",
                "must be an integer from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        self.idType = idType
        self.matchingAlgorithm = matchingAlgorithm
        self.matchingThreshold = matchingThreshold
        self.limit = limit
        self.limitPolicy = limitPolicy
        self.enforceUnique = enforceUnique
        self.normalization = normalization
    }

    /// A configuration that is written in this program: exact, unique, the default limit.
    init(known idType: String, normalization: IdentifierNormalization) {
        self.idType = IdentifierType(known: idType)
        matchingAlgorithm = .exact
        matchingThreshold = Self.defaultThreshold
        limit = Self.defaultLimit
        limitPolicy = .fifo
        enforceUnique = true
        self.normalization = normalization
    }

    /// The identifier that a value is.
    ///
    /// - Parameter value: the value as a caller wrote it.
    /// - Returns: the identifier; nil when the value cannot be one of this type.
    package func identifier(_ value: String) -> Identifier? {
        Identifier(idType, value, normalization: normalization)
    }

    /// The identifier that a value must be.
    ///
    /// - Parameters:
    ///   - value: the value as a caller wrote it.
    ///   - field: what the caller calls it.
    /// - Returns: the identifier.
    /// - Throws: `Rejection` of reason `.malformed` when the value cannot be one of this type.
    package func identifier(_ value: String, field: String) throws(Rejection) -> Identifier {
        if let identifier = identifier(value) { return identifier }
        let limit = IdentifierNormalization.lengthLimit
        let rule =
            switch normalization {
            case .phone: "must be a phone number: 8 to 15 digits with their country code, or 10 of North America"
            case .email, .trim, .none: "must be 1 to \(limit) characters to be an identifier of type \(idType.text)"
            }
        throw Rejection(.malformed, field, rule)
    }
}
