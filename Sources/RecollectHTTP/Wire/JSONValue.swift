/// A JSON value, exactly as it was written: members in their order, numbers with their digits.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// What the value is, for the sentence that refuses it.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// The members of a JSON object in their order.
///
/// Names are unique, and equal when Unicode says that they are equivalent.
package struct JSONObject: Sendable, Equatable {
    /// One member.
    package struct Member: Sendable, Equatable {
        /// Its name.
        package let name: String
        /// Its value.
        package let value: JSONValue
    }

    /// Up to this many members a scan is quicker than hashing.
    ///
    /// Source: ours.
    private static let scanLimit = 8

    /// The members, as they were written.
    package private(set) var members: [Member] = []
    /// Where a name stands among the members; empty while a scan is quicker.
    private var positions: [String: Int] = [:]

    /// An object without members.
    package init() {}

    /// The value of a member.
    ///
    /// - Parameter name: its name.
    /// - Returns: the value, which may be JSON's null; nil when there is no such member.
    package subscript(_ name: String) -> JSONValue? {
        position(of: name).map { members[$0].value }
    }

    /// Adds a member at the end.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - value: its value.
    /// - Returns: false, and nothing is added, when the name is there already.
    package mutating func append(_ name: String, _ value: JSONValue) -> Bool {
        guard position(of: name) == nil else { return false }
        members.append(Member(name: name, value: value))
        if !positions.isEmpty {
            positions[name] = members.count - 1
        } else if members.count > Self.scanLimit {
            for (position, member) in members.enumerated() { positions[member.name] = position }
        }
        return true
    }

    private func position(of name: String) -> Int? {
        positions.isEmpty ? members.firstIndex { $0.name == name } : positions[name]
    }
}
