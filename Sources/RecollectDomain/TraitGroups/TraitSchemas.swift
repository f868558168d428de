import RecollectEngine
import RecollectSQL
import RecollectVocabulary

extension Connection {
    /// The schema of a store, in one query.
    func schema(of store: StoreKey) throws(EngineError) -> TraitSchema {
        TraitSchema(groups: TraitGroupRow.groups(of: try all(TraitGroupQueries.schema, store)))
    }

    /// A trait group with its definitions, in one query.
    func traitGroup(_ name: String, of store: StoreKey) throws -> TraitGroup {
        let rows = try all(TraitGroupQueries.fetch, store, name.lowercased())
        guard let group = TraitGroupRow.groups(of: rows).first else {
            throw Rejection(.traitGroupNotFound, "traitGroupName", "the store has no trait group of that name")
        }
        return group
    }

    /// Inserts a trait group with its definitions.
    ///
    /// Returns false, and inserts nothing, when its name is taken.
    func insert(_ group: TraitGroup, into store: StoreID) throws(EngineError) -> Bool {
        let inserted = try run(
            TraitGroupQueries.insert,
            store,
            group.name.folded,
            group.name.text,
            group.description?.text,
            group.version,
            group.createdAt
        )
        guard inserted > 0 else { return false }
        try put(group.definitions, into: group.name, of: store)
        return true
    }

    /// Writes what a change has made of a group.
    func apply(_ revision: TraitGroupRevision, to current: TraitGroup, in store: StoreKey) throws(EngineError) {
        guard revision.group.version != current.version else { return }
        let group = revision.group
        for definition in revision.removed {
            try run(TraitGroupQueries.deleteDefinition, store, group.name.folded, definition.name.folded)
        }
        try put(revision.put, into: group.name, of: store.id)
        try run(TraitGroupQueries.update, store, group.name.folded, group.description?.text, group.version)
    }

    /// Refuses promotions to identifier types that the store does not know.
    func requirePromotions(of change: TraitGroupChange, _ group: TraitGroupName, in store: StoreKey) throws {
        let promotions = change.traits.compactMap { draft in draft.promotion?.idType.map { (draft.field, $0) } }
        guard !promotions.isEmpty else { return }
        let settings = try identitySettings(of: store)
        for (field, idType) in promotions where settings.config(of: idType) == nil {
            throw Rejection(
                .controlPlanePayload,
                "\(field).idTypePromotion",
                "\(idType.text) is no configured identifier type"
            )
        }
    }

    private func put(
        _ definitions: [TraitDefinition],
        into group: TraitGroupName,
        of store: StoreID
    ) throws(EngineError) {
        try insert(
            TraitGroupQueries.putDefinitions,
            definitions.map { definition in
                (
                    store,
                    group.folded,
                    definition.name.folded,
                    definition.id,
                    definition.name.text,
                    definition.dataType,
                    definition.description?.text,
                    definition.promotedIDType,
                    definition.rule != nil,
                    definition.rule?.pattern,
                    definition.rule?.minimum,
                    definition.rule?.maximum
                )
            }
        )
    }
}

extension DefaultSchema {
    /// Gives a new store what it begins with.
    func insert(into store: StoreID, on connection: any Connection) throws(EngineError) {
        let inserted = try connection.insert(contact, into: store)
        precondition(inserted, "a new store has no trait groups")
        try connection.insert(Self.settings, into: store)
    }
}
