/// A memory store: the profiles of one business, with their schema and their rules of identity.
package struct Store: Sendable, Equatable {
    /// How far a store is from being usable.
    package enum Status: String, Sendable {
        case queued = "QUEUED"
        case provisioning = "PROVISIONING"
        case active = "ACTIVE"
        case failed = "FAILED"
    }

    /// Its id, which carries when it was created.
    package let id: StoreID
    /// Its name, unique in the account without regard to case.
    package let displayName: StoreName
    /// What it is for.
    package let description: StoreDescription?
    /// How far it is from being usable.
    package let status: Status
    /// The language of its memories.
    package let language: MemoryLanguage
    /// Counts its changes from 1.
    package let version: Int

    /// A store.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - displayName: its name.
    ///   - description: what it is for.
    ///   - status: how far it is from being usable.
    ///   - language: the language of its memories.
    ///   - version: counts its changes from 1.
    package init(
        id: StoreID,
        displayName: StoreName,
        description: StoreDescription?,
        status: Status,
        language: MemoryLanguage = .english,
        version: Int
    ) {
        self.id = id
        self.displayName = displayName
        self.description = description
        self.status = status
        self.language = language
        self.version = version
    }

    /// The store after a change.
    ///
    /// An equal value means that the change changes nothing.
    ///
    /// - Parameter change: what to change.
    /// - Returns: the store, its version one higher if anything differs.
    package func applying(_ change: StoreChange) -> Store {
        let name = change.displayName ?? displayName
        let text = change.description ?? description
        let language = change.language ?? language
        guard name != displayName || text != description || language != self.language else { return self }
        return Store(
            id: id,
            displayName: name,
            description: text,
            status: status,
            language: language,
            version: version + 1
        )
    }
}

/// What a PATCH of a store changes; nil leaves as it is.
package struct StoreChange: Sendable, Equatable {
    /// The new name.
    package let displayName: StoreName?
    /// The new description.
    package let description: StoreDescription?
    /// The new language of its memories.
    package let language: MemoryLanguage?

    /// A change.
    ///
    /// - Parameters:
    ///   - displayName: the new name.
    ///   - description: the new description.
    ///   - language: the new language of its memories.
    package init(displayName: StoreName?, description: StoreDescription?, language: MemoryLanguage? = nil) {
        self.displayName = displayName
        self.description = description
        self.language = language
    }
}

/// A store's name: 1 to 64 letters, digits and hyphens of ASCII.
package struct StoreName: Sendable, Equatable {
    /// The most characters.
    ///
    /// Source: openapi.yaml.
    package static let lengthLimit = 64

    /// The name as it was given.
    package let text: String

    /// Reads a name.
    ///
    /// - Parameters:
    ///   - text: the name.
    ///   - field: what the caller calls it.
    /// - Throws: `Rejection` when it breaks the rule.
    package init(_ text: String, field: String = "displayName") throws(Rejection) {
        guard (1...Self.lengthLimit).contains(text.utf8.count), text.utf8.allSatisfy(Self.allows) else {
            throw Rejection(
                .controlPlanePayload,
                field,
                "must be 1 to \(Self.lengthLimit) letters, digits or hyphens"
            )
        }
        self.text = text
    }

    /// The form under which names are compared.
    ///
    /// Names are ASCII, so lower case is all there is to it.
    package var folded: String { text.lowercased() }

    private static func allows(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default:
            false
        }
    }
}

/// What a store is for: 1 to 128 characters.
package struct StoreDescription: Sendable, Equatable {
    /// The most characters.
    ///
    /// Source: openapi.yaml.
    package static let lengthLimit = 128

    /// The description as it was given.
    package let text: String

    /// Reads a description.
    ///
    /// - Parameters:
    ///   - text: the description.
    ///   - field: what the caller calls it.
    /// - Throws: `Rejection` when it breaks the rule.
    package init(_ text: String, field: String = "description") throws(Rejection) {
        guard (1...Self.lengthLimit).contains(text.unicodeScalars.count) else {
            throw Rejection(.controlPlanePayload, field, "must be 1 to \(Self.lengthLimit) characters")
        }
        self.text = text
    }
}

/// How many stores there may be.
package struct StoreLimits: Sendable {
    /// The stores of one account.
    ///
    /// Source: behaviour.md; configurable.
    package var storesPerAccount = 15

    /// The documented limits.
    package init() {}
}
