/// How the columns of a source become traits of profiles.
package struct DataMapping: Sendable, Equatable {
    /// Its id, which carries when it was created.
    package let id: DataMappingID
    /// Its name, unique in the store without regard to case.
    package let displayName: DataMappingName
    /// What it is for.
    package let description: DataMappingDescription?
    /// Whether it may be used.
    package let isEnabled: Bool
    /// Where the values come from.
    package let source: MappingSource
    /// Which columns become which traits.
    package let mappings: TraitMappings
    /// Counts its changes from 1.
    package let version: Int
    /// When it was last changed.
    package let updatedAt: Timestamp

    /// A data mapping.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - displayName: its name.
    ///   - description: what it is for.
    ///   - isEnabled: whether it may be used.
    ///   - source: where the values come from.
    ///   - mappings: which columns become which traits.
    ///   - version: counts its changes from 1.
    ///   - updatedAt: when it was last changed.
    /// - Throws: `Rejection` when a mapping is from a column that the source does not have.
    package init(
        id: DataMappingID,
        displayName: DataMappingName,
        description: DataMappingDescription?,
        isEnabled: Bool,
        source: MappingSource,
        mappings: TraitMappings,
        version: Int,
        updatedAt: Timestamp
    ) throws(Rejection) {
        try mappings.requireColumns(of: source)
        self.id = id
        self.displayName = displayName
        self.description = description
        self.isEnabled = isEnabled
        self.source = source
        self.mappings = mappings
        self.version = version
        self.updatedAt = updatedAt
    }

    /// The mapping after a change.
    ///
    /// An equal value means that the change changes nothing.
    ///
    /// - Parameters:
    ///   - change: what to change.
    ///   - now: the time of the change.
    /// - Returns: the mapping, its version one higher if anything differs.
    /// - Throws: `Rejection` when a mapping is from a column that the source does not have.
    package func applying(_ change: DataMappingChange, at now: Timestamp) throws(Rejection) -> DataMapping {
        let name = change.displayName ?? displayName
        let text = change.description ?? description
        let enabled = change.isEnabled ?? isEnabled
        let items = change.mappings ?? mappings
        guard name != displayName || text != description || enabled != isEnabled || items != mappings else {
            return self
        }
        return try DataMapping(
            id: id,
            displayName: name,
            description: text,
            isEnabled: enabled,
            source: source,
            mappings: items,
            version: version + 1,
            updatedAt: now
        )
    }
}

/// What a caller says of a data mapping it creates.
package struct DataMappingDraft: Sendable, Equatable {
    /// Its name.
    package let displayName: DataMappingName
    /// What it is for.
    package let description: DataMappingDescription?
    /// Whether it may be used.
    package let isEnabled: Bool
    /// Where the values come from.
    package let source: MappingSource
    /// Which columns become which traits.
    package let mappings: TraitMappings

    /// What a caller says of a data mapping.
    ///
    /// - Parameters:
    ///   - displayName: its name.
    ///   - description: what it is for.
    ///   - isEnabled: whether it may be used.
    ///   - source: where the values come from.
    ///   - mappings: which columns become which traits.
    package init(
        displayName: DataMappingName,
        description: DataMappingDescription? = nil,
        isEnabled: Bool = true,
        source: MappingSource,
        mappings: TraitMappings
    ) {
        self.displayName = displayName
        self.description = description
        self.isEnabled = isEnabled
        self.source = source
        self.mappings = mappings
    }

    /// The mapping that the draft becomes.
    ///
    /// - Parameters:
    ///   - id: the id drawn for it, which carries the time.
    ///   - schema: the store's traits.
    /// - Returns: the mapping, with the names of groups and traits as the store writes them.
    /// - Throws: `Rejection` that names the first mapping whose column, group or trait does not exist.
    package func mapping(as id: DataMappingID, in schema: TraitSchema) throws(Rejection) -> DataMapping {
        try DataMapping(
            id: id,
            displayName: displayName,
            description: description,
            isEnabled: isEnabled,
            source: source,
            mappings: mappings.resolved(in: schema),
            version: 1,
            updatedAt: id.createdAt
        )
    }
}

/// What a PATCH of a data mapping changes; nil leaves as it is.
package struct DataMappingChange: Sendable, Equatable {
    /// The new name.
    package let displayName: DataMappingName?
    /// The new description.
    package let description: DataMappingDescription?
    /// Whether it may be used.
    package let isEnabled: Bool?
    /// The mappings in place of the old ones.
    package let mappings: TraitMappings?

    /// A change.
    ///
    /// - Parameters:
    ///   - displayName: the new name.
    ///   - description: the new description.
    ///   - isEnabled: whether it may be used.
    ///   - mappings: the mappings in place of the old ones.
    package init(
        displayName: DataMappingName? = nil,
        description: DataMappingDescription? = nil,
        isEnabled: Bool? = nil,
        mappings: TraitMappings? = nil
    ) {
        self.displayName = displayName
        self.description = description
        self.isEnabled = isEnabled
        self.mappings = mappings
    }

    /// The change with the names of groups and traits as the store writes them.
    ///
    /// - Parameter schema: the store's traits.
    /// - Returns: the change.
    /// - Throws: `Rejection` that names the first mapping whose group or trait does not exist.
    package func resolved(in schema: TraitSchema) throws(Rejection) -> DataMappingChange {
        DataMappingChange(
            displayName: displayName,
            description: description,
            isEnabled: isEnabled,
            mappings: try mappings?.resolved(in: schema)
        )
    }
}
