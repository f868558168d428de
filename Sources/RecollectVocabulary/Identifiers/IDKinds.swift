/// Names a store.
package enum StoreKind: IDKind {
    package static let prefix = "mem_store"
    package static let foreignPrefixes = ["mem_service"]
    package static let malformed = Rejection.Reason.malformedStoreID
}

/// Names a profile.
package enum ProfileKind: IDKind {
    package static let prefix = "mem_profile"
}

/// Names an observation.
package enum ObservationKind: IDKind {
    package static let prefix = "mem_observation"
}

/// Names a conversation summary.
package enum SummaryKind: IDKind {
    package static let prefix = "mem_summary"
}

/// Names an observation or a summary where both are kept alike.
package enum MemoryItemKind: IDKind {
    package static let prefix = "mem_item"
}

/// Names a CSV import.
package enum ImportKind: IDKind {
    package static let prefix = "mem_import"
}

/// Names a data mapping.
package enum DataMappingKind: IDKind {
    package static let prefix = "mem_datamapping"
}

/// Names a suggested data mapping.
package enum SuggestionKind: IDKind {
    package static let prefix = "mem_mapsuggestion"
    package static let malformed = Rejection.Reason.malformedSuggestionID
}

/// Names an operation of the control plane.
package enum OperationKind: IDKind {
    package static let prefix = "mem_operation"
    package static let malformed = Rejection.Reason.malformedOperationID
}

/// Names a trait's definition.
///
/// Never on the wire: values are stored under it, so that a definition removed hides them.
package enum TraitKind: IDKind {
    package static let prefix = "mem_trait"
}

/// Names a job of the background queue.
///
/// Never on the wire.
package enum JobKind: IDKind {
    package static let prefix = "mem_job"
}

/// Names a running server.
///
/// Never on the wire: drawn at each start, so that a server started again is another.
package enum ServerKind: IDKind {
    package static let prefix = "mem_server"
}

/// Names the merge of two profiles.
package enum MergeKind: IDKind {
    package static let prefix = "mem_merge"
}

/// The id of a store.
package typealias StoreID = TypeID<StoreKind>
/// The id of a profile.
package typealias ProfileID = TypeID<ProfileKind>
/// The id of an observation.
package typealias ObservationID = TypeID<ObservationKind>
/// The id of a conversation summary.
package typealias SummaryID = TypeID<SummaryKind>
/// The id of an observation or a summary where both are kept alike.
package typealias MemoryItemID = TypeID<MemoryItemKind>
/// The id of a CSV import.
package typealias ImportID = TypeID<ImportKind>
/// The id of a data mapping.
package typealias DataMappingID = TypeID<DataMappingKind>
/// The id of a suggested data mapping.
package typealias SuggestionID = TypeID<SuggestionKind>
/// The id of an operation.
package typealias OperationID = TypeID<OperationKind>
/// The id of a trait's definition.
package typealias TraitID = TypeID<TraitKind>
/// The id of a merge.
package typealias MergeID = TypeID<MergeKind>
/// The id of a job.
package typealias JobID = TypeID<JobKind>
/// The id of a running server.
package typealias ServerID = TypeID<ServerKind>
