/// What kind of value a trait holds.
package enum TraitDataType: String, Sendable, CaseIterable {
    case string = "STRING"
    case number = "NUMBER"
    case boolean = "BOOLEAN"
    case array = "ARRAY"

    /// Whether a value can be an identifier: true or false names nobody.
    package var canIdentify: Bool { self != .boolean }
}
