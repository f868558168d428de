/// The identifiers of one type that a profile has.
package struct IdentifierSet: Sendable, Equatable {
    /// The type, as it was when they were added.
    package let type: String
    /// The values in their normal form, oldest first.
    package let values: [String]

    /// Identifiers of one type.
    ///
    /// - Parameters:
    ///   - type: the type.
    ///   - values: the values in their normal form, oldest first.
    package init(type: String, values: [String]) {
        self.type = type
        self.values = values
    }
}
