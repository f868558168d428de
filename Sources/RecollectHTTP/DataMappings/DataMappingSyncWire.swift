import RecollectVocabulary

/// How far the dataset of a mapping is read: an extension of the contract.
struct DataMappingSyncWire: JSONWritable {
    let mapping: DataMappingID
    let sync: DataMappingSync
    let refused: [DatasetRowError]

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("dataMappingId", mapping)
            writer.field("status", sync.status.rawValue)
            writer.field("cursor", ifPresent: sync.cursor?.text)
            writer.field("rowsApplied", sync.rowsApplied)
            writer.field("rowsRefused", sync.rowsRefused)
            writer.object("latestRun") { sync.counts.writeFields(to: &$0) }
            writer.field("failure", ifPresent: sync.failure)
            writer.field("startedAt", ifPresent: sync.startedAt)
            writer.field("finishedAt", ifPresent: sync.finishedAt)
            writer.field("nextDueAt", sync.nextDueAt)
            writer.field("operationId", ifPresent: sync.operation)
            writer.array("errors", refused) { writer, error in
                writer.object { writer in
                    writer.field("row", error.place)
                    writer.field("column", ifPresent: error.column)
                    writer.field("message", error.message)
                }
            }
        }
    }
}
