/// Why a request is refused: the caller's mistake or the world's state, never a defect of ours.
///
/// The domain and the vocabulary throw it; HTTP alone knows the code and the status of each reason.
package struct Rejection: Error, Sendable, Equatable {
    /// The reasons that clients can tell apart.
    package enum Reason: Sendable, Hashable {
        // Everywhere.
        case malformed
        case unauthenticated
        case forbidden
        case notFound
        case methodNotAllowed
        case conflict
        case preconditionFailed
        case tooLarge
        case unsupportedMediaType
        case tooManyRequests
        case unavailable
        // The control plane.
        case malformedStoreID
        case malformedOperationID
        case malformedSuggestionID
        case controlPlanePayload
        case storeNotFound
        case storeNotActive
        case staleVersion
        case storeLimit
        case storeNameTaken
        case traitGroupNotFound
        case traitGroupNameTaken
        case traitGroupLimit
        case traitLimit
        case builtIn
        case identitySettingsInvalid
        case dataMappingNotFound
        case dataMappingNameTaken
        case operationNotFound
        case suggestionNotFound
        // The data plane.
        case bulkEntry
    }

    /// Why.
    package let reason: Reason
    /// What in the request is wrong, as a path such as `observations[2].content`; nil when it is not one field.
    package let field: String?
    /// The rule that was broken, worded to follow the field.
    package let rule: String

    /// A refusal.
    ///
    /// - Parameters:
    ///   - reason: why.
    ///   - field: what in the request is wrong.
    ///   - rule: the rule that was broken.
    package init(_ reason: Reason, _ field: String?, _ rule: String) {
        self.reason = reason
        self.field = field
        self.rule = rule
    }

    /// A refusal that is not about one field.
    ///
    /// - Parameters:
    ///   - reason: why.
    ///   - rule: the rule that was broken.
    package init(_ reason: Reason, _ rule: String) {
        self.init(reason, nil, rule)
    }

    /// The refusal in one sentence: field and rule.
    package var message: String {
        field.map { "\($0): \(rule)" } ?? rule
    }

    /// The same refusal for another reason, for a payload whose plane has a code of its own.
    ///
    /// - Parameter reason: the reason in place of a plain `malformed`.
    /// - Returns: the refusal.
    package func replacingMalformed(by reason: Reason) -> Rejection {
        self.reason == .malformed ? Rejection(reason, field, rule) : self
    }
}
