import RecollectEngine
import RecollectSQL
import RecollectVocabulary

extension Connection {
    /// A data mapping of a store, in one query.
    func dataMapping(_ id: DataMappingID, of store: StoreKey) throws -> DataMapping {
        guard let mapping = try first(DataMappingQueries.fetch, store, id) else { throw DataMappings.notFound(id) }
        return mapping
    }

    /// Inserts a data mapping into a locked store.
    ///
    /// Returns false, and inserts nothing, when its name is taken.
    func insert(_ mapping: DataMapping, into store: StoreKey) throws(EngineError) -> Bool {
        let inserted = try run(
            DataMappingQueries.insert,
            store,
            mapping.id,
            mapping.displayName.text,
            mapping.displayName.folded,
            mapping.description?.text,
            mapping.isEnabled,
            mapping.source.kind,
            mapping.source.dataset?.text,
            mapping.source.columns,
            mapping.mappings,
            mapping.version,
            mapping.updatedAt
        )
        guard inserted > 0 else { return false }
        try link(mapping, in: store)
        return true
    }

    /// Writes what a change has made of a data mapping of a locked store.
    func replace(_ current: DataMapping, by changed: DataMapping, in store: StoreKey) throws(EngineError) {
        try run(
            DataMappingQueries.update,
            store,
            changed.id,
            changed.displayName.text,
            changed.displayName.folded,
            changed.description?.text,
            changed.isEnabled,
            changed.mappings,
            changed.version,
            changed.updatedAt
        )
        guard changed.mappings != current.mappings else { return }
        try run(DataMappingQueries.deleteLinks, store, changed.id)
        try link(changed, in: store)
    }

    /// Refuses to lose a trait group that a data mapping uses.
    func requireUnmapped(_ group: TraitGroupName, in store: StoreKey) throws {
        guard let user = try first(DataMappingQueries.firstUsingGroup, store, group.folded) else { return }
        throw Rejection(
            .conflict,
            "traitGroupName",
            "the data mapping \(user) uses the trait group \(group.text): change or delete the mapping first"
        )
    }

    /// Refuses to lose traits that a data mapping uses.
    func requireUnmapped(
        _ removed: [TraitDefinition],
        of group: TraitGroupName,
        by change: TraitGroupChange,
        in store: StoreKey
    ) throws {
        for definition in removed {
            let name = definition.name.folded
            guard let user = try first(DataMappingQueries.firstUsingTrait, store, group.folded, name) else { continue }
            throw Rejection(
                .conflict,
                change.traits.first { $0.name.folded == name }?.field,
                "the data mapping \(user) uses the trait \(definition.name.text): change or delete the mapping first"
            )
        }
    }

    private func link(_ mapping: DataMapping, in store: StoreKey) throws(EngineError) {
        try insert(
            DataMappingQueries.link,
            mapping.mappings.items.map { item in
                (store, mapping.id, item.traitGroup.lowercased(), item.traitName.folded)
            }
        )
    }
}
